// SPDX-License-Identifier: Apache-2.0
//
// The gate: stops the world for the runtime's state only. User code runs on; nobody can enter the
// runtime, and everybody who was inside has left. So all byte locks are free, and run queues, wait
// queues and goroutines stand still, except that running goroutines run.
//
// Closing: take the mutex, set closed, ask every M (attention::gate), membarrier(), wait until each
// is outside (door.hpp, I2); plain threads are counted with a locked instruction instead.
//
// I1  One closer at a time. Who waits for the mutex is outside.
// I2  Whoever holds the gate reads, or moves Gs between queues. It does not allocate and takes no
//     foreign lock: a thread that is kept out may hold it.
// I3  An M that starts while the gate is closed sees `closed` before its first step inside
//     (M start asks itself).
//
// Tested by: tests/model (gate).
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "platform/futex_mutex.hpp"
#include "sched/door.hpp"

namespace gofer::rt {

class stop_gate {
public:
    /// Outside, or a plain thread. Comes back when everybody is outside.
    void close();
    void open();

    /// An M, outside: sleeps until the gate is open and clears its bit.
    void wait_until_open(door& mine);

    void thread_enter();
    void thread_leave();

private:
    /// Whether entering has to wait. Written by the closer, futex word of those kept out.
    atomic<std::uint32_t> closed_{0};
    /// The closers'. Held from close to open.
    futex_mutex mutex_;
    /// Plain threads inside.
    alignas(64) atomic<std::uint32_t> threads_inside_{0};
};

extern stop_gate gate;

} // namespace gofer::rt
