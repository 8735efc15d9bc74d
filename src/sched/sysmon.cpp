// SPDX-License-Identifier: Apache-2.0
//
// sysmon: a thread without a P that looks now and then at what nobody inside can see: goroutines
// that wait behind a busy P while another P idles. It also gives surplus stacks back.
//
// It samples every 0.2 ms at first, ever more seldom up to 10 ms while there is nothing to do, and
// sleeps while all Ps idle, or none does.
#include <algorithm>

#include "platform/thread.hpp"
#include "sched/hooks.hpp"
#include "sched/lifecycle.hpp"
#include "sched/park.hpp"
#include "sched/timers.hpp"

namespace gofer::rt {

namespace {

constexpr std::int64_t interval_ns_min = 200'000;
constexpr std::int64_t interval_ns_max = 10'000'000;
/// Free stacks keep their pages for a while: the next burst comes soon, or never.
constexpr std::int64_t surplus_ns = 2'000'000'000;
/// Fruitless looks before the interval doubles.
constexpr int looks_per_interval = 20;

/// A woken M needs so long to come to its timers; until then they are not looked at again.
constexpr std::int64_t woken_ns = 100'000;
/// A busy P looks at its timers by itself within this time, unless its goroutine computes.
constexpr std::int64_t late_ns = 1'000'000;

/// How often a quiet program is asked whether it is deadlocked, while threads of the user's live.
constexpr std::int64_t quiet_ns_min = 5'000'000;
constexpr std::int64_t quiet_ns_max = 1'000'000'000;

pthread_t sysmon_thread;
atomic<std::uint32_t> pokes{0}; // futex word
atomic<std::int64_t> wakes_at_ns{INT64_MIN};
atomic<bool> is_asleep{false};
/// All Ps went idle since sysmon last looked.
atomic<bool> is_quiet{false};
atomic<bool> is_over{false};

bool some_idle_some_busy() {
    const std::uint32_t idle = sched.idle_ps.load(memory_order_relaxed); // pairs: nothing; a look
    return idle != 0 && idle < sched.procs.load(memory_order_relaxed);   // pairs: nothing; a look
}

/// One look. True: there was something to do.
bool look_for_backlog() {
    const bool was_held = sched.is_wake_held; // a look; hold_wakes takes the lock
    if (!has_waiting_backlog()) return false;
    hold_wakes(false);
    wake_one_from_thread();
    return !was_held; // after a fruitless search, another one now is no sign of work
}

/// Gives stacks back that have been free for long. Returns how long to wait for the next time;
/// negative: nothing to give.
std::int64_t return_stacks() {
    static std::int64_t next_ns = 0; // sysmon's own
    if (!arena.has_surplus()) {
        next_ns = 0;
        return -1;
    }
    const std::int64_t now_ns = seam::now_ns();
    if (next_ns == 0) next_ns = now_ns + surplus_ns;
    if (now_ns < next_ns) return next_ns - now_ns;
    arena.return_surplus();
    next_ns = now_ns + surplus_ns;
    return surplus_ns;
}

/// Sees to it that timers fire that are due: an idle P is woken for them; behind Ps that are all
/// busy they are fired from here once they are late. Returns how long to wait for the next one.
std::int64_t see_to_timers(std::int64_t when_ns) {
    if (when_ns == INT64_MAX) return -1;
    const std::int64_t now_ns = seam::now_ns();
    if (when_ns > now_ns) return when_ns - now_ns;
    if (wake_one_from_thread()) return woken_ns;
    if (when_ns + late_ns > now_ns) return when_ns + late_ns - now_ns;
    thread_enter();
    run_all_timers(nullptr);
    thread_leave();
    return woken_ns;
}

/// The shorter of two waits; negative: without end.
std::int64_t shorter(std::int64_t a, std::int64_t b) {
    if (a < 0) return b;
    return b < 0 ? a : std::min(a, b);
}

/// Sleeps for wait_ns, until a poke, or until a timer is set that is due before `known_ns`, the
/// earliest one that the wait takes into account.
void sleep_for_ns(std::uint32_t seen, std::int64_t wait_ns, std::int64_t known_ns) {
    // seq_cst: before the second look; sysmon_note_timer has the other half
    wakes_at_ns.store(wait_ns < 0 ? INT64_MAX : seam::now_ns() + wait_ns);
    if (earliest_timer_ns() >= known_ns) futex_wait(pokes, seen, wait_ns);
    wakes_at_ns.store(INT64_MIN, memory_order_relaxed); // pairs: nothing; nobody pokes who looks
}

bool all_idle() {
    // seq_cst: after the change of idle_ps; sysmon_poke has the other half
    return sched.idle_ps.load() ==
           sched.procs.load(memory_order_relaxed); // pairs: nothing; a number
}

/// All Ps went idle: is that the end? While threads of the user's could make the program go on, the
/// question is asked again, ever more seldom, since nobody tells us when they end. Returns how long
/// to wait until then; negative: there is no question.
std::int64_t see_to_quiet() {
    static std::int64_t pause_ns = quiet_ns_min;           // sysmon's own
    if (is_quiet.exchange(false)) pause_ns = quiet_ns_min; // seq_cst: before the look at idle_ps
    if (!sched.is_main_awaited.load(memory_order_relaxed) || !all_idle() ||
        earliest_timer_ns() != INT64_MAX)
        return -1; // pairs: nothing; is_deadlocked looks again
    if (is_deadlocked()) hooks.deadlocked();
    pause_ns = std::min(2 * pause_ns, quiet_ns_max);
    return pause_ns;
}

/// One round. `backlog_ns`: how long to wait while some P idles and some P is busy.
void look_and_sleep(std::int64_t backlog_ns) {
    const std::uint32_t seen = pokes.load(memory_order_acquire); // pairs: sysmon_poke
    const std::int64_t known_ns = earliest_timer_ns();
    std::int64_t wait_ns = shorter(return_stacks(), see_to_timers(known_ns));
    if (some_idle_some_busy()) {
        sleep_for_ns(seen, shorter(wait_ns, backlog_ns), known_ns);
        return;
    }
    wait_ns = shorter(wait_ns, see_to_quiet());
    is_asleep.store(true); // seq_cst: before the second look; sysmon_poke has the other half
    if (!some_idle_some_busy() && !is_quiet.load() && !is_over.load()) { // seq_cst: as above
        sleep_for_ns(seen, wait_ns, known_ns);
    }
    is_asleep.store(false, memory_order_relaxed); // pairs: nothing; a needless poke does no harm
}

void* sysmon_main(void*) {
    std::int64_t interval_ns = interval_ns_min;
    int fruitless = 0;
    while (!is_over.load(memory_order_acquire)) { // pairs: sysmon_stop
        look_and_sleep(interval_ns);
        // All idle with work in the global queue: somebody is about to find it, or was never woken.
        const bool may_have_backlog =
            some_idle_some_busy() ||
            sched.global_count.load(memory_order_relaxed) != 0; // pairs: nothing; a look
        if (!may_have_backlog || look_for_backlog()) {
            interval_ns = interval_ns_min;
            fruitless = 0;
        } else if (++fruitless % looks_per_interval == 0) {
            interval_ns = std::min(2 * interval_ns, interval_ns_max);
        }
    }
    return nullptr;
}

} // namespace

int sysmon_start() {
    is_over.store(false, memory_order_relaxed); // pairs: nothing; the thread starts after
    return thread_start(&sysmon_thread, &sysmon_main, nullptr, "gofer-sysmon");
}

void sysmon_stop() {
    is_over.store(true);                      // seq_cst: before the look at is_asleep
    pokes.fetch_add(1, memory_order_release); // pairs: sysmon_main
    futex_wake(pokes);
    pthread_join(sysmon_thread, nullptr);
}

void sysmon_note_timer(std::int64_t when_ns) {
    // Store-load: either this sees when sysmon wakes, or sysmon's second look sees the timer.
    full_fence();
    if (wakes_at_ns.load(memory_order_relaxed) <= when_ns)
        return;                               // pairs: sleep_for_ns, by the fence
    pokes.fetch_add(1, memory_order_release); // pairs: sysmon_main
    futex_wake(pokes);
}

void sysmon_poke() {
    const bool is_end = all_idle();
    if (is_end)
        is_quiet.store(
            true); // seq_cst: before the look at is_asleep; sysmon_main has the other half
    // seq_cst: idle_ps was changed by a locked instruction before; sysmon_main has the other half
    if (!is_asleep.load() || !(is_end || some_idle_some_busy())) return;
    if (is_end && earliest_timer_ns() != INT64_MAX) return; // that will wake it
    pokes.fetch_add(1, memory_order_release);               // pairs: sysmon_main
    futex_wake(pokes);
}

} // namespace gofer::rt
