// SPDX-License-Identifier: Apache-2.0
//
// sleep: a timer that makes its goroutine ready.
#include <ctime>

#include "gofer/errors.hpp"
#include "gofer/go.hpp"
#include "gofer/time.hpp"
#include "sched/park.hpp"
#include "sched/timers.hpp"

namespace gofer::detail {

namespace {

struct sleeper : rt::runtime_timer {
    rt::G* g = nullptr;
};

void wake_up(rt::runtime_timer* t, rt::M* m) {
    auto* s = static_cast<sleeper*>(t);
    rt::G* g = s->g;
    s->set_done(); // it lies on the stack of g
    rt::wake(m, &g->wait);
}

void sleep_as_thread(std::chrono::nanoseconds ns) {
    timespec left{static_cast<time_t>(ns.count() / 1'000'000'000),
                  static_cast<long>(ns.count() % 1'000'000'000)};
    while (::clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) != 0) {
    }
}

} // namespace

void sleep_ns(std::chrono::nanoseconds ns) {
    rt::M* m = rt::current_m();
    if (m == nullptr) {
        sleep_as_thread(ns);
        return;
    }
    if (ns.count() <= 0) {
        gosched();
        return;
    }
    sleeper s;
    s.when_ns = rt::moment_after(ns.count());
    s.fire = &wake_up;
    s.g = m->g;
    rt::enter(m);
    rt::prepare_park(m->g, rt::wait_reason::sleep, nullptr);
    m->g->wait.owner = rt::waiter_owner(m->g);
    m->g->wait.queue = nullptr;
    if (!rt::timer_set(m, &s)) {
        rt::cancel_park(m->g);
        rt::leave(m);
        throw resource_error("gofer: sleep: no memory for another timer");
    }
    rt::leave(rt::park(m));
}

} // namespace gofer::detail
