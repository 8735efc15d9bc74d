// SPDX-License-Identifier: Apache-2.0
//
// A place in a wait queue, and the queue: first come, first served.
//
// I1  A waiter is on at most one queue; queue and links are guarded by the lock of the object
//     waited for.
// I2  Whoever takes a waiter off its queue owns it until it wakes it, and touches it last before
//     that: the waiter lies in a G or on the stack of a thread that may be gone afterwards.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"

namespace gofer::rt {

struct G;
class wait_queue;

/// A plain thread that waits: blocks on its own word.
struct thread_parker {
    atomic<std::uint32_t> is_woken{0};
};

struct select_op;

/// Who waits: a tagged pointer. Tag 0 is a goroutine, tag 1 a plain thread, tag 2 is kept for
/// stackless coroutines, tag 3 is one of the places of a select.
class waiter_owner {
public:
    waiter_owner() = default;
    explicit waiter_owner(G* g) : word_(reinterpret_cast<std::uintptr_t>(g)) {}
    explicit waiter_owner(thread_parker* t)
        : word_(reinterpret_cast<std::uintptr_t>(t) | thread_tag) {}
    explicit waiter_owner(select_op* s) : word_(reinterpret_cast<std::uintptr_t>(s) | select_tag) {}

    [[nodiscard]] bool is_goroutine() const { return (word_ & tag_mask) == 0; }
    [[nodiscard]] bool is_select() const { return (word_ & tag_mask) == select_tag; }
    [[nodiscard]] G* goroutine() const { return reinterpret_cast<G*>(word_); }
    [[nodiscard]] thread_parker* thread() const {
        return reinterpret_cast<thread_parker*>(untagged());
    }
    [[nodiscard]] select_op* select() const { return reinterpret_cast<select_op*>(untagged()); }

private:
    static constexpr std::uintptr_t tag_mask = 3;
    static constexpr std::uintptr_t thread_tag = 1;
    static constexpr std::uintptr_t select_tag = 3;
    [[nodiscard]] std::uintptr_t untagged() const { return word_ & ~tag_mask; }

    std::uintptr_t word_ = 0;
};

/// What became of a wait.
enum class wait_outcome : std::uint32_t {
    pending,
    served, ///< the partner moved the element
    closed, ///< the object was closed
};

struct waiter {
    waiter* next = nullptr;
    waiter* prev = nullptr;
    wait_queue* queue = nullptr; ///< where it waits; null: taken off
    waiter_owner owner;
    void* element = nullptr; ///< where the value goes to or comes from
    wait_outcome outcome = wait_outcome::pending;
};

/// One goroutine or thread that waits on several queues at once. Who takes one of its waiters off a
/// queue must claim it, under that queue's lock; the loser of the claim goes on to the next waiter.
struct select_op {
    waiter_owner who;
    waiter* winner = nullptr; ///< written by who claimed, before the wake
    atomic<bool> is_claimed{false};

    bool claim() {
        return !is_claimed.exchange(true, memory_order_acq_rel);
    } // pairs: the other claimants
};

class wait_queue {
public:
    /// May be asked without the lock; the answer is then a hint.
    [[nodiscard]] bool is_empty() const { return first() == nullptr; }
    [[nodiscard]] waiter* first() const {
        return first_.load(memory_order_relaxed);
    } // pairs: nothing; guarded, or a hint
    void push(waiter* w) {
        w->next = nullptr;
        w->prev = last_;
        w->queue = this;
        if (last_ != nullptr) {
            last_->next = w;
        } else {
            set_first(w);
        }
        last_ = w;
    }
    waiter* pop() {
        waiter* w = first();
        if (w != nullptr) remove(w);
        return w;
    }
    /// Takes off the first that is still to be had: selects are claimed. Whoever it returns is to
    /// be served and woken.
    waiter* pop_claimed() {
        while (waiter* w = pop()) {
            if (!w->owner.is_select()) [[likely]]
                return w;
            select_op* op = w->owner.select();
            if (!op->claim()) continue;
            op->winner = w;
            return w;
        }
        return nullptr;
    }
    void remove(waiter* w) {
        if (w->prev != nullptr) {
            w->prev->next = w->next;
        } else {
            set_first(w->next);
        }
        if (w->next != nullptr) {
            w->next->prev = w->prev;
        } else {
            last_ = w->prev;
        }
        w->queue = nullptr;
    }

private:
    void set_first(waiter* w) { first_.store(w, memory_order_relaxed); } // pairs: nothing; guarded

    atomic<waiter*> first_{nullptr};
    waiter* last_ = nullptr;
};

} // namespace gofer::rt
