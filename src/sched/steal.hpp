// SPDX-License-Identifier: Apache-2.0
//
// Stealing from a queue that its owner touches without any atomic read-modify-write.
//
// A thief asks; the owner answers at its next entry into the runtime by putting half of its queue
// into the thief's inbox. An owner that stays in user code cannot answer: after a while the thief
// closes the owner's door, makes sure that it is outside, and helps itself.
//
// The word `share` of a victim:
//
//     0 ──claim──> asking(thief) ──owner──> answering(thief) ──owner──> 0    inbox filled
//                      │  └────thief withdraws────> 0
//                      └───────thief, patience over──> gated(thief) ──thief──> 0
//
// I1  Only the thief that claimed leaves asking for gated or 0; only the owner leaves it for
//     answering. Each step is a CAS, so exactly one of them wins.
// I2  While the word is gated the owner does not touch its queue: it steps out and waits. The
//     thief touches the queue only after membarrier() and after it saw the owner outside, or saw
//     that the P has no owner (door.hpp I2; a new owner looks at the word before it uses the P).
// I3  A thief's inbox is written by answering owners only, and read after the word has left
//     asking and answering. A thief asks one victim at a time.
//
// Rejected: a lock on the queue (a locked instruction on every push and pop); asking only (a
// CPU-bound victim never answers).
// Tested by: tests/model (steal).
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "platform/membarrier.hpp"
#include "sched/door.hpp"
#include "sched/run_queue.hpp"

namespace gofer::rt {

/// At most so many change hands in one steal: a bound on how long the owner is kept.
inline constexpr std::uint32_t steal_max = 128;

/// The part of a P that thieves and owners meet at.
template <class Item, std::uint32_t Capacity>
struct context {
    run_queue<Item, Capacity> queue;
    /// The door of the thread that owns this P; null: idle. Written by who takes or gives the P.
    atomic<door*> owner{nullptr};
    /// See the drawing above.
    atomic<std::uintptr_t> share{0};
    /// What victims answered to this P's own asking.
    atomic<Item*> inbox{nullptr};
};

namespace share_word {
inline constexpr std::uintptr_t answering = 1;
inline constexpr std::uintptr_t gated = 2;
inline constexpr std::uintptr_t wants_ring = 4;
inline constexpr std::uintptr_t wants_newborns = 8;
inline constexpr std::uintptr_t wants_runnext = 16;
inline constexpr std::uintptr_t flags = 31;

inline steal_wish wish_of(std::uintptr_t word) {
    return {(word & wants_ring) != 0, (word & wants_newborns) != 0, (word & wants_runnext) != 0};
}
inline std::uintptr_t of(const void* thief, steal_wish wish) {
    return reinterpret_cast<std::uintptr_t>(thief) | (wish.ring ? wants_ring : 0) |
           (wish.newborns ? wants_newborns : 0) | (wish.runnext ? wants_runnext : 0);
}
} // namespace share_word

/// The owner, inside: answers who asks. False: a thief is helping itself, step out and wait.
template <class Context>
bool answer_share(Context& mine) {
    std::uintptr_t word = mine.share.load(memory_order_acquire); // pairs: thief's last store of 0
    for (;;) {
        if (word == 0) return true;
        if ((word & share_word::gated) != 0) return false;
        // pairs: the thief's CAS in steal; whoever is first
        if (mine.share.compare_exchange_strong(word, word | share_word::answering,
                                               memory_order_acq_rel, memory_order_acquire)) {
            break;
        }
    }
    auto* thief = reinterpret_cast<Context*>(word & ~share_word::flags);
    auto chain = mine.queue.take_share(share_word::wish_of(word), steal_max);
    thief->inbox.store(chain.first, memory_order_relaxed); // pairs: carried by the next store
    mine.share.store(0, memory_order_release);             // pairs: thief's acquire in steal
    return true;
}

/// Takes an idle P for the thread behind `mine`. False: a thief is at the queue; step out, wait
/// until the word has changed, ask answer_share again.
template <class Context>
bool take_context(Context& p, door& mine) {
    p.owner.store(&mine, memory_order_release); // pairs: thief's load of owner
    // Store-load: either this look sees the thief's claim, or the thief's later load of owner sees
    // this door and puts its bit there.
    full_fence();
    return answer_share(p);
}

/// Gives a P up; its queue is empty or in nobody's use. Inside. Thieves that asked go unanswered.
template <class Context>
void drop_context(Context& p) {
    p.owner.store(nullptr, memory_order_release); // pairs: thief's load of owner
}

/// The thief, inside, with its own context: tries to get a share of `victim`'s queue.
/// `Patience`: is_over() ends a wait that may be given up, pause() is called in between; wait() is
/// called in one that may not, for an owner that is inside: it lets other threads run after a
/// while.
template <class Context, class Patience>
auto steal(Context& mine, Context& victim, steal_wish wish, Patience ask_patience,
           Patience gate_patience) {
    using Item = typename std::remove_reference_t<decltype(*mine.inbox.load())>;
    Item* const nothing = nullptr;
    const std::uintptr_t asking = share_word::of(&mine, wish);

    std::uintptr_t free = 0;
    // Sequentially consistent: stands before the load of owner below (take_context, store-load).
    if (!victim.share.compare_exchange_strong(free, asking)) return nothing;
    // seq_cst: as above
    if (door* d = victim.owner.load()) d->ask(attention::share);

    // pairs: answer_share's CAS and final store
    while (victim.share.load(memory_order_acquire) == asking && !ask_patience.is_over()) {
        if (victim.queue.is_empty()) break;
        ask_patience.pause();
    }
    std::uintptr_t expected = asking;
    const bool gives_up = victim.queue.is_empty();
    const std::uintptr_t next = gives_up ? 0 : (asking | share_word::gated);
    // pairs: answer_share's CAS; whoever is first
    if (!victim.share.compare_exchange_strong(expected, next, memory_order_acq_rel,
                                              memory_order_acquire)) {
        // The owner was first: it is answering, or has answered.
        const std::uintptr_t answering = asking | share_word::answering;
        while (victim.share.load(memory_order_acquire) == answering)
            gate_patience.wait();                                  // pairs: answer_share
        return mine.inbox.exchange(nullptr, memory_order_relaxed); // pairs: carried by share
    }
    if (gives_up) return nothing;

    // The gate of this one P: the owner is kept outside, or the P has none.
    membarrier();
    Item* taken = nullptr;
    for (;;) {
        door* d = victim.owner.load(memory_order_acquire); // pairs: take_context, drop_context
        if (d == nullptr || d->is_outside()) {
            taken = victim.queue.take_share(wish, steal_max).first;
            break;
        }
        if (gate_patience.is_over()) break; // it is inside for long: switched off by the kernel
        gate_patience.pause();
    }
    victim.share.store(0, memory_order_release); // pairs: answer_share's loads
    return taken;
}

} // namespace gofer::rt
