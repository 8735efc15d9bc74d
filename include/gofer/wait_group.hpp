// SPDX-License-Identifier: Apache-2.0
//
// Waiting for a number of goroutines to finish. Mirrors Go's sync.WaitGroup.
#pragma once

#include <cstdint>
#include <utility>

#include "gofer/detail/closure.hpp"
#include "gofer/detail/countdown.hpp"
#include "gofer/go.hpp"

namespace gofer {

/// A counter that goroutines and plain threads can wait for to become zero. `wg.go(f)` is the form
/// to use; `add` and `done` are for what it cannot express. Neither copied nor moved. It may be
/// destroyed as soon as every wait has returned, even while the last `done` is still on its way
/// out.
class wait_group {
public:
    wait_group() = default;
    wait_group(const wait_group&) = delete;
    wait_group& operator=(const wait_group&) = delete;

    /// Adds one, runs `f(args...)` as a goroutine, and counts it done when it has ended, by
    /// returning or by goexit. `f` may outlive neither this object nor what it refers to. Throws
    /// as gofer::go does; then nothing was counted.
    template <class F, class... Args>
    GOFER_ALWAYS_INLINE void go(F&& f, Args&&... args);

    /// Adds n, which may be negative. Throws usage_error if the counter would become negative or
    /// exceed 2^31 - 1; the counter is then unchanged. Must not race with a wait while the counter
    /// is zero.
    void add(int n) { detail::countdown_add(count_, n); }

    /// Takes one off. The last thing that touches this object before a waiter may go on. Throws
    /// usage_error if the counter is zero.
    void done() { detail::countdown_done(count_); }

    /// Parks until the counter is zero. May be called by many. Throws no_runtime if it would have
    /// to wait and no runtime lives.
    void wait() { detail::countdown_await(count_); }

private:
    detail::countdown count_;
};

template <class F, class... Args>
GOFER_ALWAYS_INLINE void wait_group::go(F&& f, Args&&... args) {
    static_assert(std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>,
                  "wait_group::go: the function cannot be called with these arguments");
    add(1);
    // The count is given back if starting throws.
    struct guard {
        wait_group* group;
        ~guard() {
            if (group != nullptr) group->done();
        }
    } guarded{this};
    using Closure = detail::closure<std::decay_t<F>, std::decay_t<Args>...>;
    gofer::go([this, closure = Closure{std::forward<F>(f), std::forward<Args>(args)...}]() mutable {
        // The closure's captures end before the waiter goes on.
        struct at_end {
            wait_group* group;
            ~at_end() { group->done(); }
        } end{this};
        Closure own = std::move(closure);
        own.call();
    });
    guarded.group = nullptr;
}

} // namespace gofer
