// SPDX-License-Identifier: Apache-2.0
//
// See timer_heap.hpp.
#include "timer/timer_heap.hpp"

#include <algorithm>

#include <sys/mman.h>

#include "base/check.hpp"

namespace gofer::rt {

namespace {

constexpr std::size_t arity = 4;
constexpr std::size_t first_bytes = 4096;

} // namespace

timer_heap::~timer_heap() {
    if (entries_ != nullptr) ::munmap(entries_, room_ * sizeof(entry));
}

bool timer_heap::grow() {
    const std::size_t bytes = room_ * sizeof(entry);
    void* memory = entries_ == nullptr ? ::mmap(nullptr, first_bytes, PROT_READ | PROT_WRITE,
                                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                       : ::mremap(entries_, bytes, 2 * bytes, MREMAP_MAYMOVE);
    if (memory == MAP_FAILED) return false;
    room_ = (entries_ == nullptr ? first_bytes : 2 * bytes) / sizeof(entry);
    entries_ = static_cast<entry*>(memory);
    return true;
}

bool timer_heap::push(timer* t) {
    GOFER_DCHECK(t->index == timer::none);
    if (size_ == timer::none || (size_ == room_ && !grow())) return false;
    sift_up(size_++, {t->when_ns, t});
    return true;
}

void timer_heap::remove(timer* t) {
    const std::size_t at = t->index;
    GOFER_CHECK(at < size_);
    t->index = timer::none;
    const entry last = entries_[--size_];
    if (at == size_) return;
    if (at > 0 && last.when_ns < entries_[(at - 1) / arity].when_ns) {
        sift_up(at, last);
    } else {
        sift_down(at, last);
    }
}

void timer_heap::place(std::size_t at, entry e) {
    entries_[at] = e;
    e.t->index = static_cast<std::uint32_t>(at);
}

void timer_heap::sift_up(std::size_t at, entry e) {
    while (at > 0) {
        const std::size_t parent = (at - 1) / arity;
        if (entries_[parent].when_ns <= e.when_ns) break;
        place(at, entries_[parent]);
        at = parent;
    }
    place(at, e);
}

void timer_heap::sift_down(std::size_t at, entry e) {
    for (;;) {
        const std::size_t first = arity * at + 1;
        if (first >= size_) break;
        std::size_t least = first;
        const std::size_t end = std::min(first + arity, size_);
        for (std::size_t child = first + 1; child < end; ++child) {
            if (entries_[child].when_ns < entries_[least].when_ns) least = child;
        }
        if (e.when_ns <= entries_[least].when_ns) break;
        place(at, entries_[least]);
        at = least;
    }
    place(at, e);
}

} // namespace gofer::rt
