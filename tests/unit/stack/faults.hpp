// SPDX-License-Identifier: Apache-2.0
//
// Makes system calls for memory fail, and counts them, while an object lives.
#pragma once

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/uio.h>

#include "platform/memory.hpp"
#include "stack/guards.hpp"

namespace gofer_test {

/// One at a time. What is not told to fail goes to the kernel.
class faults {
public:
    faults() {
        *this_state() = state{};
        gofer::rt::memory = {map, unmap, protect, advise, advise_many, unlock};
        gofer::rt::stack_warning = [](const char* text) {
            this_state()->warnings.emplace_back(text);
        };
    }
    faults(const faults&) = delete;
    faults& operator=(const faults&) = delete;
    ~faults() {
        gofer::rt::memory = gofer::rt::memory_ops_of_kernel;
        gofer::rt::stack_warning = nullptr;
    }

    struct state {
        // What fails, and how: 0, or a negative errno.
        long map_error = 0;
        std::size_t map_bytes_allowed = ~std::size_t{0}; ///< larger mappings get ENOMEM
        long guard_error = 0;                            ///< MADV_GUARD_INSTALL by either call
        long dontneed_error = 0;                         ///< MADV_DONTNEED by either call
        long advise_many_error = 0;
        std::size_t advise_many_ranges_max = ~std::size_t{0}; ///< does as many, then stops short
        std::size_t protects_allowed = ~std::size_t{0};       ///< then ENOMEM
        std::size_t calls_until_failure = ~std::size_t{0};    ///< the call after these gets ENOMEM
        // What was done.
        std::size_t calls = 0;
        std::size_t protects = 0;
        std::size_t advises = 0;
        std::size_t advises_many = 0;
        long bytes_mapped = 0; ///< less what was unmapped again
        std::vector<std::string> warnings;
    };
    state* operator->() { return this_state(); }

private:
    static state* this_state() {
        static state s;
        return &s;
    }

    static bool is_this_the_one() {
        state& s = *this_state();
        return s.calls++ == s.calls_until_failure;
    }

    static long map(std::size_t bytes, int prot, int flags) {
        state& s = *this_state();
        if (is_this_the_one() || bytes > s.map_bytes_allowed) return -ENOMEM;
        if (s.map_error != 0) return s.map_error;
        const long result = gofer::rt::memory_ops_of_kernel.map(bytes, prot, flags);
        if (!gofer::rt::is_memory_error(result)) s.bytes_mapped += static_cast<long>(bytes);
        return result;
    }
    static long unmap(void* address, std::size_t bytes) {
        // Never made to fail: the kernel refuses it only where it would have to split a mapping.
        this_state()->bytes_mapped -= static_cast<long>(bytes);
        return gofer::rt::memory_ops_of_kernel.unmap(address, bytes);
    }
    static long protect(void* address, std::size_t bytes, int prot) {
        state& s = *this_state();
        if (is_this_the_one() || s.protects >= s.protects_allowed) return -ENOMEM;
        ++s.protects;
        return gofer::rt::memory_ops_of_kernel.protect(address, bytes, prot);
    }
    static long fault_of(int advice) {
        const state& s = *this_state();
        if (advice == gofer::rt::madv_guard_install) return s.guard_error;
        return advice == MADV_DONTNEED ? s.dontneed_error : 0;
    }
    static long advise(void* address, std::size_t bytes, int advice) {
        ++this_state()->advises;
        if (is_this_the_one()) return -ENOMEM;
        if (const long fault = fault_of(advice)) return fault;
        return gofer::rt::memory_ops_of_kernel.advise(address, bytes, advice);
    }
    static long advise_many(const iovec* ranges, std::size_t n, int advice) {
        state& s = *this_state();
        ++s.advises_many;
        if (is_this_the_one()) return -ENOMEM;
        if (s.advise_many_error != 0) return s.advise_many_error;
        if (const long fault = fault_of(advice)) return fault;
        return gofer::rt::memory_ops_of_kernel.advise_many(
            ranges, std::min(n, s.advise_many_ranges_max), advice);
    }
    static long unlock(void* address, std::size_t bytes) {
        return gofer::rt::memory_ops_of_kernel.unlock(address, bytes);
    }
};

} // namespace gofer_test
