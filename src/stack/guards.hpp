// SPDX-License-Identifier: Apache-2.0
//
// Guards below stacks: installed for a whole region in few system calls, with fallbacks for older
// kernels and locked memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/atomic.hpp"

namespace gofer::rt {

/// Bytes of the guard at the low end of each slot. 64 KiB, because a frame compiled without
/// -fstack-clash-protection (a C library's) may jump over a page or two.
inline constexpr std::size_t stack_guard_bytes = std::size_t{64} * 1024;

enum class guard_mode : std::uint8_t {
    madvise_guard,    ///< MADV_GUARD_INSTALL (Linux 6.13): any number, no mapping is split
    mprotect_limited, ///< PROT_NONE: each guard splits a mapping, so up to stack_mprotect_max
    canary,           ///< a word at the low end, checked at each park: found late, not prevented
};

/// Stacks that get an mprotect guard: each costs two mappings of the 65,530 that vm.max_map_count
/// allows by default; the rest is left to the program.
inline constexpr std::size_t stack_mprotect_max = 30'000;
/// The same under Valgrind 3.19, which ends the program at 30,000 mappings of its own count.
inline constexpr std::size_t stack_mprotect_max_valgrind = 5'000;

/// Called once for each cause, with one line of text (no newline), when guards or the return of
/// memory must fall back. `in_rt` may be set: no malloc, no stdio. Null: silent.
extern void (*stack_warning)(const char* text);

enum class stack_fallback : std::uint8_t {
    old_kernel,     ///< no MADV_GUARD_INSTALL
    locked_memory,  ///< mlockall: no MADV_GUARD_INSTALL
    many_stacks,    ///< over stack_mprotect_max, or vm.max_map_count reached
    surplus_locked, ///< free stacks cannot be given back
};

/// Chooses and installs guards. Any thread.
class guard_installer {
public:
    enum class result : std::uint8_t { guarded, canary_only, no_memory };

    /// The mode for new regions; probes the kernel at the first call.
    guard_mode mode();
    /// The same without probing.
    guard_mode mode_now() const { return mode_.load(memory_order_relaxed); } // pairs: weaken
    /// Guards `slots` slots of `slot_bytes` from `base` on.
    result install(std::byte* base, std::size_t slot_bytes, std::size_t slots);
    /// Calls stack_warning, unless it has been called for this cause.
    void warn(stack_fallback cause);

private:
    result install_by_mprotect(std::byte* base, std::size_t slot_bytes, std::size_t slots);
    void weaken(guard_mode to);

    // atomic; any thread writes, values only grow (I5 of arena.hpp); they guard no other data
    atomic<guard_mode> mode_{guard_mode::madvise_guard};
    atomic<bool> is_probed_{false};
    atomic<bool> is_said_[4]{}; ///< by stack_fallback
    atomic<std::size_t> mprotected_{0};
};

} // namespace gofer::rt
