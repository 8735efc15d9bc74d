// SPDX-License-Identifier: Apache-2.0
//
// Waiting for a count to reach zero: the half of detail::countdown that is not inlined.
//
// The word: count | lock | waited. The list of waiters is guarded by the lock bit; `waited` says
// that it is not empty.
//
// I1  Who holds the lock keeps the count from zero: the last one off takes the count to zero and
// the
//     lock in one CAS, and so waits for the lock first.
// I2  Who has done that takes the whole list, clears lock and `waited` in one step, and never
// touches
//     the object again: the waiters that it then wakes may destroy it.
// I3  The last one off that sees neither bit touches the object with that CAS for the last time. So
// a
//     word of zero says that nobody comes any more; zero with the lock, that somebody is still at
//     it.
//
// Source: Go's sync.WaitGroup. Tested by: tests/unit/sync, tests/stress.
#include <utility>

#include "base/fatal.hpp"
#include "gofer/detail/countdown.hpp"
#include "gofer/errors.hpp"
#include "sched/park.hpp"
#include "sched/timers.hpp"
#include "seam/backoff.hpp"

namespace gofer::detail {

namespace {

using rt::waiter;

constexpr std::uint64_t count_of(std::uint64_t word) {
    return word & countdown::count_mask;
}

/// Takes the lock while the count is not zero. False: it is zero, and nobody is at the list.
bool lock_unless_zero(countdown& c) {
    std::uint64_t word = c.word.load(std::memory_order_acquire); // pairs: countdown_done
    for (rt::backoff b;;) {
        if ((word & countdown::lock) != 0) {
            b.pause();
            word = c.word.load(std::memory_order_acquire); // pairs: as above
            continue;
        }
        if (count_of(word) == 0) return false;
        // pairs: unlock
        if (c.word.compare_exchange_weak(word, word | countdown::lock, std::memory_order_acq_rel,
                                         std::memory_order_acquire)) {
            return true;
        }
    }
}

/// Unlocks; `waited` as the list is. The count is not zero (I1).
void unlock(countdown& c) {
    std::uint64_t word = c.word.load(std::memory_order_relaxed); // pairs: nothing; the CAS decides
    std::uint64_t next = 0;
    do {
        next = word & ~(countdown::lock | countdown::waited);
        if (c.waiters != nullptr) next |= countdown::waited;
        // pairs: lock_unless_zero, countdown_finish
    } while (!c.word.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                           std::memory_order_relaxed));
}

/// The count is zero and this thread has the lock: takes the list, lets the object go, wakes.
void take_all_and_wake(rt::M* m, countdown& c) {
    auto* newest = static_cast<waiter*>(std::exchange(c.waiters, nullptr));
    rt::sanitizer::happens_before(&c.word);
    // pairs: lock_unless_zero, a later user; the object's last touch
    c.word.fetch_and(~(countdown::lock | countdown::waited), std::memory_order_acq_rel);
    waiter* oldest = nullptr;
    while (newest != nullptr) { // the list is a stack; first come, first served
        waiter* next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    rt::wake_list(m, oldest);
}

void check_runtime() {
    // pairs: start_scheduler
    if (rt::sched.status.load(std::memory_order_acquire) != rt::runtime_status::off) return;
    throw no_runtime("gofer: waiting for a wait_group or task whose count is not zero, and no "
                     "runtime lives that could bring it there");
}

} // namespace

bool countdown_finish(countdown& c, std::uint64_t n) noexcept {
    rt::M* m = rt::come_in();
    std::uint64_t word = c.word.load(std::memory_order_relaxed); // pairs: nothing; the CAS decides
    bool is_finished = false;
    for (rt::backoff b;
         count_of(word) == n && (word & (countdown::waited | countdown::lock)) != 0;) {
        if ((word & countdown::lock) != 0) {
            b.pause();
            word = c.word.load(std::memory_order_relaxed); // pairs: nothing; the CAS decides
            continue;
        }
        // pairs: unlock: the list is visible
        if (c.word.compare_exchange_weak(word, (word - n) | countdown::lock,
                                         std::memory_order_acq_rel, std::memory_order_relaxed)) {
            rt::sanitizer::happens_after(&c.word);
            take_all_and_wake(m, c);
            is_finished = true;
            break;
        }
    }
    rt::go_out(rt::current_m());
    return is_finished;
}

namespace {

/// A wait that may be given up: by the clock.
struct timed_wait : rt::runtime_timer {
    countdown* c = nullptr;
    waiter* own = nullptr;
};

/// Takes `own` off the list. False: it is not there; whoever took it wakes it. Locks and unlocks.
bool withdraw(countdown& c, waiter* own) {
    if (!lock_unless_zero(c)) return false; // at zero the whole list has been taken
    bool is_found = false;
    waiter* before = nullptr;
    for (auto* w = static_cast<waiter*>(c.waiters); w != nullptr; before = w, w = w->next) {
        if (w != own) continue;
        if (before != nullptr) {
            before->next = w->next;
        } else {
            c.waiters = w->next;
        }
        is_found = true;
        break;
    }
    unlock(c);
    return is_found;
}

void on_time(rt::runtime_timer* t, rt::M* m) {
    auto* wait = static_cast<timed_wait*>(t);
    waiter* own = wait->own;
    const bool is_ours = withdraw(*wait->c, own);
    if (is_ours) own->outcome = rt::wait_outcome::closed;
    t->set_done();
    if (is_ours) rt::wake(m, own);
}

void start_clock(rt::M* m, timed_wait& wait, countdown& c, waiter& own) {
    wait.c = &c;
    wait.own = &own;
    wait.fire = &on_time;
    if (!rt::timer_set(m, &wait)) rt::fatal("out of memory for timers");
}

/// Waits until the count is zero or, if `wait` is given, its time has come. True: it is zero.
bool wait_until_zero(countdown& c, timed_wait* wait) {
    check_runtime();
    rt::M* m = rt::come_in();
    if (!lock_unless_zero(c)) {
        rt::sanitizer::happens_after(&c.word);
        rt::go_out(m);
        return true;
    }
    rt::thread_parker parker;
    waiter on_stack;
    waiter& own = m != nullptr ? m->g->wait : on_stack;
    own.owner = m != nullptr ? rt::waiter_owner(m->g) : rt::waiter_owner(&parker);
    own.outcome = rt::wait_outcome::pending;
    own.queue = nullptr;
    if (m != nullptr) rt::prepare_park(m->g, rt::wait_reason::countdown, &c);
    own.next = static_cast<waiter*>(c.waiters);
    c.waiters = &own;
    unlock(c);
    if (wait != nullptr) start_clock(m, *wait, c, own);
    if (m != nullptr) {
        m = rt::park(m);
    } else {
        rt::thread_leave();
        rt::thread_wait(parker);
        rt::sanitizer::happens_after(&parker);
        rt::thread_enter();
    }
    if (wait != nullptr) rt::timer_cancel(m, wait);
    rt::go_out(rt::current_m());
    return own.outcome != rt::wait_outcome::closed;
}

} // namespace

void countdown_wait(countdown& c) {
    wait_until_zero(c, nullptr);
}

bool countdown_wait_for(countdown& c, std::chrono::nanoseconds d) {
    timed_wait wait;
    wait.when_ns = rt::moment_after(d.count());
    return wait_until_zero(c, &wait);
}

void throw_negative_count() {
    throw usage_error(
        "gofer: wait_group: the counter would become negative: more done() than add(); "
        "use wait_group::go, which counts by itself");
}

void throw_count_overflow() {
    throw usage_error("gofer: wait_group: the counter would exceed 2147483647");
}

} // namespace gofer::detail
