// SPDX-License-Identifier: Apache-2.0
//
// The run queue of a P: three places where runnable goroutines wait, touched by the owner alone.
//
//     runnext   one goroutine that was just made ready; runs next
//     newborns  goroutines that have not started: last in, first out; thieves take the oldest
//     ring      the others, first in, first out
//
//         newest -> [G] <-> [G] <-> [G] <- oldest          thieves take from this end
//         ring:   head -> [G][G][G][G] <- tail             thieves take from the head
//
// I1  Only the thread that owns the P changes anything here, by plain loads and stores; or a thief
//     while the owner is outside the runtime and kept there (steal.hpp).
// I2  Fields are atomics only so that others may look: a look is a hint and decides nothing.
// I3  A newborn has no stack; everything else in here has one.
//
// Rejected: a ring with CAS on head as Go's. Thieves then need no help, but each push and pop of
// the owner pays for it: in the prototype chan_pingpong 47 ns against 35, ring 46 against 30.
// Tested by: tests/model (steal), tests/unit/sched.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "base/check.hpp"

namespace gofer::rt {

/// A chain of items through Item::next, oldest first.
template <class Item>
struct item_chain {
    Item* first = nullptr;
    Item* last = nullptr;
    std::uint32_t count = 0;

    void append(Item* item) {
        item->next = nullptr;
        if (last != nullptr) {
            last->next = item;
        } else {
            first = item;
        }
        last = item;
        ++count;
    }
    Item* pop() {
        Item* item = first;
        if (item == nullptr) return nullptr;
        first = item->next;
        if (first == nullptr) last = nullptr;
        --count;
        return item;
    }
};

/// Which parts of a queue a thief asks for.
struct steal_wish {
    bool ring = false;
    bool newborns = false;
    bool runnext = false;

    [[nodiscard]] bool any() const { return ring || newborns || runnext; }
};

template <class Item, std::uint32_t Capacity>
class run_queue {
    static_assert((Capacity & (Capacity - 1)) == 0, "the ring's index is masked");

public:
    // ---- the owner

