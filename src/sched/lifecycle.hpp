// SPDX-License-Identifier: Apache-2.0
//
// Starting and stopping the scheduler: for src/boot, which adds what a program sees.
//
//     off ──start──> running ──begin_stop──> stopping ──end_stop──> off
//
// The thread that stops is no M: no goroutine can hold it up.
#pragma once

#include <chrono>
#include <cstdint>

#include "sched/sched.hpp"

namespace gofer::rt {

struct scheduler_config {
    std::uint32_t procs;
    std::uint8_t stack_class;
    std::uint32_t thread_max;
    bool has_main; ///< id 1 is kept for a main goroutine, which is waited for
};

/// Starts the threads. 0, or the errno of what the system refused; then nothing runs.
int start_scheduler(const scheduler_config& config);

/// Starts the main goroutine: id 1, a stack of its own class.
void spawn_main(void (*run)(void*), void* closure, std::uint8_t stack_class, const void* start_pc);

/// No goroutine can run, now or ever: none is runnable, no timer is set, and no thread lives that
/// the runtime did not start (the one that waits in `run` does not count). Asked by sysmon once all
/// Ps idle. Outside.
bool is_deadlocked();

/// From here on, goroutines that end and Ms that go to sleep wake whoever is in wait_for_the_rest.
void begin_stop();

enum class rest { all_ended, stuck, out_of_time };
/// Blocks until no goroutine lives, or those left wait for each other and no thread of the user's
/// could wake them, or the time is over (negative: never).
rest wait_for_the_rest(std::chrono::nanoseconds grace);

/// Ends the threads. What still lives is abandoned; the list of it, through G::next, stands still
/// from now on, but for goroutines that were running user code (G::left_as).
item_chain<G> end_stop();

} // namespace gofer::rt
