// SPDX-License-Identifier: Apache-2.0
//
// The channel: a lock, a ring of elements, and two queues of waiters.
//
// I1  If somebody waits to receive, the buffer is empty; if somebody waits to send, it is full
//     (capacity 0: always both). At most one of the queues holds waiters that can be claimed, but
//     for one select that waits on both sides.
// I2  Everything but `refs` and the immutable part is guarded by `lock`; `count` and `is_closed`
// may
//     be looked at without it, which decides nothing but that there is nothing to do.
// I3  Only bytes change hands under the lock, and nobody is made ready under it: who takes a
// partner
//     off a queue unlocks, copies, then wakes.
// I4  A waiter that was taken off a queue belongs to who took it: it stays parked until it is
// woken,
//     so its element's memory stays.
// I5  A closed channel has no waiters.
//
//     [ chan_core | element 0 | element 1 | ... | element capacity-1 ]
//                     ^ head: the oldest of `count`
//
// Rejected: a lock-free ring for buffered channels. Both sides need to see "somebody waits" and
// "there is room" together; two locked instructions an operation, as here, is what such rings pay
// too, and `select`, close and FIFO waiters come for nothing. Source: Go's runtime/chan.go (hchan,
// chansend, chanrecv, closechan). Tested by: tests/model (channel), tests/unit/chan,
// tests/go_behaviour.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/atomic.hpp"
#include "gofer/chan_status.hpp"
#include "gofer/detail/core.hpp"
#include "sched/waiter.hpp"
#include "seam/byte_lock.hpp"

namespace gofer::detail {

struct alignas(64) chan_core {
    rt::byte_lock lock;
    rt::atomic<bool> is_closed{false};
    // Guarded by lock.
    rt::atomic<std::size_t> count{0};
    std::size_t head = 0;
    rt::wait_queue receivers;
    rt::wait_queue senders;

    // Immutable.
    std::size_t capacity;
    std::size_t stride; ///< bytes of an element
    std::byte* elements;
    void (*destroy)(void*);
    const void* made_at;
    std::size_t align; ///< of the whole block

    // Atomic.
    alignas(64) rt::atomic<std::uint64_t> refs{1};
    rt::atomic<std::uint64_t> send_ends{0};
    rt::atomic<std::uint64_t> recv_ends{0};

    [[nodiscard]] std::byte* slot(std::size_t index) const {
        return elements + (index < capacity ? index : index - capacity) * stride;
    }
    // pairs: nothing; I2
    [[nodiscard]] std::size_t len() const {
        return count.load(rt::memory_order_relaxed);
    } // pairs: I2
    void set_len(std::size_t n) {
        count.store(n, rt::memory_order_release);
    } // pairs: looks without the lock
    [[nodiscard]] bool closed() const {
        return is_closed.load(rt::memory_order_relaxed);
    } // pairs: I2
};

} // namespace gofer::detail
