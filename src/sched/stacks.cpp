// SPDX-License-Identifier: Apache-2.0
//
// Stacks of a P: bound to a goroutine at its first dispatch, kept by the P when it ends.
#include "base/fatal.hpp"
#include "base/print.hpp"
#include "sched/park.hpp"

namespace gofer::rt {

namespace {

/// How many go between a P and the arena at once.
constexpr std::uint32_t batch = P::free_stacks_max / 2;

[[noreturn, gnu::cold]] void out_of_stacks(const G* g) {
    const stack_stats stats = arena.stats();
    printer() << "gofer: no memory for the stack of goroutine " << g->id
              << ": the system refuses another mapping; " << stats.in_use << " stacks are in use, "
              << live_count()
              << " goroutines live. Raise the limit (ulimit -v, vm.max_map_count, "
                 "vm.overcommit_memory), ask for "
                 "smaller stacks (options.stack), or start fewer goroutines.\n";
    fatal("out of memory for goroutine stacks");
}

stack* take_default_stack(P* p) {
    if (p->free_stack_count == 0) [[unlikely]] {
        stack* taken[batch];
        const std::size_t got = arena.take(sched.stack_class, taken, batch);
        // The arena's first is the one used last: it is to be handed out first.
        for (std::size_t i = got; i-- > 0;) p->free_stacks[p->free_stack_count++] = taken[i];
        if (got == 0) return nullptr;
    }
    return p->free_stacks[--p->free_stack_count];
}

} // namespace

void bind_stack(M* m, G* g) {
    stack* s = nullptr;
    if (g->stack_class == sched.stack_class) [[likely]] {
        s = take_default_stack(m->p);
    } else {
        arena.take(g->stack_class, &s, 1);
    }
    if (s == nullptr) [[unlikely]]
        out_of_stacks(g);
    g->stk = s;
    g->sp.store(nullptr, memory_order_relaxed); // pairs: nothing; g is ours
    g->sanitizer = sanitizer::make_fiber();
}

void free_cached_stacks(P* p) {
    if (p->free_stack_count != 0) arena.give(p->free_stacks, p->free_stack_count);
    p->free_stack_count = 0;
}

void release_stack(M* m, stack* s) {
    P* p = m->p;
    if (p->free_stack_count == P::free_stacks_max) [[unlikely]] {
        // Those that lie longest, which are not the one that is still being run on.
        arena.give(p->free_stacks, batch);
        p->free_stack_count -= batch;
        for (std::uint32_t i = 0; i < p->free_stack_count; ++i)
            p->free_stacks[i] = p->free_stacks[i + batch];
    }
    p->free_stacks[p->free_stack_count++] = s;
}

} // namespace gofer::rt
