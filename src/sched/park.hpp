// SPDX-License-Identifier: Apache-2.0
//
// The hot paths of scheduling: entering and leaving the runtime, parking, making ready, switching.
//
// The park protocol. A goroutine that must wait
//     1. sets its state to waiting (prepare_park) and puts its waiter on a queue, under the
//        object's lock,
//     2. unlocks,
//     3. picks the next goroutine and switches to it. The switch pushes the registers and then, as
//        its last touch of the stack, stores G.sp.
// From 2 on another thread may make it ready and try to run it, although 3 is not done.
//
// I1  G.sp is null from the dispatch of a goroutine until its next switch has saved it; only the
//     switch stores it, only who dispatches it clears it.
// I2  Whoever dispatches a goroutine loads sp with acquire and resumes only what is not null
//     (pairs: the store in gofer_switch). If it is null, the thread goes to its own stack, which
//     publishes the sp of the goroutine it leaves, and waits there: two threads that each wait for
//     the goroutine that the other is just parking so come to an end.
// I3  A goroutine may find itself: it was made ready, stolen, and is picked by the very thread that
//     is parking it. It then just goes on.
//
// Tested by: tests/model (park), tests/unit/sched, tests/stress.
#pragma once

#include "arch/context.hpp"
#include "base/check.hpp"
#include "platform/futex.hpp"
#include "sched/sanitizer.hpp"
#include "sched/sched.hpp"

