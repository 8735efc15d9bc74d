// SPDX-License-Identifier: Apache-2.0
//
// See lifecycle.hpp.
#include "sched/lifecycle.hpp"

#include <cerrno>
#include <new>

#include "platform/membarrier.hpp"
#include "platform/thread.hpp"
#include "sched/gate.hpp"
#include "sched/park.hpp"
#include "sched/timers.hpp"

namespace gofer::rt {

namespace {

/// spawner, sysmon, and the background thread of ThreadSanitizer.
#if defined(GOFER_TSAN)
constexpr std::size_t own_threads_besides_ms = 3;
#else
constexpr std::size_t own_threads_besides_ms = 2;
#endif

/// Threads that the runtime did not start, the caller left out. Asked under the gate: one that has
/// ended by then can have done nothing that the gate's holder does not see.
bool has_foreign_threads() {
    const std::size_t all = thread_count();
    std::size_t ours = own_threads_besides_ms + 1;
    {
        const byte_lock_guard guard(sched.lock);
        ours += sched.m_count;
    }
    return all == 0 || all > ours;
}

/// Under the gate: no goroutine can run, now or later, without help from outside.
bool is_quiescent() {
    // The spawner is not kept out by the gate: it moves Ps from starting_ps to new Ms under the
    // lock.
    const byte_lock_guard guard(sched.lock);
    if (sched.global.count != 0 || sched.starting_ps != nullptr) return false;
    const std::uint32_t count = sched.procs_made.load(memory_order_acquire); // pairs: make_procs
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!sched.all_ps[i]->queue.is_empty()) return false;
    }
    for (M* m = sched.all_ms.load(memory_order_acquire); m != nullptr;
         m = m->next_all) { // pairs: start_m
        if (m->g != nullptr || m->pending != nullptr || m->next_p != nullptr) return false;
    }
    return earliest_timer_ns() == INT64_MAX;
}

/// Under the gate: this goroutine never runs again. One that runs user code just now goes on until
/// it enters the runtime, and stays there.
bool abandon(G* g) {
    using enum g_status;
    g->left_as = g->state.now();
    switch (g->left_as) {
    case waiting:
        if (g->wait.queue != nullptr) g->wait.queue->remove(&g->wait);
        if (g->wait.owner.is_select())
            g->wait.owner.select()->claim(); // its places are passed over
        g->state.move<waiting, abandoned>();
        break;
    case runnable:
        g->state.move<runnable, abandoned>();
        break;
    case running:
        g->state.move<running, abandoned>();
        break;
    default:
        return false; // left behind by an earlier runtime
    }
    return true;
}

/// Under the gate: no goroutine and no timer of this runtime is found in the next.
void leave_nothing(P* p) {
    static_cast<void>(p->queue.take_all());
    while (timer* t = p->timers.first()) p->timers.remove(t);
    p->next_timer_ns.store(INT64_MAX, memory_order_relaxed); // pairs: nothing; under the gate
}

/// Forgets what the last runtime left in the Ps. Those that a runaway goroutine still holds are
/// replaced.
bool reset_procs() {
    const std::uint32_t count =
        sched.procs_made.load(memory_order_relaxed); // pairs: nothing; no M runs
    for (std::uint32_t i = 0; i < count; ++i) {
        P* p = sched.all_ps[i];
        p->next_id = p->end_id = 0; // the blocks of ids are handed out anew
        if (p->owner.load(memory_order_relaxed) == nullptr) { // pairs: nothing; no M runs
            p->status = p_status::retired;
            continue;
        }
        sched.procs_made.store(i, memory_order_relaxed); // pairs: as above
        if (!make_procs(i + 1)) return false;
        sched.all_ps[i]->spawned.store(p->spawned.load(memory_order_relaxed),
                                       memory_order_relaxed); // pairs: as above
        sched.all_ps[i]->died.store(p->died.load(memory_order_relaxed),
                                    memory_order_relaxed); // pairs: as above
    }
    sched.procs_made.store(count, memory_order_relaxed); // pairs: as above
    return true;
}

} // namespace

