// SPDX-License-Identifier: Apache-2.0
//
// The loop of an M on its own stack: find a goroutine, run it, until the runtime ends.
//
// Sources, in order: what a parking goroutine left for us, the local queue, the global queue, the
// other Ps. Who searches among the other Ps is counted; while somebody is, nobody is woken. At most
// half of the busy Ps' number search at once. A search ends after a bounded time, then the M
// gives its P up and sleeps.
//
// Thieves leave a victim alone whose queue moves: goroutines that talk to each other are best left
// together (select2 at P = 2: 139 ns when robbed at once, 64 ns with this rule). What has not moved
// for a while, or is much, is taken.
#include <utility>

#include "base/fatal.hpp"
#include "sched/park.hpp"
#include "sched/timers.hpp"
#include "seam/backoff.hpp"

namespace gofer::rt {

namespace {

/// A queue whose head stands still for so long is not being worked off.
constexpr std::uint64_t unmoved_us = 5;
/// runnext is about to run: it must stand still for longer.
constexpr std::uint32_t unmoved_rounds_runnext = 4;
/// So many are worth taking although they move.
constexpr std::uint32_t backlog_worth_taking = 16;
/// How long an M searches before it sleeps: about the price of a sleep and a wake.
constexpr std::uint64_t search_us = 50;
/// How long a victim may take to answer before the thief helps itself, and how long a thief waits
/// for a victim to come out of the runtime.
constexpr std::uint64_t ask_us = 20;
constexpr std::uint64_t gate_us = 100;

struct spin_patience {
    seam::spin_deadline deadline;

    [[nodiscard]] bool is_over() const { return deadline.is_over(); }
    static void pause() { cpu_pause(); }
    void wait() { long_wait.pause(); }