namespace gofer::rt {

/// Comes into the runtime on an M.
inline void enter(M* m) {
    m->step_in();
    if (m->has_attention()) [[unlikely]]
        enter_slow(m);
}

inline void leave(M* m) {
    m->step_out();
}

/// Fetches what the picks after this one will touch: with 100,000 goroutines none of it is in a
/// cache.
inline void prefetch_ahead(const P* p) {
    constexpr std::uint32_t far_ahead = 3;
    if (const G* g = p->queue.peek(far_ahead)) __builtin_prefetch(g);
    if (const G* g = p->queue.peek(0))
        prefetch_context(g->sp.load(memory_order_relaxed)); // pairs: nothing; a hint
}

/// The next goroutine of the P: runnext, the newest newborn, the ring. Null: none here.
inline G* pick(M* m) {
    P* p = m->p;
    if (--p->credits == 0) [[unlikely]]
        return pick_slow(m);
    if (G* g = p->queue.take_runnext()) return g;
    if (G* g = p->queue.pop_newest()) return g;
    G* g = p->queue.pop();
    if (g != nullptr) prefetch_ahead(p);
    return g;
}

inline void push_runnable(M* m, G* g) {
    if (!m->p->queue.push(g)) [[unlikely]]
        push_overflow(m, g);
}

/// After a push onto a queue that was not empty: wakes an M if a P idles and nobody searches.
/// No fence: who goes to sleep executes one for us (idle.cpp).
inline void wake_if_useful(M* m) {
    compiler_fence(); // the push stays before the looks
    // pairs: idle.cpp's membarrier
    if (sched.may_wake.load(memory_order_relaxed) != 0 &&
        sched.searching.load(memory_order_relaxed) == 0) // pairs: as above
        [[unlikely]]
        wake_one(m);
}

/// Makes a waiting goroutine runnable: it goes next, who was next goes to the ring.
inline void ready(M* m, G* g) {
    sanitizer::happens_before(g);
    if (void* sp = g->sp.load(memory_order_relaxed)) prefetch_context(sp); // pairs: nothing; a hint
    if (!g->state.wake()) [[unlikely]]
        return;
    G* old = m->p->queue.exchange_runnext(g);
    if (old != nullptr) {
        push_runnable(m, old);
        wake_if_useful(m);
    }
}

/// Collects goroutines that one event wakes, to make them runnable in their order.
class ready_batch {
public:
    explicit ready_batch(M* m) : m_(m) {}
    void add(G* g) {
        sanitizer::happens_before(g);
        if (g->state.wake()) chain_.append(g);
    }
    /// Once, at the end. No locks held.
    void push();

private:
    M* m_;
    item_chain<G> chain_;
};

// ---- the state that libstdc++ and libc keep a thread, and that is a goroutine's

[[gnu::noinline, gnu::cold]] void save_thread_state(M* m, G* g);
[[gnu::noinline, gnu::cold]] void restore_thread_state(M* m, G* g);

/// Before a goroutine is left. The thread's errno and exception state are zero afterwards.
inline void put_away(M* m, G* g) {
    if (m->exceptions->caught != nullptr || m->exceptions->uncaught != 0 || *m->error != 0 ||
        sched.checks_canaries) [[unlikely]]
        save_thread_state(m, g);
}

/// After it was resumed, on whatever thread.
inline void take_up(M* m, G* g) {
    m->g = g;
    if (g->has_saved) [[unlikely]]
        restore_thread_state(m, g);
    sanitizer::happens_after(g);
}

// ---- switching

/// From goroutine `from` to the thread's own stack, keeping `from`.
[[gnu::noinline]] void switch_to_own_stack(M* m, G* from);

/// From goroutine `from`, which is on some queue or about to be, to `to`. Comes back when `from`
/// is dispatched again, perhaps on another thread: read the current M anew.
inline void switch_goroutine(M* m, G* from, G* to) {
    put_away(m, from);
    void* sp =
        to == nullptr ? nullptr : to->sp.load(memory_order_acquire); // pairs: gofer_switch's store
    if (from->is_pinned) [[unlikely]]
        sp = nullptr; // the thread may not run anybody else
    if (G::is_context(sp)) [[likely]] {
        to->sp.store(nullptr, memory_order_relaxed); // pairs: nothing; `to` is ours
        m->g = to;
        sanitizer::leave_stack(&from->sanitizer, to->sanitizer, to->stk->low, to->stk->top);
        gofer_switch(reinterpret_cast<void**>(&from->sp), sp);
    } else if (sp == G::newborn_sp()) {
        bind_stack(m, to);
        m->g = to;
        sanitizer::leave_stack(&from->sanitizer, to->sanitizer, to->stk->low, to->stk->top);
        gofer_start(reinterpret_cast<void**>(&from->sp), stack_start(*to->stk));
    } else {
        m->pending = to; // nobody, or another M is still parking it, or one of the two is pinned
        switch_to_own_stack(m, from);
    }
    sanitizer::enter_stack(from->sanitizer);
    take_up(current_m(), from);
}

/// Says that the running goroutine will wait. Under the lock of the object it waits for.
inline void prepare_park(G* g, wait_reason reason, const void* object) {
    g->reason = reason;
    g->wait_object = object;
    g->since_ns = sched.coarse_ns.load(memory_order_relaxed); // pairs: nothing; a coarse clock
    g->state.move<g_status::running, g_status::waiting>();
}

/// Takes prepare_park back, before anybody could have seen the waiter.
inline void cancel_park(G* g) {
    g->state.move<g_status::waiting, g_status::running>();
    g->reason = wait_reason::none;
}

/// Parks the running goroutine until somebody makes it ready. Inside; no locks held. Returns the
/// M that it goes on with, inside.
inline M* park(M* m) {
    G* g = m->g;
    P* p = m->p;
    G* next = pick(m);
    p->tick.store(p->tick.load(memory_order_relaxed) + 1,
                  memory_order_relaxed); // pairs: nothing; a hint
    if (next != g) {
        switch_goroutine(m, g, next);
    } else {
        sanitizer::happens_after(g);
    }
    g->state.move<g_status::runnable, g_status::running>();
    g->reason = wait_reason::none;
    return current_m();
}

// ---- plain threads

/// A plain thread comes in: waits while the gate is closed.
void thread_enter();
void thread_leave();
/// As an M, or as a plain thread, for which it returns null.
inline M* come_in() {
    M* m = current_m();
    if (m != nullptr) [[likely]] {
        enter(m);
    } else {
        thread_enter();
    }
    return m;
}
inline void go_out(M* m) {
    if (m != nullptr) [[likely]] {
        leave(m);
    } else {
        thread_leave();
    }
}
/// Blocks the calling plain thread until it is woken. Outside.
void thread_wait(thread_parker& parker);

void wake_from_afar(M* m, waiter* w);

/// Wakes all of a list through waiter::next, in its order. Inside, no locks held; m is null on a
/// plain thread. The waiters are gone afterwards.
void wake_list(M* m, waiter* first);

/// Wakes whoever waits behind `w`, which was taken off its queue. Inside. `m` is null on a plain
/// thread. No locks held. `w` is gone afterwards.
inline void wake(M* m, waiter* w) {
    if (m != nullptr && w->owner.is_goroutine()) [[likely]] {
        ready(m, w->owner.goroutine());
    } else if (m != nullptr && w->owner.is_select() && w->owner.select()->who.is_goroutine()) {
        ready(m, w->owner.select()->who.goroutine());
    } else {
        wake_from_afar(m, w);
    }
}

} // namespace gofer::rt
