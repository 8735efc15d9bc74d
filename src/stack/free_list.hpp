// SPDX-License-Identifier: Apache-2.0
//
// A list of free stacks: last in, first out, but the oldest can be taken off too. It is made of
// magazines, arrays of one page, because a list linked through the records would cost a cache miss
// a stack and one array would have to be moved when it grows.
//
//     newest -> [ m: 3 of 509 ] -> [ m: 509 ] -> [ m: 120 of 509 ] <- oldest
//
// Only the newest and the oldest magazine may be partly full. Not synchronised: the owner's lock.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace gofer::rt {

struct stack;

struct magazine {
    static constexpr std::size_t capacity = 509; ///< fills one page

    magazine* older;
    magazine* newer;
    std::size_t count;
    stack* stacks[capacity]; ///< [0] is the oldest
};
static_assert(sizeof(magazine) == 4096);

class free_list {
public:
    /// Adds s as the newest. Takes a magazine from `spare` if it needs one: there must be one then.
    void push(stack* s, magazine*& spare) {
        if (newest_ == nullptr || newest_->count == magazine::capacity) {
            add_magazine(spare);
        }
        newest_->stacks[newest_->count++] = s;
    }

    /// Moves up to n of the newest to out, the newest first; returns how many.
    std::size_t pop_newest(stack** out, std::size_t n, magazine*& spare) {
        std::size_t done = 0;
        while (done < n && newest_ != nullptr) {
            magazine* m = newest_;
            while (done < n && m->count > 0) {
                out[done++] = m->stacks[--m->count];
            }
            if (m->count == 0) {
                remove_magazine(m, spare);
            }
        }
        return done;
    }

    /// Moves up to n of the oldest, of one magazine at most, to out; returns how many.
    std::size_t pop_oldest(stack** out, std::size_t n, magazine*& spare) {
        magazine* m = oldest_;
        if (m == nullptr) {
            return 0;
        }
        n = std::min(n, m->count);
        std::memcpy(out, m->stacks, n * sizeof(stack*));
        m->count -= n;
        std::memmove(m->stacks, m->stacks + n, m->count * sizeof(stack*));
        if (m->count == 0) {
            remove_magazine(m, spare);
        }
        return n;
    }

private:
    void add_magazine(magazine*& spare) {
        magazine* m = spare;
        spare = m->older;
        m->older = newest_;
        m->newer = nullptr;
        m->count = 0;
        (newest_ != nullptr ? newest_->newer : oldest_) = m;
        newest_ = m;
    }

    void remove_magazine(magazine* m, magazine*& spare) {
        (m->newer != nullptr ? m->newer->older : newest_) = m->older;
        (m->older != nullptr ? m->older->newer : oldest_) = m->newer;
        m->older = spare;
        spare = m;
    }

    magazine* newest_ = nullptr;
    magazine* oldest_ = nullptr;
};

} // namespace gofer::rt
