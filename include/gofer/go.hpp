// SPDX-License-Identifier: Apache-2.0
//
// Starting goroutines, and what a goroutine can ask of the scheduler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "gofer/detail/closure.hpp"
#include "gofer/detail/core.hpp"

namespace gofer {

/// How to start one goroutine: `go({.name = "worker", .stack = 1 << 20}, f, x)`.
struct go_options {
    /// Shown in reports and traces; copied. Empty: the start site names it.
    std::string_view name{};
    /// Usable stack in bytes; 0: the runtime's default. Rounded up; at most 1 GiB.
    std::size_t stack = 0;
    /// Always run on one and the same OS thread.
    bool pinned = false;
};

/// Starts `f(args...)` as a goroutine. Callable and arguments are decay-copied, as for
/// `std::thread`; whatever f returns is dropped. Never parks. May be called from a plain thread
/// while a runtime lives. Throws no_runtime, resource_error, and what copying throws: then nothing
/// was started. An exception that leaves f ends the program with a report, exit code 2.
/// Mirrors Go's `go` statement.
template <class F, class... Args>
    requires(!std::is_same_v<std::remove_cvref_t<F>, go_options>)
GOFER_ALWAYS_INLINE void go(F&& f, Args&&... args) {
    detail::spawn<F, Args...>(nullptr, std::forward<F>(f), std::forward<Args>(args)...);
}

/// The same with options. Throws usage_error for options that cannot be met.
template <class F, class... Args>
GOFER_ALWAYS_INLINE void go(const go_options& options, F&& f, Args&&... args) {
    detail::spawn<F, Args...>(&options, std::forward<F>(f), std::forward<Args>(args)...);
}

/// Lets others run: the calling goroutine goes to the back of the run queue. On a plain thread
/// this is `sched_yield`. Mirrors `runtime.Gosched`.
void gosched();

/// The id of the calling goroutine: 1 is the main goroutine, ids are never reused. 0 on a plain
/// thread.
std::uint64_t goid() noexcept;

/// Ends the calling goroutine after unwinding its stack, destructors included. Other goroutines go
/// on. Called by the main goroutine, the program goes on until the others have ended, then ends
/// with `no goroutines (main called goexit) - deadlock!`, exit code 2. Throws no_runtime when not
/// called from a goroutine. Mirrors `runtime.Goexit`.
[[noreturn]] void goexit();

/// How many goroutines live, the caller included. Exact when nothing starts or ends meanwhile.
std::size_t num_goroutine() noexcept;

/// How many contexts (P) run goroutines in parallel; n >= 1 changes it, while goroutines run, n <=
/// 0 only asks. Growing is immediate, a surplus P retires at its next scheduling point. Returns the
/// number before the call. May be called from a plain thread. Throws no_runtime, or usage_error
/// beyond 1024.
int gomaxprocs(int n);

/// How many CPUs this process may use: the affinity mask and the smallest cgroup quota over all
/// ancestors. What gomaxprocs starts with unless GOFER_PROCS or GOMAXPROCS says otherwise.
int num_cpu() noexcept;

} // namespace gofer
