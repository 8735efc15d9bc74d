// SPDX-License-Identifier: Apache-2.0
//
// Going to sleep and being woken, without a fence on the side of those who push work.
//
//     pusher (hot)                       sleeper (this file)
//     1 push onto its queue              1 put P and M on the idle lists, may_wake = 1
//     2 read may_wake and searching      2 searching -= 1
//       0, or somebody searches: go on   3 membarrier()
//       else: wake one                   4 look at all queues again; work: take a P back
//                                        5 sleep
//
// The store-load race between pusher 1 and 2 is closed by the sleeper's membarrier: the barrier
// stands in the pusher's program order before 1, between 1 and 2, or after 2. In the first case the
// pusher reads what the sleeper wrote in 1 and 2, and wakes it; in the others the pushed goroutine
// is visible to the sleeper in 4. Looking again, and waking, count a queue of one as nothing: its
// owner runs it next. If the owner does not, sysmon sees it (sysmon.cpp).
//
// A search that finds nothing holds wakes back until sysmon's next look: goroutines that talk to
// each other on one P would otherwise wake a thief, 5 us each time, that finds nothing to take.
//
// Tested by: tests/model (idle).
#include <utility>

#include "platform/membarrier.hpp"
#include "sched/park.hpp"
#include "seam/backoff.hpp"

