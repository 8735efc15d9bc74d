// SPDX-License-Identifier: Apache-2.0
//
// Runnable goroutines beyond the local queue: the overflow, the global queue, and the slow pick
// that keeps the fast one fair.
#include <algorithm>

#include "sched/park.hpp"
#include "sched/timers.hpp"

namespace gofer::rt {

namespace {

/// The oldest newborn's turn comes this often, however busy the P is with younger ones.
constexpr std::int64_t oldest_turn_ns = 250'000;

} // namespace

void push_global(item_chain<G> chain) {
    if (chain.count == 0) return;
    const byte_lock_guard guard(sched.lock);
    if (sched.global.last != nullptr) {
        sched.global.last->next = chain.first;
    } else {
        sched.global.first = chain.first;
    }
    sched.global.last = chain.last;
    sched.global.count += chain.count;
    sched.global_count.store(sched.global.count, memory_order_relaxed); // pairs: nothing; a hint
}

void push_overflow(M* m, G* g) {
    item_chain<G> half = m->p->queue.take_half_of_ring();
    half.append(g);
    push_global(half);
    wake_if_useful(m);
}

void ready_batch::push() {
    if (chain_.count == 0) return;
    if (chain_.count == 1) { // the commonest: it goes next, as in ready
        G* old = m_->p->queue.exchange_runnext(chain_.first);
        if (old != nullptr) {
            push_runnable(m_, old);
            wake_if_useful(m_);
        }
        return;
    }
    const bool fits = chain_.count <= ring_capacity - m_->p->queue.size_of_ring();
    if (!fits) {
        push_global(chain_);
    } else {
        while (G* g = chain_.pop()) m_->p->queue.push(g);
    }
    wake_if_useful(m_);
}

G* take_global(M* m) {
    if (sched.global_count.load(memory_order_relaxed) == 0)
        return nullptr; // pairs: nothing; a hint
    // A fair part, so that the other Ps find something too; Go's globrunqget.
    constexpr std::uint32_t batch_max = ring_capacity / 2;
    item_chain<G> batch;
    {
        const byte_lock_guard guard(sched.lock);
        const std::uint32_t procs =
            sched.procs.load(memory_order_relaxed); // pairs: nothing; a number
        std::uint32_t part = std::min(sched.global.count, sched.global.count / procs + 1);
        // Exactly what fits: the rest stays where everybody finds it. One goes out at once, so that
        // a full ring does not keep the global queue waiting for ever.
        part = std::min({part, batch_max, ring_capacity - m->p->queue.size_of_ring() + 1});
        for (; part > 0; --part) batch.append(sched.global.pop());
        sched.global_count.store(sched.global.count,
                                 memory_order_relaxed); // pairs: nothing; a hint
    }
    G* first = batch.pop();
    while (G* g = batch.pop()) m->p->queue.push(g);
    return first;
}

G* pick_slow(M* m) {
    P* p = m->p;
    p->credits = credits_full;
    const std::int64_t now_ns = seam::now_ns();
    sched.coarse_ns.store(now_ns, memory_order_relaxed); // pairs: nothing; a coarse clock
    if (p->id >= sched.procs.load(memory_order_relaxed))
        return nullptr; // pairs: nothing; schedule() retires it
    run_timers(m, p);
    // The order is the reverse of the fast one: whoever that kept waiting comes first.
    if (G* g = take_global(m)) return g;
    if (G* g = p->queue.pop()) return g;
    // Seldom: in a tree of goroutines that join their children each oldest one opens another front
    // of stacks (fib(27) at P = 1: 40 ms at every slow pick, 25 ms so).
    if (now_ns - p->oldest_taken_ns >= oldest_turn_ns) {
        p->oldest_taken_ns = now_ns;
        if (G* g = p->queue.pop_oldest()) return g;
    }
    if (G* g = p->queue.take_runnext()) return g;
    return p->queue.pop_newest();
}

} // namespace gofer::rt