    /// Puts an item next in line; returns the one that was there.
    Item* exchange_runnext(Item* item) {
        Item* old = get(runnext_);
        set(runnext_, item);
        return old;
    }
    Item* take_runnext() {
        Item* item = get(runnext_);
        if (item != nullptr) set(runnext_, static_cast<Item*>(nullptr));
        return item;
    }
    void push_newborn(Item* item) {
        Item* newest = get(newest_);
        item->next = newest;
        item->prev = nullptr;
        if (newest != nullptr) {
            newest->prev = item;
        } else {
            set(oldest_, item);
        }
        set(newest_, item);
        set(newborn_count_, get(newborn_count_) + 1);
    }
    Item* pop_newest() {
        Item* item = get(newest_);
        if (item == nullptr) return nullptr;
        Item* older = item->next;
        set(newest_, older);
        if (older != nullptr) {
            older->prev = nullptr;
        } else {
            set(oldest_, static_cast<Item*>(nullptr));
        }
        set(newborn_count_, get(newborn_count_) - 1);
        return item;
    }
    Item* pop_oldest() {
        Item* item = get(oldest_);
        if (item == nullptr) return nullptr;
        Item* newer = item->prev;
        set(oldest_, newer);
        if (newer != nullptr) {
            newer->next = nullptr;
        } else {
            set(newest_, static_cast<Item*>(nullptr));
        }
        set(newborn_count_, get(newborn_count_) - 1);
        return item;
    }
    /// Takes a newborn out of the middle: for a join that runs its child at once.
    void unlink_newborn(Item* item) {
        if (item->prev == nullptr) {
            GOFER_DCHECK(get(newest_) == item);
            static_cast<void>(pop_newest());
            return;
        }
        if (item->next == nullptr) {
            static_cast<void>(pop_oldest());
            return;
        }
        item->prev->next = item->next;
        item->next->prev = item->prev;
        set(newborn_count_, get(newborn_count_) - 1);
    }
    /// False: the ring is full.
    bool push(Item* item) {
        const std::uint32_t tail = get(tail_);
        if (tail - get(head_) == Capacity) return false;
        set(ring_[tail % Capacity], item);
        set(tail_, tail + 1);
        return true;
    }
    Item* pop() {
        const std::uint32_t head = get(head_);
        if (head == get(tail_)) return nullptr;
        Item* item = get(ring_[head % Capacity]);
        set(head_, head + 1);
        return item;
    }
    /// The item that pop would return after `ahead` others; null: not so many. To prefetch.
    [[nodiscard]] Item* peek(std::uint32_t ahead) const {
        const std::uint32_t head = get(head_);
        return get(tail_) - head > ahead ? get(ring_[(head + ahead) % Capacity]) : nullptr;
    }
    /// Half of the ring, for the global queue, when it is full.
    item_chain<Item> take_half_of_ring() {
        item_chain<Item> taken;
        take_from_ring(taken, (size_of_ring() + 1) / 2);
        return taken;
    }
    /// Everything, oldest first: a P retires.
    item_chain<Item> take_all() {
        item_chain<Item> taken;
        if (Item* item = take_runnext()) taken.append(item);
        take_from_ring(taken, size_of_ring());
        while (Item* item = pop_oldest()) taken.append(item);
        return taken;
    }
    /// What a thief gets: the older half of what it wishes, `most` at the most.
    item_chain<Item> take_share(steal_wish wish, std::uint32_t most) {
        item_chain<Item> taken;
        if (wish.ring) take_from_ring(taken, least((size_of_ring() + 1) / 2, most));
        if (wish.newborns) {
            const std::uint32_t share = least((get(newborn_count_) + 1) / 2, most);
            for (std::uint32_t i = 0; i < share; ++i) taken.append(pop_oldest());
        }
        if (wish.runnext && taken.count == 0) {
            if (Item* item = take_runnext()) taken.append(item);
        }
        return taken;
    }

    // ---- anybody: hints

    [[nodiscard]] std::uint32_t size_of_ring() const { return get(tail_) - get(head_); }
    [[nodiscard]] std::uint32_t newborn_count() const { return get(newborn_count_); }
    [[nodiscard]] std::uint32_t size() const {
        return size_of_ring() + newborn_count() + (get(runnext_) != nullptr ? 1 : 0);
    }
    [[nodiscard]] bool is_empty() const {
        return get(runnext_) == nullptr && get(newborn_count_) == 0 && size_of_ring() == 0;
    }
    /// Where the queue's heads stand; a thief that sees them unmoved for a while may ask.
    struct heads {
        std::uint32_t ring_head;
        bool has_ring;
        Item* oldest;
        Item* runnext;
    };
    [[nodiscard]] heads look() const {
        const std::uint32_t head = get(head_);
        return {head, get(tail_) != head, get(oldest_), get(runnext_)};
    }

private:
    // pairs: nothing; I1 says who may, I2 that looks are hints. steal.hpp orders the rest.
    template <class T>
    static T get(const atomic<T>& field) {
        return field.load(memory_order_relaxed); // pairs: see above
    }
    template <class T>
    static void set(atomic<T>& field, T value) {
        field.store(value, memory_order_relaxed); // pairs: see above
    }
    static std::uint32_t least(std::uint32_t a, std::uint32_t b) { return a < b ? a : b; }

    void take_from_ring(item_chain<Item>& taken, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) taken.append(pop());
    }

    atomic<Item*> runnext_{nullptr};
    atomic<Item*> newest_{nullptr};
    atomic<Item*> oldest_{nullptr};
    atomic<std::uint32_t> newborn_count_{0};
    atomic<std::uint32_t> head_{0};
    atomic<std::uint32_t> tail_{0};
    atomic<Item*> ring_[Capacity]{};
};

} // namespace gofer::rt