int start_scheduler(const scheduler_config& config) {
    if (!membarrier_init()) return ENOSYS;
    seam::clock_init();
    sched.stack_class = config.stack_class;
    sched.thread_max = config.thread_max;
    sched.coarse_ns.store(seam::now_ns(), memory_order_relaxed); // pairs: nothing; a coarse clock
    sched.next_id_block.store(config.has_main ? 0 : 1,
                              memory_order_relaxed); // pairs: nothing; nobody spawns yet
    sched.checks_canaries = arena.guards() != guard_mode::madvise_guard;
    reset_procs_mutex();
    if (!reset_procs() || !make_procs(config.procs)) return ENOMEM;
    set_procs(config.procs);
    if (const int error = spawner_start(); error != 0) return error;
    if (const int error = sysmon_start(); error != 0) {
        spawner_stop();
        return error;
    }
    sched.status.store(runtime_status::running, memory_order_release); // pairs: begin in spawn.cpp
    return 0;
}

void begin_stop() {
    sched.status.store(runtime_status::stopping); // seq_cst: before the first look at live_count
}

bool is_deadlocked() {
    gate.close();
    // pairs: set_end in boot, which comes before the main goroutine's last steps inside
    const bool is_stuck = is_quiescent() && sched.is_main_awaited.load(memory_order_acquire) &&
                          !has_foreign_threads();
    gate.open();
    return is_stuck;
}

rest wait_for_the_rest(std::chrono::nanoseconds grace) {
    const std::int64_t end_ns = grace.count() < 0 ? INT64_MAX : seam::now_ns() + grace.count();
    for (;;) {
        const std::uint32_t seen =
            sched.stop_event.load(memory_order_acquire); // pairs: bury, sleep_until_woken
        if (live_count() == 0) return rest::all_ended;
        gate.close();
        const bool is_stuck = is_quiescent() && !has_foreign_threads();
        gate.open();
        // The last one may have ended since the count: then nobody is stuck.
        if (is_stuck) return live_count() == 0 ? rest::all_ended : rest::stuck;
        const std::int64_t left_ns = end_ns - seam::now_ns();
        if (left_ns <= 0) return rest::out_of_time;
        futex_wait(sched.stop_event, seen, left_ns);
    }
}

item_chain<G> end_stop() {
    sysmon_stop();
    spawner_stop();

    gate.close();
    item_chain<G> left;
    const std::uint32_t count =
        sched.procs_made.load(memory_order_relaxed); // pairs: nothing; under the gate
    for (std::uint32_t i = 0; i < count; ++i) leave_nothing(sched.all_ps[i]);
    for_each_g(
        [](G* g, void* list) {
            if (abandon(g)) static_cast<item_chain<G>*>(list)->append(g);
        },
        &left);
    sched.abandoned += left.count;
    sched.global = {};
    sched.global_count.store(0, memory_order_relaxed);      // pairs: nothing; under the gate
    M* const all = sched.all_ms.load(memory_order_acquire); // pairs: start_m
    for (M* m = all; m != nullptr; m = m->next_all) {
        m->is_told_to_end = true;
        m->pending = nullptr;
        if (m->g != nullptr) m->ask(attention::stop); // runs user code, and never comes in again
    }
    sched.status.store(runtime_status::off, memory_order_release); // pairs: begin in spawn.cpp
    gate.open();

    for (M* m = all; m != nullptr;) {
        M* next = m->next_all;
        if (m->g != nullptr) { // its thread ends when it next comes in, if ever; the M is its own
            pthread_detach(m->thread);
        } else {
            m->wake_word.store(1, memory_order_release); // pairs: sleep_until_woken
            futex_wake(m->wake_word);
            pthread_join(m->thread, nullptr);
            free_m(m);
        }
        m = next;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        if (sched.all_ps[i]->owner.load(memory_order_relaxed) != nullptr)
            continue; // pairs: as above
        free_cached_blocks(sched.all_ps[i]);
        free_cached_stacks(sched.all_ps[i]);
    }
    sched.all_ms.store(nullptr, memory_order_relaxed); // pairs: as above
    sched.idle_m_list = nullptr;
    sched.starting_ps = nullptr; // orders that the spawner had no time for
    sched.wanted_ms = 0;
    sched.is_wake_held = false;
    sched.m_count = 0;
    sched.searching.store(0, memory_order_relaxed); // pairs: as above
    return left;
}

} // namespace gofer::rt
