// SPDX-License-Identifier: Apache-2.0
//
// Timers of the Ps: when one is due, its function runs inside the runtime.
//
// A timer lives in the heap of the P that set it. That P looks at its heap on every slow path; idle
// Ms look at those of others; sysmon wakes one for the earliest of all, or fires it itself when it
// is a millisecond late and no P idles.
//
// I1  A heap is guarded by its P's timer_lock. `next_timer_ns` of a P is the moment of its first
// timer,
//     written under the lock, read by anybody as a hint.
// I2  state goes queued -> firing -> done by who fires it, queued -> done by who cancels it, both
//     under the lock: exactly one of the two wins. A canceller that lost waits until it is done, so
//     that a timer may lie on the stack of who set it.
// I3  fire runs inside, with no lock held; it neither parks nor allocates, and may wake. It sets
//     state to done (set_done) as its last touch of the timer.
//
// Tested by: tests/unit/sched, tests/stress.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "timer/timer_heap.hpp"

namespace gofer::rt {

struct M;
struct P;

enum class timer_state : std::uint8_t { done, queued, firing };

struct runtime_timer : timer {
    /// m is null when sysmon fires it.
    void (*fire)(runtime_timer* self, M* m) = nullptr;
    P* home = nullptr;
    atomic<timer_state> state{timer_state::done};

    void set_done() { state.store(timer_state::done, memory_order_release); } // pairs: timer_cancel
};

/// Sets t to fire at t->when_ns. Inside, or a plain thread. False: no memory.
[[nodiscard]] bool timer_set(M* m, runtime_timer* t);
/// True: it has not fired and will not. False: it has. Inside, or a plain thread; no locks held.
bool timer_cancel(M* m, runtime_timer* t);

/// Fires what is due of p. Returns whether anything was. Inside.
bool run_timers(M* m, P* p);
/// Of all Ps: by an M without work. Inside.
bool run_all_timers(M* m);

/// The earliest moment at which sysmon has to see to it that timers fire; INT64_MAX: none.
std::int64_t earliest_timer_ns();

/// Moments are capped so that sums do not overflow: in nanoseconds from now.
std::int64_t moment_after(std::int64_t ns);

} // namespace gofer::rt
