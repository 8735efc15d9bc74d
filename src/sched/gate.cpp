// SPDX-License-Identifier: Apache-2.0
//
// See gate.hpp.
#include "sched/gate.hpp"

#include <sched.h>

#include "arch/context.hpp"
#include "platform/futex.hpp"
#include "platform/membarrier.hpp"
#include "sched/sched.hpp"
#include "seam/clock.hpp"

namespace gofer::rt {

stop_gate gate;

namespace {

/// Waits for what another thread does within nanoseconds, unless the kernel has switched it off.
template <class Condition>
void spin_until(Condition&& is_true) {
    const seam::spin_deadline patience(50);
    while (!is_true()) {
        cpu_pause();
        if (patience.is_over()) ::sched_yield();
    }
}

} // namespace

void stop_gate::close() {
    std::uint32_t free = 0;
    if (!mutex_.compare_exchange_strong(free, 1, memory_order_acquire)) { // pairs: open
        while (mutex_.exchange(2, memory_order_acquire) != 0) futex_wait(mutex_, 2); // pairs: open
    }
    // seq_cst: before the loads of threads_inside_ below (thread_enter has the other half)
    closed_.store(1);
    // pairs: the push in spawner.cpp; an M that is not yet on the list looks at closed_ first
    for (M* m = sched.all_ms.load(memory_order_acquire); m != nullptr; m = m->next_all) {
        m->ask(attention::gate);
    }
    membarrier();
    for (M* m = sched.all_ms.load(memory_order_acquire); m != nullptr; m = m->next_all) { // pairs: as above
        spin_until([m] { return m->is_outside(); });
    }
    // seq_cst: after the store of closed_
    spin_until([this] { return threads_inside_.load() == 0; });
}

void stop_gate::open() {
    closed_.store(0, memory_order_release); // pairs: wait_until_open, thread_enter
    futex_wake(closed_, -1);
    // pairs: the next closer
    if (mutex_.exchange(0, memory_order_release) == 2) futex_wake(mutex_);
}

void stop_gate::wait_until_open(door& mine) {
    // Cleared before the look: a closer that comes later sets it again.
    mine.clear(attention::gate);
    while (closed_.load(memory_order_acquire) != 0) { // pairs: open
        mine.ask(attention::gate);
        futex_wait(closed_, 1);
        mine.clear(attention::gate);
    }
}

void stop_gate::thread_enter() {
    for (;;) {
        // seq_cst: counted before the look at closed_ (close has the other half)
        threads_inside_.fetch_add(1);
        // seq_cst: as above
        if (closed_.load() == 0) return;
        thread_leave();
        futex_wait(closed_, 1);
    }
}

void stop_gate::thread_leave() {
    threads_inside_.fetch_sub(1, memory_order_release); // pairs: close's load
}

} // namespace gofer::rt
