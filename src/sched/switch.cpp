// SPDX-License-Identifier: Apache-2.0
//
// The cold parts of switching: the thread's own stack, and the state of libc and libstdc++ that
// follows a goroutine.
#include <utility>

#include "sched/hooks.hpp"
#include "sched/park.hpp"

namespace gofer::rt {

void switch_to_own_stack(M* m, G* from) {
    m->g = nullptr;
    void** save = from->is_pinned ? &m->pinned_sp : reinterpret_cast<void**>(&from->sp);
    void* own_sp = std::exchange(m->own_sp, nullptr);
    sanitizer::leave_stack(&from->sanitizer, m->own_sanitizer, m->own_low, m->own_top);
    gofer_switch(save, own_sp);
}

void save_thread_state(M* m, G* g) {
    if (sched.checks_canaries && !stack_canary_ok(*g->stk)) hooks.overran(g);
    if (m->exceptions->caught == nullptr && m->exceptions->uncaught == 0 && *m->error == 0) return;
    g->exceptions_saved = std::exchange(*m->exceptions, exception_state{});
    g->errno_saved = std::exchange(*m->error, 0);
    g->has_saved = true;
}

void restore_thread_state(M* m, G* g) {
    *m->exceptions = g->exceptions_saved;
    *m->error = g->errno_saved;
    g->has_saved = false;
}

} // namespace gofer::rt
