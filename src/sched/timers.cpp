// SPDX-License-Identifier: Apache-2.0
//
// See timers.hpp.
#include "sched/timers.hpp"

#include <algorithm>

#include <sched.h>

#include "sched/park.hpp"

namespace gofer::rt {

namespace {

/// How many timers one look fires at most, before others get their turn.
constexpr int fired_max = 256;

void update_next_locked(P* p) {
    const timer* first = p->timers.first();
    p->next_timer_ns.store(first == nullptr ? INT64_MAX : first->when_ns,
                           memory_order_relaxed); // pairs: nothing; a hint
}

/// The first timer that is due, taken out and marked as firing.
runtime_timer* take_due(P* p, std::int64_t now_ns) {
    const byte_lock_guard guard(p->timer_lock);
    auto* t = static_cast<runtime_timer*>(p->timers.first());
    if (t == nullptr || t->when_ns > now_ns) return nullptr;
    p->timers.remove(t);
    update_next_locked(p);
    t->state.store(timer_state::firing, memory_order_relaxed); // pairs: nothing; under the lock
    return t;
}

} // namespace

std::int64_t moment_after(std::int64_t ns) {
    constexpr std::int64_t longest = INT64_MAX / 2;
    return seam::now_ns() + std::clamp<std::int64_t>(ns, 0, longest);
}

bool timer_set(M* m, runtime_timer* t) {
    P* p = m != nullptr ? m->p : sched.all_ps[0];
    bool is_first = false;
    {
        const byte_lock_guard guard(p->timer_lock);
        if (!p->timers.push(t)) return false;
        t->home = p;
        t->state.store(timer_state::queued, memory_order_relaxed); // pairs: nothing; under the lock
        is_first = p->timers.first() == t;
        if (is_first) update_next_locked(p);
    }
    if (!is_first) return true;
    if (m != nullptr) m->step_out(); // a woken thread may displace this one
    sysmon_note_timer(t->when_ns);
    if (m != nullptr) enter(m);
    return true;
}

bool timer_cancel(M* m, runtime_timer* t) {
    P* p = t->home;
    {
        const byte_lock_guard guard(p->timer_lock);
        if (t->state.load(memory_order_relaxed) ==
            timer_state::queued) { // pairs: nothing; under the lock
            p->timers.remove(t);
            t->state.store(timer_state::done,
                           memory_order_relaxed); // pairs: nothing; under the lock
            update_next_locked(p);
            return true;
        }
    }
    // pairs: run_timers: what fire did is visible
    while (t->state.load(memory_order_acquire) == timer_state::firing) {
        if (m != nullptr) m->step_out(); // it may be sysmon that fires, and waits for us at a gate
        ::sched_yield();
        if (m != nullptr) enter(m);
    }
    return false;
}

bool run_timers(M* m, P* p) {
    // pairs: nothing; a hint, the lock decides
    if (p->next_timer_ns.load(memory_order_relaxed) == INT64_MAX) return false; // pairs: as above
    const std::int64_t now_ns = seam::now_ns();
    int fired = 0;
    while (fired < fired_max) {
        runtime_timer* t = take_due(p, now_ns);
        if (t == nullptr) break;
        ++fired;
        t->fire(t, m);
    }
    return fired != 0;
}

bool run_all_timers(M* m) {
    bool is_fired = false;
    const std::uint32_t count = sched.procs_made.load(memory_order_acquire); // pairs: make_procs
    for (std::uint32_t i = 0; i < count; ++i) is_fired |= run_timers(m, sched.all_ps[i]);
    return is_fired;
}

std::int64_t earliest_timer_ns() {
    std::int64_t earliest = INT64_MAX;
    const std::uint32_t count = sched.procs_made.load(memory_order_acquire); // pairs: make_procs
    for (std::uint32_t i = 0; i < count; ++i) {
        // seq_cst: against timer_set and sysmon_note_timer, see sysmon.cpp
        earliest = std::min(earliest, sched.all_ps[i]->next_timer_ns.load());
    }
    return earliest;
}

} // namespace gofer::rt
