// SPDX-License-Identifier: Apache-2.0
//
// See gate.hpp.
#include "sched/gate.hpp"

#include "arch/context.hpp"
#include "platform/futex.hpp"
#include "platform/membarrier.hpp"
#include "sched/sched.hpp"
#include "seam/backoff.hpp"

namespace gofer::rt {

stop_gate gate;

void stop_gate::close() {
    mutex_.lock();
    // seq_cst: before the loads of threads_inside_ below (thread_enter has the other half)
    closed_.store(1);
    // pairs: the push in spawner.cpp; an M that is not yet on the list looks at closed_ first
    for (M* m = sched.all_ms.load(memory_order_acquire); m != nullptr; m = m->next_all) {
        m->ask(attention::gate);
    }
    membarrier();
    for (M* m = sched.all_ms.load(memory_order_acquire); m != nullptr;
         m = m->next_all) { // pairs: as above
        for (backoff b; !m->is_outside();) b.pause();
    }
    // seq_cst: after the store of closed_
    for (backoff b; threads_inside_.load() != 0;) b.pause();
}

void stop_gate::open() {
    closed_.store(0, memory_order_release); // pairs: wait_until_open, thread_enter
    futex_wake(closed_, -1);
    mutex_.unlock();
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
