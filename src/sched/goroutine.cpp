// SPDX-License-Identifier: Apache-2.0
//
// What a goroutine asks of the scheduler about itself and the others.
#include <sched.h>

#include "gofer/go.hpp"
#include "sched/park.hpp"

namespace gofer {

void gosched() {
    using namespace rt;
    M* m = current_m();
    if (m == nullptr) {
        ::sched_yield();
        return;
    }
    enter(m);
    G* g = m->g;
    P* p = m->p;
    G* next = pick(m);
    p->tick.store(p->tick.load(memory_order_relaxed) + 1,
                  memory_order_relaxed); // pairs: nothing; a hint
    if (next != nullptr ||
        p->credits == credits_full) { // out of credits: the slow path wants to be run
        g->state.move<g_status::running, g_status::runnable>();
        sanitizer::happens_before(g);
        // Before its context is saved: nobody else takes it off this queue while we are inside, and
        // whoever finds it in the global queue waits for its sp.
        push_runnable(m, g);
        switch_goroutine(m, g, next);
        g->state.move<g_status::runnable, g_status::running>();
        m = current_m();
    }
    leave(m);
}

std::uint64_t goid() noexcept {
    const rt::M* m = rt::current_m();
    return m != nullptr && m->g != nullptr ? m->g->id : 0;
}

std::size_t num_goroutine() noexcept {
    return rt::live_count();
}

} // namespace gofer
