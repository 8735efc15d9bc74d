// SPDX-License-Identifier: Apache-2.0
//
// What the tests of stacks share: taking many, touching them, and what the process has resident.
#pragma once

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/atomic.hpp"
#include "stack/arena.hpp"

namespace gofer_test {

/// The default class: 256 KiB slots.
inline constexpr std::uint32_t default_class = 18;

/// Takes n stacks, in batches. Fewer: no memory.
inline std::vector<gofer::rt::stack*> take_many(gofer::rt::stack_arena& arena, std::size_t n,
                                                std::uint32_t size_class = default_class) {
    std::vector<gofer::rt::stack*> taken(n);
    std::size_t done = 0;
    while (done < n) {
        const std::size_t got = arena.take(size_class, taken.data() + done, n - done);
        if (got == 0) break;
        done += got;
    }
    taken.resize(done);
    return taken;
}

/// Makes the page that a parked goroutine has resident.
inline void touch(const gofer::rt::stack& s) {
    *reinterpret_cast<std::uint64_t*>(s.top - 8) = 1;
    gofer::rt::compiler_fence(); // the store is done even if nobody reads it
}

inline std::size_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t virtual_pages = 0;
    std::size_t resident_pages = 0;
    statm >> virtual_pages >> resident_pages;
    return resident_pages * 4096;
}

inline constexpr int guard_exit_code = 42;
inline constexpr int other_fault_exit_code = 43;

/// Writes to the address, which must be in a guard: ends the process with guard_exit_code if the
/// handler of SIGSEGV can tell by is_guard_hit, with 43 if not, with 0 if nothing happens.
[[noreturn]] inline void write_and_exit(std::byte* address) {
    struct sigaction action{};
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = [](int, siginfo_t* info, void*) {
        _exit(gofer::rt::is_guard_hit(info->si_addr) ? guard_exit_code : other_fault_exit_code);
    };
    sigaction(SIGSEGV, &action, nullptr);
    *address = std::byte{1};
    gofer::rt::compiler_fence();
    _exit(0);
}

} // namespace gofer_test
