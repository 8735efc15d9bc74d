// SPDX-License-Identifier: Apache-2.0
//
// A mutex whose waiters sleep, for what is held long and seldom. Taken outside the runtime only.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "platform/futex.hpp"

namespace gofer::rt {

/// Ulrich Drepper's second mutex ("Futexes Are Tricky"): 0 free, 1 taken, 2 taken and waited for.
class futex_mutex {
public:
    void lock() {
        std::uint32_t free = 0;
        if (word_.compare_exchange_strong(free, 1, memory_order_acquire, memory_order_relaxed))
            return;                                                                // pairs: unlock
        while (word_.exchange(2, memory_order_acquire) != 0) futex_wait(word_, 2); // pairs: unlock
    }
    void unlock() {
        if (word_.exchange(0, memory_order_release) == 2) futex_wake(word_); // pairs: lock
    }
    /// Whoever held it will never come back.
    void reset() { word_.store(0, memory_order_relaxed); } // pairs: nothing; nobody else is here

private:
    atomic<std::uint32_t> word_{0};
};

} // namespace gofer::rt
