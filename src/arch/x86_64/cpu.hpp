// SPDX-License-Identifier: Apache-2.0
//
// x86-64: the current M, the spin hint, the cycle counter, prefetching.
#pragma once

#include <cstdint>

namespace gofer::rt {

struct M;

/// The M of this thread, null on a thread that is none. Read by inline assembly each time: a
/// goroutine may go on in another thread after any park, and the compiler caches the addresses of
/// thread-locals across calls. Initial-exec: two instructions, also in position-independent code.
inline M* current_m() {
    M* m;
    asm volatile("movq gofer_current_m@gottpoff(%%rip), %0\n\t"
                 "movq %%fs:(%0), %0"
                 : "=r"(m));
    return m;
}

inline void set_current_m(M* m) {
    std::uintptr_t offset;
    asm volatile("movq gofer_current_m@gottpoff(%%rip), %0\n\t"
                 "movq %1, %%fs:(%0)"
                 : "=&r"(offset)
                 : "r"(m)
                 : "memory");
}

/// Tells the core that this is a spin loop: 65 ns on the reference machine.
inline void cpu_pause() {
    __builtin_ia32_pause();
}

/// The cycle counter, about 12 ns; seam/clock.hpp gives it a unit.
inline std::uint64_t cpu_ticks() {
    return __builtin_ia32_rdtsc();
}

/// Registers of a saved context lie in the four lines from its sp.
inline void prefetch_context(const void* sp) {
    const char* line = static_cast<const char*>(sp);
    __builtin_prefetch(line);
    __builtin_prefetch(line + 64);
    __builtin_prefetch(line + 128);
    __builtin_prefetch(line + 192);
}

} // namespace gofer::rt
