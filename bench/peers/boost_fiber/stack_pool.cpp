// SPDX-License-Identifier: Apache-2.0
//
// The pool behind PooledStack: free stacks a thread, exchanged in batches.
#include "stack_pool.hpp"

#include <sys/mman.h>

#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace {

// Lies in a free stack at its high end: the page that any use of the stack has touched already.
struct FreeStack {
    FreeStack* next;
};

class Batch {
public:
    static constexpr std::size_t capacity = 256;

    bool empty() const { return size_ == 0; }
    bool full() const { return size_ == capacity; }

    void push(FreeStack* stack) {
        stack->next = head_;
        head_ = stack;
        ++size_;
    }

    FreeStack* pop() {
        --size_;
        return std::exchange(head_, head_->next);
    }

private:
    FreeStack* head_ = nullptr;
    std::size_t size_ = 0;
};

std::mutex full_batches_mutex;
std::vector<Batch> full_batches;

Batch map_batch() {
    constexpr std::size_t bytes = Batch::capacity * PooledStack::stack_bytes;
    void* slab = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (slab == MAP_FAILED) throw std::bad_alloc();
    Batch batch;
    for (std::size_t end = bytes; end != 0; end -= PooledStack::stack_bytes) {
        batch.push(reinterpret_cast<FreeStack*>(static_cast<char*>(slab) + end) - 1);
    }
    return batch;
}

Batch take_full_batch() {
    {
        std::lock_guard lock(full_batches_mutex);
        if (!full_batches.empty()) {
            Batch batch = full_batches.back();
            full_batches.pop_back();
            return batch;
        }
    }
    return map_batch();
}

void give_full_batch(Batch batch) {
    std::lock_guard lock(full_batches_mutex);
    full_batches.push_back(batch);
}

// Two batches, so that a thread at the edge of one does not exchange it at every call.
struct ThreadCache {
    Batch active;
    Batch spare; // empty or full

    FreeStack* pop() {
        if (active.empty())
            active = spare.empty() ? take_full_batch() : std::exchange(spare, Batch());
        return active.pop();
    }

    void push(FreeStack* stack) {
        if (active.full()) {
            if (spare.full()) give_full_batch(spare);
            spare = std::exchange(active, Batch());
        }
        active.push(stack);
    }
};

thread_local ThreadCache thread_cache;

} // namespace

// Not inlined: a caller may have moved to another thread since it last computed a thread-local
// address.
[[gnu::noinline]] boost::context::stack_context PooledStack::allocate() {
    boost::context::stack_context stack;
    stack.size = stack_bytes;
    stack.sp = thread_cache.pop() + 1;
    return stack;
}

[[gnu::noinline]] void PooledStack::deallocate(boost::context::stack_context& stack) noexcept {
    thread_cache.push(static_cast<FreeStack*>(stack.sp) - 1);
}