namespace gofer::rt {

void push_idle_p_locked(P* p) {
    p->status = p_status::idle;
    p->next_idle = sched.idle_p_list;
    sched.idle_p_list = p;
    sched.idle_ps.fetch_add(1, memory_order_relaxed); // pairs: membarrier in sleep_until_woken
    update_may_wake_locked();
}

namespace {

P* pop_idle_p_locked() {
    P* p = sched.idle_p_list;
    if (p == nullptr) return nullptr;
    sched.idle_p_list = p->next_idle;
    p->status = p_status::owned;
    sched.idle_ps.fetch_sub(1, memory_order_relaxed); // pairs: nothing; fewer wakes
    update_may_wake_locked();
    return p;
}

/// A thread with a goroutine pinned to it sleeps off the list: only that goroutine wakes it.
void push_idle_m_locked(M* m) {
    m->is_idle = true;
    if (m->pinned_g != nullptr) return;
    m->next_idle = sched.idle_m_list;
    sched.idle_m_list = m;
}

void remove_idle_m_locked(M* m) {
    m->is_idle = false;
    if (m->pinned_g != nullptr) return;
    M** link = &sched.idle_m_list;
    while (*link != m) link = &(*link)->next_idle;
    *link = m->next_idle;
}

/// An M that sleeps, or the order to start one. `p` is handed to it. False: neither is possible.
bool give_to_some_m_locked(P* p, bool is_searching, M** to_wake) {
    *to_wake = sched.idle_m_list;
    if (M* m = *to_wake) {
        remove_idle_m_locked(m);
        m->next_p = p;
        m->is_searching = is_searching;
        return true;
    }
    if (sched.m_count + sched.wanted_ms >= sched.thread_max) return false;
    ++sched.wanted_ms;
    p->starts_searching = is_searching;
    p->next_idle = sched.starting_ps;
    sched.starting_ps = p;
    return true;
}

/// Outside: wakes what give_to_some_m_locked chose.
void wake_chosen(M* m) {
    if (m == nullptr) {
        spawner_poke();
        return;
    }
    m->wake_word.store(1, memory_order_release); // pairs: sleep_until_woken
    futex_wake(m->wake_word);
}

/// Claims the one search that a push may start, and hands it a P. False: nobody to wake.
bool choose_one_to_wake(M** to_wake) {
    for (;;) {
        std::uint32_t none = 0;
        if (!sched.searching.compare_exchange_strong(none, 1))
            return false; // seq_cst: pushers see it
        {
            const byte_lock_guard guard(sched.lock);
            if (P* p = pop_idle_p_locked()) {
                if (give_to_some_m_locked(p, true, to_wake)) return true;
                push_idle_p_locked(p);
                sched.searching.fetch_sub(1); // seq_cst: as above
                return false;                 // no thread to be had
            }
        }
        sched.searching.fetch_sub(1); // seq_cst: before the look below
        // Who pushed onto the global queue meanwhile saw a search, and woke nobody.
        // seq_cst: the sleeper lists its P before it looks at the global queue
        if (sched.global_count.load() == 0 || sched.idle_ps.load() == 0)
            return false; // seq_cst: as above
    }
}

bool has_backlog() {
    if (sched.global_count.load(memory_order_relaxed) != 0) return true; // pairs: membarrier before
    const std::uint32_t count = sched.procs_made.load(memory_order_acquire); // pairs: make_p
    for (std::uint32_t i = 0; i < count; ++i) {
        if (sched.all_ps[i]->queue.size() >= 2) return true;
    }
    return false;
}

/// Takes this M off the idle list again, with a P, if it is still there and there is one.
P* take_p_back(M* m) {
    const byte_lock_guard guard(sched.lock);
    // A hold is for what other Ps have; the global queue nobody else may ever look at.
    if (!m->is_idle || (sched.is_wake_held && sched.global.count == 0)) return nullptr;
    P* p = pop_idle_p_locked();
    if (p != nullptr) remove_idle_m_locked(m);
    return p;
}

} // namespace

void update_may_wake_locked() {
    const bool may = sched.idle_p_list != nullptr && !sched.is_wake_held;
    sched.may_wake.store(may ? 1 : 0,
                         memory_order_relaxed); // pairs: membarrier in sleep_until_woken
}

void hold_wakes(bool is_held) {
    {
        const byte_lock_guard guard(sched.lock);
        if (sched.is_wake_held == is_held) return;
        sched.is_wake_held = is_held;
        update_may_wake_locked();
    }
}

void wake_one(M* m) {
    M* to_wake = nullptr;
    if (!choose_one_to_wake(&to_wake)) return;
    m->step_out(); // the woken thread may displace this one; nobody should wait for it then
    wake_chosen(to_wake);
    enter(m);
}

bool wake_one_from_thread() {
    // seq_cst: after the push onto the global queue, which has a lock of its own
    if (sched.idle_ps.load() == 0) return false;
    M* to_wake = nullptr;
    const bool is_chosen = choose_one_to_wake(&to_wake);
    if (is_chosen) wake_chosen(to_wake);
    return is_chosen || sched.searching.load() != 0; // seq_cst: as in choose_one_to_wake
}

bool sleep_until_woken(M* m) {
    bool was_searching = false;
    {
        const byte_lock_guard guard(sched.lock);
        if (P* p = m->p) {
            if (sched.global.count != 0 && p->id < sched.procs.load(memory_order_relaxed))
                return true; // pairs: nothing; a number
            drop_context(*p);
            m->p = nullptr;
            push_idle_p_locked(p);
        }
        if (m->is_told_to_end) return false;
        was_searching =
            std::exchange(m->is_searching, false); // once it is listed, its waker writes it
        push_idle_m_locked(m);
    }
    if (was_searching) sched.searching.fetch_sub(1); // seq_cst: see the table above
    membarrier();
    if (m->pinned_g == nullptr && has_backlog()) {
        if (P* p = take_p_back(m)) {
            own_p(m, p);
            m->is_searching = true;
            sched.searching.fetch_add(1); // seq_cst: as in find_work.cpp
            return true;
        }
    }
    m->step_out();
    if (sched.status.load(memory_order_relaxed) ==
        runtime_status::stopping) {                          // pairs: nothing; stop looks again
        sched.stop_event.fetch_add(1, memory_order_release); // pairs: wait_for_the_rest
        futex_wake(sched.stop_event);
    }
    sysmon_poke(); // somebody idles: it has to look whether another has too much
    while (m->wake_word.load(memory_order_acquire) == 0)
        futex_wait(m->wake_word, 0); // pairs: wake_chosen
    m->wake_word.store(0,
                       memory_order_relaxed); // pairs: nothing; nobody wakes an M that is not idle
    enter(m);
    if (m->is_told_to_end) return false;
    P* p = m->next_p;
    m->next_p = nullptr;
    own_p(m, p);
    return true;
}

bool hand_p_off(M* m, M* to, G* g) {
    P* p = m->p;
    M* to_wake = to;
    {
        const byte_lock_guard guard(sched.lock);
        if (to != nullptr && !to->is_idle) return false;
        // A thief that is at the queue waits until this M is outside, and finds no owner then.
        drop_context(*p);
        if (to != nullptr) {
            remove_idle_m_locked(to);
            to->next_p = p;
            to->pending = g;
            to->is_searching = false;
        } else if (!give_to_some_m_locked(p, false, &to_wake)) {
            p->owner.store(m,
                           memory_order_release); // pairs: as take_context; nobody else can have it
            return false;
        }
        m->p = nullptr;
    }
    m->step_out();
    wake_chosen(to_wake);
    enter(m);
    return true;
}

void retire_p(M* m) {
    P* p = m->p;
    for (backoff b; !answer_share(*p); b.pause()) {
        m->step_out();
        enter(m);
    }
    item_chain<G> rest = p->queue.take_all();
    if (G* g = m->pending) {
        m->pending = nullptr;
        rest.append(g);
    }
    drop_context(*p);
    m->p = nullptr;
    {
        const byte_lock_guard guard(sched.lock);
        if (p->id < sched.procs.load(memory_order_relaxed)) { // pairs: nothing; written under lock
            push_idle_p_locked(p);                            // wanted again meanwhile
        } else {
            p->status = p_status::retired;
        }
    }
    push_global(rest);
    if (m->is_searching) {
        m->is_searching = false;
        sched.searching.fetch_sub(1); // seq_cst: as in find_work.cpp
    }
    hold_wakes(false); // this M goes to sleep, and what it had must be found
    wake_if_useful(m);
}

} // namespace gofer::rt
