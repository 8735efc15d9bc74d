// SPDX-License-Identifier: Apache-2.0
//
// The slow half of entering the runtime: what others asked of this thread. And plain threads.
#include <utility>

#include "platform/thread.hpp"
#include "sched/gate.hpp"
#include "sched/park.hpp"
#include "seam/backoff.hpp"

namespace gofer::rt {

scheduler sched;

namespace {

/// Outside, until no thief helps itself to the queue of `p`.
void wait_while_gated(P* p) {
    // pairs: steal's last store
    for (backoff b; (p->share.load(memory_order_acquire) & share_word::gated) != 0;) b.pause();
}

/// The runtime is over, and this goroutine was reported as left behind: its stack is left for good,
/// and its thread ends. Nothing shared is touched: another runtime may live by now.
[[noreturn]] void end_as_runaway(M* m) {
    m->clear(~0U);
    m->is_runaway = true;
    m->g = nullptr;
    sanitizer::leave_stack(nullptr, m->own_sanitizer, m->own_low, m->own_top);
    gofer_jump(std::exchange(m->own_sp, nullptr));
}

} // namespace

void enter_slow(M* m) {
    while (m->has_attention()) {
        const std::uint32_t asked = m->attention.load(memory_order_acquire); // pairs: door::ask
        if ((asked & attention::stop) != 0) end_as_runaway(m);
        if ((asked & attention::gate) != 0) {
            m->step_out();
            gate.wait_until_open(*m);
            m->step_in();
            continue;
        }
        if ((asked & attention::share) != 0) {
            m->clear(attention::share); // before the look: a later claim sets it again
            if (m->p != nullptr && !answer_share(*m->p)) {
                m->step_out();
                wait_while_gated(m->p);
                m->ask(attention::share); // look again
                m->step_in();
            }
        }
        if ((asked & attention::retire) != 0) {
            m->clear(attention::retire);
            if (m->p != nullptr)
                m->p->credits = 1; // the next pick is slow, and sees that P is surplus
        }
    }
}

void own_p(M* m, P* p) {
    m->p = p;
    while (!take_context(*p, *m)) {
        m->step_out();
        wait_while_gated(p);
        enter(m);
    }
}

// ---- plain threads

void thread_enter() {
    gate.thread_enter();
}
void thread_leave() {
    gate.thread_leave();
}

void thread_wait(thread_parker& parker) {
    // pairs: wake_from_afar's store: what the waker did is visible
    while (parker.is_woken.load(memory_order_acquire) == 0) futex_wait(parker.is_woken, 0);
}

namespace {

waiter_owner who_waits(const waiter* w) {
    return w->owner.is_select() ? w->owner.select()->who : w->owner;
}

} // namespace

void wake_list(M* m, waiter* first) {
    if (m == nullptr) {
        while (first != nullptr) wake_from_afar(nullptr, std::exchange(first, first->next));
        return;
    }
    ready_batch goroutines(m);
    waiter* threads = nullptr;
    while (first != nullptr) {
        waiter* w = std::exchange(first, first->next);
        if (first != nullptr) __builtin_prefetch(first, 1);
        w->queue = nullptr;
        if (const waiter_owner who = who_waits(w); who.is_goroutine()) {
            goroutines.add(who.goroutine());
        } else {
            w->next = threads;
            threads = w;
        }
    }
    goroutines.push();
    // Last, since this steps out. Threads that block have no order among each other.
    while (threads != nullptr) wake_from_afar(m, std::exchange(threads, threads->next));
}

void wake_from_afar(M* m, waiter* w) {
    const waiter_owner who = who_waits(w);
    if (!who.is_goroutine()) {
        thread_parker* parker = who.thread();
        sanitizer::happens_before(parker);
        if (m != nullptr) m->step_out();                 // the woken thread may displace this one
        parker->is_woken.store(1, memory_order_release); // pairs: thread_wait; `w` may be gone now
        futex_wake(parker->is_woken);
        if (m != nullptr) enter(m);
        return;
    }
    G* g = who.goroutine();
    sanitizer::happens_before(g);
    if (!g->state.wake()) return;
    item_chain<G> one;
    one.append(g);
    push_global(one);
    wake_one_from_thread();
}

} // namespace gofer::rt
