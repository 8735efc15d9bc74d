// SPDX-License-Identifier: Apache-2.0
//
// A goroutine with a result.
#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <new>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "gofer/detail/core.hpp"
#include "gofer/detail/countdown.hpp"
#include "gofer/errors.hpp"
#include "gofer/go.hpp"

namespace gofer {

template <class R>
class task;

namespace detail {

/// What the goroutine and the handle of a task share. Freed by the last of the two.
template <class R>
struct task_state {
    using value_type = std::conditional_t<
        std::is_void_v<R>, std::monostate,
        std::conditional_t<std::is_reference_v<R>, std::remove_reference_t<R>*, R>>;

    countdown running{1};
    std::atomic<std::uint32_t> refs{2};
    std::optional<value_type> value; // written before running becomes zero
    std::exception_ptr exception;    // likewise
    bool is_exited = false;          // likewise: the goroutine called goexit

    static task_state* make() {
        void* room = block_alloc(sizeof(task_state));
        return ::new (room) task_state;
    }
    void release() noexcept {
        // Acquire and release: the last one sees all that the other did. pairs: itself
        if (refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
        std::exception_ptr dropped = std::move(exception);
        this->~task_state();
        block_free(this, sizeof(task_state));
        if (dropped) task_exception_dropped(std::move(dropped));
    }
};

} // namespace detail

/// The handle of a goroutine that was started by `async`. Move-only. Dropping it detaches: the
/// goroutine goes on. An exception that nobody fetched with get is reported as uncaught when both
/// the goroutine has ended and the handle is gone; exit code 2.
template <class R>
class [[nodiscard]] task {
public:
    task() = default;
    task(task&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    task& operator=(task other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~task() { detach(); }

    /// False for a default-constructed, moved-from, fetched or detached one.
    [[nodiscard]] bool valid() const noexcept { return state_ != nullptr; }

    /// Parks until the goroutine has ended, then gives its result or throws its exception; once.
    /// Throws usage_error if not valid, or if the goroutine ended by goexit.
    R get() {
        wait();
        struct releaser {
            detail::task_state<R>* state;
            ~releaser() { state->release(); }
        } owned{std::exchange(state_, nullptr)};
        auto& state = *owned.state;
        if (state.exception) std::rethrow_exception(std::exchange(state.exception, nullptr));
        if (state.is_exited)
            throw usage_error("gofer: task::get: the goroutine ended by goexit, it has no result");
        if constexpr (std::is_reference_v<R>) {
            return static_cast<R>(**state.value);
        } else if constexpr (!std::is_void_v<R>) {
            return std::move(*state.value);
        }
    }

    /// Parks until the goroutine has ended. Throws usage_error if not valid.
    void wait() const { detail::countdown_await(state().running); }

    /// Parks until the goroutine has ended (true) or d has passed (false); never early. A d of zero
    /// or less only looks.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> d) const {
        return detail::countdown_await_for(state().running, d);
    }

    /// Lets the goroutine go on without this handle.
    void detach() noexcept {
        if (state_ != nullptr) std::exchange(state_, nullptr)->release();
    }

private:
    template <class F, class... Args>
    friend auto async(F&& f, Args&&... args)
        -> task<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>;

    explicit task(detail::task_state<R>* state) noexcept : state_(state) {}

    detail::task_state<R>& state() const {
        if (state_ == nullptr)
            throw usage_error("gofer: task: no goroutine belongs to this handle (fetched, detached "
                              "or moved from)");
        return *state_;
    }

    detail::task_state<R>* state_ = nullptr;
};

/// Starts `f(args...)` as a goroutine and gives a handle to its result. Arguments as for go.
template <class F, class... Args>
GOFER_ALWAYS_INLINE auto async(F&& f, Args&&... args)
    -> task<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>;

} // namespace gofer

#include "gofer/detail/async.hpp"
