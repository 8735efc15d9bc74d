// SPDX-License-Identifier: Apache-2.0
//
// Starting and stopping the runtime.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

#include "gofer/go.hpp"

namespace gofer {

/// How a runtime starts and ends. The defaults are what `run(f)` uses.
struct options {
    /// Contexts (P); 0: GOFER_PROCS, else GOMAXPROCS, else num_cpu(). At most 1024.
    int procs = 0;
    /// Virtual bytes of a goroutine's stack, its guard of 64 KiB included; 0: 256 KiB. Rounded up
    /// to a power of two.
    std::size_t stack = 0;
    /// Usable bytes of the main goroutine's stack, at least; 0: 8 MiB.
    std::size_t main_stack = 0;
    /// How long the end waits for goroutines that still run. Those that nobody can wake are not
    /// waited for.
    std::chrono::nanoseconds grace = std::chrono::seconds(5);
    /// Goroutines left at the end are no error: exit code as if there were none, no report.
    bool leaks_ok = false;
    /// An exception that leaves the main function is thrown by `run` instead of reported.
    bool rethrow_main = false;
    /// OS threads that may run goroutines at most.
    int thread_max = 10'000;
};

namespace detail {
/// Runs the closure as the main goroutine; see run.
[[gnu::noinline]] int run_main(const options& o, const closure_type& type, void* closure);
} // namespace detail

/// Starts the runtime, runs f as the main goroutine (id 1), and ends the runtime when f returns:
/// the other goroutines get `grace` to end, those left are reported as leaks on stderr. Returns the
/// exit code: what f returns if that is an int, else 0; 3 if goroutines were left and f's code was
/// 0. An exception that leaves any goroutine ends the program with a report, exit code 2. The
/// calling thread blocks meanwhile. Throws usage_error if a runtime lives already or options or
/// GOFER_PROCS are bad, resource_error if threads or memory cannot be had.
///
///     int main() { return gofer::run([] { ... }); }
template <class F>
GOFER_ALWAYS_INLINE int run(const options& o, F&& f);

template <class F>
GOFER_ALWAYS_INLINE int run(F&& f) {
    return run(options{}, std::forward<F>(f));
}

/// A runtime for programs that have a main loop of their own. Does not take the calling thread.
/// One at a time in a process (the constructor throws usage_error), any number one after another.
class runtime {
public:
    explicit runtime(const options& o = {});
    runtime(const runtime&) = delete;
    runtime& operator=(const runtime&) = delete;
    /// Stops, if that has not been done.
    ~runtime();

    /// Starts a goroutine, as gofer::go does.
    template <class F, class... Args>
        requires(!std::is_same_v<std::remove_cvref_t<F>, go_options>)
    GOFER_ALWAYS_INLINE void go(F&& f, Args&&... args) {
        gofer::go(std::forward<F>(f), std::forward<Args>(args)...);
    }
    /// The same with options.
    template <class F, class... Args>
    GOFER_ALWAYS_INLINE void go(const go_options& o, F&& f, Args&&... args) {
        gofer::go(o, std::forward<F>(f), std::forward<Args>(args)...);
    }

    /// Ends the runtime as the end of `run` does. Returns 0, or 3 if goroutines were left. Blocks
    /// the calling thread; throws usage_error when called from a goroutine. A second call returns
    /// what the first did.
    int stop();

private:
    options options_;
    bool is_stopped_ = false;
    int code_ = 0;
};

template <class F>
GOFER_ALWAYS_INLINE int run(const options& o, F&& f) {
    static_assert(std::is_invocable_v<F&>, "gofer::run: the main function takes no arguments");
    // Lives on this stack: the call blocks until the main goroutine has ended.
    struct main_call {
        std::remove_reference_t<F>* function;
        int* code;
    };
    int code = 0;
    main_call call{std::addressof(f), &code};
    constexpr auto invoke_main = [](void* p) {
        auto& c = *static_cast<main_call*>(p);
        if constexpr (std::is_same_v<std::invoke_result_t<F&>, int>) {
            *c.code = std::invoke(*c.function);
        } else {
            std::invoke(*c.function);
        }
    };
    static constexpr detail::closure_type type{+invoke_main, sizeof(main_call), alignof(main_call)};
    const int ended = detail::run_main(o, type, &call);
    return code != 0 ? code : ended;
}

} // namespace gofer
