// SPDX-License-Identifier: Apache-2.0
//
// The runtime's short lock: a byte. Taken by a CAS, released by a plain store.
//
// Who fails to get it leaves the line alone for about a microsecond, doubling to four, and then
// lets other threads run: the holder may be waiting for this very CPU. (The back-off took
// chan_mpmc at P = 2 from 66 to 15-22 ns in the prototype.)
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "seam/clock.hpp"

namespace gofer::rt {

class byte_lock {
public:
    void lock() {
        if (!try_lock()) [[unlikely]]
            lock_slow();
    }
    bool try_lock() {
        std::uint8_t open = 0;
        return word_.load(memory_order_relaxed) == 0 && // pairs: nothing; only a look
               word_.compare_exchange_strong(open, 1, memory_order_acquire,
                                             memory_order_relaxed); // pairs: unlock
    }
    void unlock() { word_.store(0, memory_order_release); } // pairs: try_lock
    [[nodiscard]] bool is_locked() const {
        return word_.load(memory_order_relaxed) != 0;
    } // pairs: nothing; for checks

private:
    [[gnu::noinline, gnu::cold]] void lock_slow();

    atomic<std::uint8_t> word_{0};
};

/// Holds a byte_lock for a scope.
class byte_lock_guard {
public:
    explicit byte_lock_guard(byte_lock& lock) : lock_(lock) { lock_.lock(); }
    byte_lock_guard(const byte_lock_guard&) = delete;
    byte_lock_guard& operator=(const byte_lock_guard&) = delete;
    ~byte_lock_guard() { lock_.unlock(); }

private:
    byte_lock& lock_;
};

} // namespace gofer::rt
