// SPDX-License-Identifier: Apache-2.0
//
// From a callable and its arguments to an untyped closure in a goroutine.
#pragma once

#include <functional>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

#include "gofer/detail/core.hpp"

namespace gofer::detail {

/// A decay-copied call, as std::thread keeps it.
template <class F, class... Args>
struct closure {
    F function;
    std::tuple<Args...> args;

    template <class G, class... More>
    explicit closure(G&& f, More&&... more)
        : function(std::forward<G>(f)), args(std::forward<More>(more)...) {}

    decltype(auto) call() {
        return std::apply(
            [this](Args&... each) -> decltype(auto) {
                return std::invoke(std::move(function), std::move(each)...);
            },
            args);
    }
};

template <class F>
struct closure<F> {
    F function;

    decltype(auto) call() { return std::invoke(std::move(function)); }
};

template <class Closure>
void run_closure(void* storage) {
    struct destroyer {
        Closure* c;
        ~destroyer() { std::destroy_at(c); }
    } owned{static_cast<Closure*>(storage)};
    static_cast<void>(owned.c->call());
}

template <class Closure>
inline constexpr closure_type closure_type_of{&run_closure<Closure>, sizeof(Closure),
                                              alignof(Closure)};

template <class Closure>
inline constexpr bool is_spawned_by_copy =
    std::is_trivially_copyable_v<Closure> && sizeof(Closure) <= closure_inline_bytes &&
    alignof(Closure) <= closure_inline_align;

template <class F, class... Args>
GOFER_ALWAYS_INLINE void spawn(const go_options* options, F&& f, Args&&... args) {
    static_assert(
        std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>,
        "gofer::go: the function cannot be called with these arguments (they are decay-copied and "
        "passed as rvalues; wrap references in std::ref)");
    using Closure = closure<std::decay_t<F>, std::decay_t<Args>...>;
    if constexpr (is_spawned_by_copy<Closure>) {
        if (options == nullptr) {
            alignas(Closure) std::byte copy[sizeof(Closure)]{};
            ::new (copy) Closure{std::forward<F>(f), std::forward<Args>(args)...};
            spawn_copy(closure_type_of<Closure>, copy);
            return;
        }
    }
    const embryo e = spawn_begin(closure_type_of<Closure>, options);
    struct guard {
        goroutine* g;
        ~guard() {
            if (g != nullptr) spawn_abort(g);
        }
    } guarded{e.g};
    ::new (e.closure) Closure{std::forward<F>(f), std::forward<Args>(args)...};
    guarded.g = nullptr;
    spawn_commit(e.g);
}

} // namespace gofer::detail
