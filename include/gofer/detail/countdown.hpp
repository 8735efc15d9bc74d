// SPDX-License-Identifier: Apache-2.0
//
// The inlined half of detail::countdown: counting. Waiting and waking are in src/sync/.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "gofer/detail/core.hpp"
#include "gofer/time.hpp"

namespace gofer::detail {

/// Adds n to the count; wakes the waiters if it became zero.
inline void countdown_add(countdown& c, std::int64_t n) {
    std::uint64_t old =
        c.word.load(std::memory_order_relaxed); // pairs: nothing; the CAS below orders
    for (;;) {
        const auto count = static_cast<std::int64_t>(old & countdown::count_mask);
        if (count + n < 0) throw_negative_count();
        if (count + n > countdown::count_max) throw_count_overflow();
        if (count + n == 0 && (old & (countdown::waited | countdown::lock)) != 0) {
            if (countdown_finish(c, static_cast<std::uint64_t>(-n))) return;
            old = c.word.load(std::memory_order_relaxed); // pairs: nothing; the CAS below orders
            continue;
        }
        // Release: what this goroutine did before is visible to whoever sees zero (pairs:
        // countdown_await). Acquire: and what the others did, to the one that wakes.
        const std::uint64_t now = old + static_cast<std::uint64_t>(n);
        if (c.word.compare_exchange_weak(old, now, std::memory_order_acq_rel,
                                         std::memory_order_relaxed))
            return;
    }
}

/// Takes one off; wakes the waiters if that was the last.
inline void countdown_done(countdown& c) {
    std::uint64_t old =
        c.word.load(std::memory_order_relaxed); // pairs: nothing; the CAS below orders
    for (;;) {
        const std::uint64_t count = old & countdown::count_mask;
        if (count <= 1) [[unlikely]] {
            if (count == 0) throw_negative_count();
            if ((old & (countdown::waited | countdown::lock)) != 0) {
                if (countdown_finish(c, 1)) return;
                old =
                    c.word.load(std::memory_order_relaxed); // pairs: nothing; the CAS below orders
                continue;
            }
        }
        // pairs: countdown_await, as above
        if (c.word.compare_exchange_weak(old, old - 1, std::memory_order_acq_rel,
                                         std::memory_order_relaxed))
            return;
    }
}

inline void countdown_await(countdown& c) {
    // All of the word: at zero with the lock somebody is still waking others.
    // pairs: countdown_done, countdown_add: what was done before the count fell to zero is visible
    if (c.word.load(std::memory_order_acquire) == 0) return;
    countdown_wait(c);
}

template <class Rep, class Period>
bool countdown_await_for(countdown& c, std::chrono::duration<Rep, Period> d) {
    // pairs: as countdown_await
    if (c.word.load(std::memory_order_acquire) == 0) return true;
    if (d <= d.zero()) return false;
    return countdown_wait_for(c, to_ns(d));
}

} // namespace gofer::detail
