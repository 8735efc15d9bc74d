// SPDX-License-Identifier: Apache-2.0
//
// The reports of a program in trouble, in the shape of Go's dumps, on stderr.
#pragma once

#include <exception>

#include <unwind.h>

#include "base/print.hpp"
#include "sched/g.hpp"
#include "sched/run_queue.hpp"

namespace gofer::rt {

/// `goroutine 18 [chan receive, 2 minutes]:`, its stack, `created by ...`. For one that was left
/// behind: it stands still.
void print_left_behind(printer& out, const G* g);

/// All goroutines are asleep, for good: nobody moves while this prints.
[[noreturn]] void report_deadlock();

/// The leak report: what the end of the runtime left.
void report_leaks(const item_chain<G>& left);

/// An exception is leaving a goroutine; the stack still stands.
[[noreturn]] void report_uncaught(const G* g, const _Unwind_Exception* exception);

/// A task ended by an exception that nobody fetched.
[[noreturn]] void report_dropped(std::exception_ptr exception);

/// A stack's guard was hit. Called in the signal handler.
[[noreturn]] void report_overflow(const G* g, const void* address);
/// The canary of a stack without a guard is gone. Called by the goroutine.
[[noreturn]] void report_overrun(G* g);

} // namespace gofer::rt
