// SPDX-License-Identifier: Apache-2.0
//
// M: an OS thread that runs goroutines.
#pragma once

#include <cstddef>
#include <cstdint>

#include <pthread.h>

#include "base/atomic.hpp"
#include "sched/door.hpp"
#include "sched/g.hpp"

namespace gofer::rt {

struct P;

struct alignas(128) M : door {
    // Owner only.
    P* p = nullptr;         ///< null: idle
    G* g = nullptr;         ///< running here; null: on the thread's own stack
    void* own_sp = nullptr; ///< saved context of the thread's own stack, while g runs
    exception_state* exceptions = nullptr; ///< __cxa_get_globals() of this thread
    int* error = nullptr;                  ///< &errno of this thread
    G* pending = nullptr;                  ///< taken off a queue, to be run next
    G* pinned_g = nullptr;                 ///< the only goroutine that this thread runs
    void* pinned_sp = nullptr;             ///< its saved context; its own sp stays null
    stack* dead_stack = nullptr;           ///< of a goroutine that ended, not of the default class
    void* dead_fiber = nullptr;            ///< TSan's, of a goroutine that ended
    bool is_searching = false;             ///< counted in sched.searching
    const std::byte* own_low = nullptr;    ///< limits of the thread's own stack
    const std::byte* own_top = nullptr;
    void* own_sanitizer = nullptr; ///< its fiber or fake stack

    // Written by who wakes it, before the wake.
    P* next_p = nullptr;
    bool is_told_to_end = false;
    bool is_runaway = false; ///< was running user code when its runtime ended
    atomic<std::uint32_t> wake_word{0};

    // Guarded by sched.lock.
    M* next_idle = nullptr;
    bool is_idle = false;

    // Immutable once started.
    M* next_all = nullptr;
    pthread_t thread{};
    std::uint32_t id = 0;
};

} // namespace gofer::rt
