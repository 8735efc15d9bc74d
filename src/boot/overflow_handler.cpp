// SPDX-License-Identifier: Apache-2.0
//
// See overflow_handler.hpp.
#include "boot/overflow_handler.hpp"

#include <csignal>

#include "debug/report.hpp"
#include "sched/park.hpp"

namespace gofer::rt {

namespace {

struct sigaction former;

void call_former(int number, siginfo_t* info, void* context) {
    if ((former.sa_flags & SA_SIGINFO) != 0) {
        former.sa_sigaction(number, info, context);
    } else if (former.sa_handler == SIG_DFL) {
        // Comes again at once, and takes the default action: a core file, if asked for.
        ::signal(number, SIG_DFL);
    } else if (former.sa_handler != SIG_IGN) {
        former.sa_handler(number);
    }
}

void on_fault(int number, siginfo_t* info, void* context) {
    const M* m = current_m();
    if (m != nullptr && m->g != nullptr && m->g->stk != nullptr && is_guard_hit(info->si_addr) &&
        stack_of(info->si_addr) == m->g->stk) {
        report_overflow(m->g, info->si_addr);
    }
    call_former(number, info, context);
}

} // namespace

void overflow_handler_install() {
    struct sigaction own{};
    own.sa_sigaction = &on_fault;
    own.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&own.sa_mask);
    ::sigaction(SIGSEGV, &own, &former);
}

void overflow_handler_remove() {
    struct sigaction now{};
    ::sigaction(SIGSEGV, nullptr, &now);
    if ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == &on_fault)
        ::sigaction(SIGSEGV, &former, nullptr);
}

} // namespace gofer::rt