    backoff long_wait{};
};

std::uint32_t procs_made() {
    return sched.procs_made.load(memory_order_acquire); // pairs: make_p
}

bool may_search(const M* m) {
    if (m->is_searching) return true;
    const std::uint32_t procs =
        sched.procs.load(memory_order_relaxed); // pairs: nothing; a heuristic
    const std::uint32_t idle =
        sched.idle_ps.load(memory_order_relaxed); // pairs: nothing; a heuristic
    const std::uint32_t busy = procs > idle ? procs - idle : 0;
    return procs > 1 &&
           2 * sched.searching.load(memory_order_relaxed) < busy; // pairs: nothing; a heuristic
}

void start_search(M* m) {
    if (m->is_searching) return;
    m->is_searching = true;
    sched.searching.fetch_add(1); // seq_cst: pushers see it or wake somebody; idle.cpp
}

/// The last searcher that found something wakes the next: so a burst spreads over all Ps.
void end_search(M* m) {
    m->is_searching = false;
    hold_wakes(false);
    if (sched.searching.fetch_sub(1) == 1) wake_if_useful(m); // seq_cst: as in start_search
}

/// Puts what was stolen, oldest first, into the own queue; the first is returned.
G* keep_stolen(M* m, G* chain) {
    G* first = chain;
    for (G* g = std::exchange(first->next, nullptr); g != nullptr;) {
        G* following = std::exchange(g->next, nullptr);
        if (g->is_newborn() && !g->is_pinned) {
            m->p->queue.push_newborn(g);
        } else {
            push_runnable(m, g);
        }
        g = following;
    }
    return first;
}

/// Where a victim's heads stood when this search first saw them so.
struct sighting {
    P* victim = nullptr;
    decltype(std::declval<P>().queue.look()) heads{};
    std::uint32_t tick = 0;
    std::uint32_t rounds_unmoved = 0;
};

/// What of the victim's queue may be taken now.
steal_wish wish_for(const sighting& before, P* victim) {
    const auto now = victim->queue.look();
    const bool is_known = before.victim == victim;
    steal_wish wish;
    wish.ring = victim->queue.size_of_ring() >= backlog_worth_taking ||
                (is_known && now.has_ring && before.heads.has_ring &&
                 now.ring_head == before.heads.ring_head);
    wish.newborns = victim->queue.newborn_count() >= backlog_worth_taking ||
                    (is_known && now.oldest != nullptr && now.oldest == before.heads.oldest);
    wish.runnext = is_known && now.runnext != nullptr && now.runnext == before.heads.runnext &&
                   before.rounds_unmoved >= unmoved_rounds_runnext &&
                   before.tick == victim->tick.load(memory_order_relaxed); // pairs: nothing; a hint
    return wish;
}

void sight(sighting& s, P* victim) {
    const auto heads = victim->queue.look();
    const std::uint32_t tick = victim->tick.load(memory_order_relaxed); // pairs: nothing; a hint
    const bool is_unmoved = s.victim == victim && s.tick == tick;
    s = {victim, heads, tick, is_unmoved ? s.rounds_unmoved + 1 : 0};
}

P* choose_victim(M* m) {
    const std::uint32_t count = procs_made();
    const std::uint32_t start = m->p->choice.below(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        P* p = sched.all_ps[(start + i) % count];
        if (p != m->p && !p->queue.is_empty()) return p;
    }
    return nullptr;
}

void pause_for(std::uint64_t us) {
    const seam::spin_deadline end(us);
    while (!end.is_over()) cpu_pause();
}

/// Looks among the other Ps for a bounded time. Null: nothing to be had.
G* search(M* m) {
    const seam::spin_deadline end(search_us);
    sighting seen;
    for (;;) {
        if (m->has_attention()) enter_slow(m);
        if (G* g = take_global(m)) return g;
        P* victim = seen.victim != nullptr && !seen.victim->queue.is_empty() ? seen.victim
                                                                             : choose_victim(m);
        if (victim != nullptr) {
            const steal_wish wish = wish_for(seen, victim);
            if (wish.any()) {
                G* chain = steal(static_cast<context<G, ring_capacity>&>(*m->p),
                                 static_cast<context<G, ring_capacity>&>(*victim), wish,
                                 spin_patience{seam::spin_deadline(ask_us)},
                                 spin_patience{seam::spin_deadline(ask_us + gate_us)});
                if (chain != nullptr) return keep_stolen(m, chain);
                seen = {};
            } else {
                sight(seen, victim);
            }
        }
        if (end.is_over()) return nullptr;
        pause_for(unmoved_us);
    }
}

/// Waits for the sp of a goroutine that another M is just parking. That M may step out before it
/// switches (to wake somebody, say), and then be kept out by the gate: so this one must heed the
/// gate too while it waits. Null: the goroutine was left behind by the end of the runtime.
void* wait_for_sp(M* m, G* g) {
    for (backoff b;; b.pause()) {
        void* sp = g->sp.load(memory_order_acquire); // pairs: gofer_switch's store
        if (sp != nullptr) return sp;
        if (!m->has_attention()) continue;
        m->pending = g; // at the gate no goroutine may be in nobody's hands
        enter_slow(m);
        if (std::exchange(m->pending, nullptr) == nullptr) return nullptr;
    }
}

/// A goroutine to run, with a P to run it on. Null: the runtime has ended.
G* next_work(M* m) {
    for (;;) {
        if (m->is_runaway) return nullptr;
        if (m->has_attention()) enter_slow(m);
        if (m->p == nullptr || m->is_told_to_end) {
            if (!sleep_until_woken(m)) return nullptr;
            continue;
        }
        if (m->p->id >=
            sched.procs.load(memory_order_relaxed)) { // pairs: nothing; set_procs asks all
            retire_p(m);
            continue;
        }
        G* g = std::exchange(m->pending, nullptr);
        if (g == nullptr) g = pick(m);
        if (g == nullptr) g = take_global(m);
        if (g == nullptr && run_all_timers(m)) continue;
        if (g == nullptr && may_search(m)) {
            start_search(m);
            g = search(m);
            if (g == nullptr) hold_wakes(true);
        }
        if (g != nullptr) {
            if (!m->is_searching) return g;
            m->pending =
                g; // end_search may step out; at the gate no goroutine may be in nobody's hands
            end_search(m);
            continue;
        }
        if (!sleep_until_woken(m)) return nullptr;
    }
}

/// Runs `g` here until something switches back to this stack.
void run_here(M* m, G* g) {
    void* sp = nullptr;
    if (g->is_pinned) {
        sp = g->pinned_m == nullptr ? G::newborn_sp() : std::exchange(m->pinned_sp, nullptr);
        m->pinned_g = g;
        g->pinned_m = m;
    } else {
        sp = wait_for_sp(m, g);
        if (sp == nullptr) return;
    }
    if (sp == G::newborn_sp()) {
        bind_stack(m, g);
    } else {
        g->sp.store(nullptr, memory_order_relaxed); // pairs: nothing; g is ours
    }
    m->g = g;
    P* p = m->p;
    p->tick.store(p->tick.load(memory_order_relaxed) + 1,
                  memory_order_relaxed); // pairs: nothing; a hint
    sanitizer::leave_stack(&m->own_sanitizer, g->sanitizer, g->stk->low, g->stk->top);
    if (sp == G::newborn_sp()) {
        gofer_start(&m->own_sp, stack_start(*g->stk));
    } else {
        gofer_switch(&m->own_sp, sp);
    }
    sanitizer::enter_stack(m->own_sanitizer);
    if (m->is_runaway) return;
    if (stack* dead = std::exchange(m->dead_stack, nullptr)) arena.give(&dead, 1);
    sanitizer::destroy_fiber(std::exchange(m->dead_fiber, nullptr));
}

[[noreturn]] void fatal_thread_max() {
    fatal("too many threads: options.thread_max is reached and a pinned goroutine needs another");
}

void push_global_one(G* g) {
    item_chain<G> one;
    one.append(g);
    push_global(one);
}

} // namespace

void schedule(M* m) {
    while (G* g = next_work(m)) {
        if (g->is_pinned && g->pinned_m != nullptr && g->pinned_m != m) {
            // It runs on its own thread only: that one gets the P, and this one has none. If it is
            // only just going to sleep, the goroutine waits in the global queue.
            if (!hand_p_off(m, g->pinned_m, g)) push_global_one(g);
            continue;
        }
        if (m->pinned_g != nullptr && m->pinned_g != g) {
            // This thread runs its goroutine only: the P goes on elsewhere.
            push_runnable(m, g);
            if (!hand_p_off(m, nullptr, nullptr)) fatal_thread_max();
            continue;
        }
        run_here(m, g);
    }
}

bool has_waiting_backlog() {
    static std::uint32_t ticks_before[procs_max];                    // sysmon's own
    bool found = sched.global_count.load(memory_order_relaxed) != 0; // pairs: nothing; a look
    const std::uint32_t count = procs_made();
    for (std::uint32_t i = 0; i < count; ++i) {
        P* p = sched.all_ps[i];
        const std::uint32_t tick = p->tick.load(memory_order_relaxed); // pairs: nothing; a hint
        const bool is_moving = tick != std::exchange(ticks_before[i], tick);
        const std::uint32_t waiting = p->queue.size();
        // One that waits for a moving P is next; one that waits for a stuck P is not.
        if (waiting >= (is_moving ? 2 : 1)) found = true;
    }
    return found;
}

} // namespace gofer::rt
