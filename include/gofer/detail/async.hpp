// SPDX-License-Identifier: Apache-2.0
//
// The goroutine behind a task.
#pragma once

#include <cxxabi.h>

#include "gofer/detail/closure.hpp"
#include "gofer/task.hpp"

namespace gofer {

namespace detail {

/// Runs the closure and leaves its outcome in the state; by goexit too.
template <class R, class Closure>
struct task_body {
    task_state<R>* state;
    Closure closure;

    void operator()() {
        struct at_end {
            task_state<R>* state;
            ~at_end() {
                if (state == nullptr) return;
                countdown_done(state->running);
                state->release();
            }
        } end{std::exchange(state, nullptr)};
        end.state->is_exited = true; // until it turns out otherwise
        Closure own = std::move(closure);
        try {
            if constexpr (std::is_void_v<R>) {
                own.call();
                end.state->value.emplace();
            } else if constexpr (std::is_reference_v<R>) {
                R result = own.call();
                end.state->value.emplace(std::addressof(result));
            } else {
                end.state->value.emplace(own.call());
            }
            end.state->is_exited = false;
        } catch (abi::__forced_unwind&) {
            throw;
        } catch (...) {
            end.state->exception = std::current_exception();
            end.state->is_exited = false;
        }
    }
};

} // namespace detail

template <class F, class... Args>
GOFER_ALWAYS_INLINE auto async(F&& f, Args&&... args)
    -> task<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>> {
    using R = std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>;
    using Closure = detail::closure<std::decay_t<F>, std::decay_t<Args>...>;
    auto* state = detail::task_state<R>::make();
    struct guard {
        detail::task_state<R>* state;
        ~guard() {
            if (state == nullptr) return;
            state->release();
            state->release();
        }
    } guarded{state};
    gofer::go(detail::task_body<R, Closure>{
        state, Closure{std::forward<F>(f), std::forward<Args>(args)...}});
    guarded.state = nullptr;
    return task<R>(state);
}

} // namespace gofer
