// SPDX-License-Identifier: Apache-2.0
//
// Waiting on several channels at once: the first case that can go on does, and only that one.
//
//     switch (select(recv_into(c, v), send_from(d, x), timeout(1s), otherwise())) {
//     case 0: ...   // v was received from c
//     case 1: ...   // x was sent to d
//
// Semantics follow the Go specification (Select statements): uniformly random among the ready
// cases, two cases on one channel too; nil channels are never ready; a receive from a closed
// channel is ready; a send on a closed channel is ready, and throws when chosen.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstring>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "gofer/chan.hpp"
#include "gofer/detail/select_core.hpp"
#include "gofer/time.hpp"

namespace gofer {

namespace detail {

/// What cases have in common: they are made in the call of select and end with it.
class alternative {
public:
    alternative() = default;
    alternative(const alternative&) = delete;
    alternative& operator=(const alternative&) = delete;
    static constexpr bool is_channel = true;
};

/// Receives into `to`; std::nullopt in an optional, and nothing in a plain T, when closed.
template <class T, class To>
class recv_into_case : public alternative {
public:
    recv_into_case(chan_core* c, To& to) : channel_(c), to_(to) {}

    void prepare(select_case& raw) { raw = {channel_, bytes(), false, false, {}}; }
    void finish(const select_case& raw) {
        if constexpr (is_direct) return;
        auto received = element<T>::receive([&](void* into) {
            if (!raw.is_closed) std::memcpy(into, room_, sizeof room_);
            return !raw.is_closed;
        });
        if constexpr (std::is_same_v<To, std::optional<T>>) {
            to_ = std::move(received);
        } else if (received) {
            to_ = std::move(*received);
        }
    }

private:
    /// Written in place by the partner: only if this case is the one that goes on.
    static constexpr bool is_direct = std::is_same_v<To, T> && std::is_trivially_copyable_v<T>;

    void* bytes() {
        if constexpr (is_direct) {
            return std::addressof(to_);
        } else {
            return room_;
        }
    }

    chan_core* channel_;
    To& to_;
    alignas(element<T>::type.align) std::byte room_[is_direct ? 1 : element<T>::type.bytes];
};

/// Receives and calls f(std::optional<T>).
template <class T, class F>
class on_recv_case : public alternative {
public:
    on_recv_case(chan_core* c, F&& f) : channel_(c), f_(std::forward<F>(f)) {}

    void prepare(select_case& raw) { raw = {channel_, room_, false, false, {}}; }
    void finish(const select_case& raw) {
        if constexpr (std::is_void_v<T>) {
            std::invoke(f_, !raw.is_closed);
        } else {
            std::invoke(f_, element<T>::receive([&](void* into) {
                            if (!raw.is_closed) std::memcpy(into, room_, sizeof room_);
                            return !raw.is_closed;
                        }));
        }
    }

private:
    static constexpr const element_type& type = element_type_of<T>();

    chan_core* channel_;
    F&& f_;
    alignas(type.align) std::byte room_[type.bytes == 0 ? 1 : type.bytes];
};

/// Waits for a signal or the close of a chan<void>.
class recv_signal_case : public alternative {
public:
    explicit recv_signal_case(chan_core* c) : channel_(c) {}
    void prepare(select_case& raw) { raw = {channel_, &nothing_, false, false, {}}; }
    static void finish(const select_case&) {}

private:
    chan_core* channel_;
    std::byte nothing_{};
};

struct no_handler {
    void operator()() const {}
};

/// Sends a value. A T that may be changed is moved from, and given back unless this case goes on;
/// all else is copied from.
template <class T, class U, class F>
class send_case : public alternative {
    using given = std::remove_reference_t<U>;
    static constexpr bool is_moved =
        std::is_same_v<given, T> && !std::is_trivially_copyable_v<T> &&
        (std::is_nothrow_move_constructible_v<T> || !std::is_copy_constructible_v<T>);
    static_assert(is_moved || std::is_constructible_v<T, const given&>,
                  "gofer::send_from: a value that is neither of the channel's type nor copied into "
                  "it would be lost if "
                  "another case went on: make the element first, and send that");

public:
    send_case(chan_core* c, given& value, F&& f)
        : channel_(c), value_(value), f_(std::forward<F>(f)) {}
    ~send_case() { take_back(); }

    void prepare(select_case& raw) {
        if constexpr (is_moved) {
            e_.emplace(std::move(value_));
        } else {
            e_.emplace(std::as_const(value_));
        }
        raw = {channel_, e_->bytes(), true, false, {}};
    }
    void finish(const select_case& raw) {
        if (raw.is_closed) {
            take_back();
            throw_send_closed(channel_);
        }
        e_.reset(); // the bytes are the channel's
        std::invoke(f_);
    }

private:
    void take_back() {
        if (!e_) return;
        if constexpr (is_moved) give_back(value_, e_->value());
        e_->discard();
        e_.reset();
    }

    chan_core* channel_;
    given& value_;
    F&& f_;
    std::optional<element<T>> e_;
};

/// Sends a signal on a chan<void>.
template <class F>
class send_signal_case : public alternative {
public:
    send_signal_case(chan_core* c, F&& f) : channel_(c), f_(std::forward<F>(f)) {}
    void prepare(select_case& raw) { raw = {channel_, &nothing_, true, false, {}}; }
    void finish(const select_case& raw) {
        if (raw.is_closed) throw_send_closed(channel_);
        std::invoke(f_);
    }

private:
    chan_core* channel_;
    F&& f_;
    std::byte nothing_{};
};

template <class F>
class timeout_case : public alternative {
public:
    static constexpr bool is_channel = false;
    timeout_case(std::chrono::nanoseconds d, F&& f) : d_(d), f_(std::forward<F>(f)) {}
    void add_to(select_request& r) const { r.timeout_ns = d_.count(); }
    static constexpr int answer = select_timeout;
    void finish() { std::invoke(f_); }

private:
    std::chrono::nanoseconds d_;
    F&& f_;
};

template <class F>
class otherwise_case : public alternative {
public:
    static constexpr bool is_channel = false;
    explicit otherwise_case(F&& f) : f_(std::forward<F>(f)) {}
    static void add_to(select_request& r) { r.has_otherwise = true; }
    static constexpr int answer = select_otherwise;
    void finish() { std::invoke(f_); }

private:
    F&& f_;
};

inline constexpr no_handler nothing_to_do;

template <class Case>
inline constexpr bool is_alternative = std::is_base_of_v<alternative, Case>;

template <class Case, int Answer>
constexpr bool is_answer_of() {
    if constexpr (Case::is_channel) {
        return false;
    } else {
        return Case::answer == Answer;
    }
}
template <class Case, int Answer>
inline constexpr bool is_answer = is_answer_of<Case, Answer>();

template <class... Cases>
int select_of(bool is_ordered, Cases&... cases) {
    constexpr std::size_t channels = (std::size_t{Cases::is_channel} + ... + 0);
    static_assert((std::size_t{is_answer<Cases, select_timeout>} + ... + 0) <= 1,
                  "gofer::select: one timeout at most; the shortest is the one that counts");
    static_assert((std::size_t{is_answer<Cases, select_otherwise>} + ... + 0) <= 1,
                  "gofer::select: one otherwise at most");
    select_case raw[channels == 0 ? 1 : channels];
    std::uint32_t order[channels == 0 ? 1 : 2 * channels];
    select_request request{raw, channels, order};
    request.is_ordered = is_ordered;
    std::size_t next = 0;
    [[maybe_unused]] const auto prepare = [&](auto& c) {
        if constexpr (std::remove_reference_t<decltype(c)>::is_channel) {
            c.prepare(raw[next++]);
        } else {
            c.add_to(request);
        }
    };
    (prepare(cases), ...);

    const int answer = select_wait(request);

    int position = 0;
    int chosen = 0;
    next = 0;
    [[maybe_unused]] const auto finish = [&](auto& c) {
        const int here = position++;
        if constexpr (std::remove_reference_t<decltype(c)>::is_channel) {
            const std::size_t i = next++;
            if (answer != static_cast<int>(i)) return;
            chosen = here;
            c.finish(raw[i]);
        } else if (answer == c.answer) {
            chosen = here;
            c.finish();
        }
    };
    (finish(cases), ...);
    return chosen;
}

} // namespace detail

/// A case: receive from c into v. `v` is a T, untouched when c is closed and drained, or an
/// std::optional<T>, which is then empty.
template <template <class> class Handle, class T>
auto recv_into(const Handle<T>& c, T& v) {
    return detail::recv_into_case<T, T>(c.core(), v);
}
template <template <class> class Handle, class T>
auto recv_into(const Handle<T>& c, std::optional<T>& v) {
    return detail::recv_into_case<T, std::optional<T>>(c.core(), v);
}

/// A case: a signal on c, or its close.
template <template <class> class Handle>
auto recv_signal(const Handle<void>& c) {
    return detail::recv_signal_case(c.core());
}

/// A case: receive from c, then call f with an std::optional<T>, empty when c is closed and drained
/// (chan<void>: with a bool, false when closed). f may throw and park.
template <template <class> class Handle, class T, class F>
auto on_recv(const Handle<T>& c, F&& f) {
    return detail::on_recv_case<T, F>(c.core(), std::forward<F>(f));
}

/// A case: send x to d. x is moved from only if this case goes on; it is left as it was if it is
/// trivially copyable, const, of another type than the channel's, or if moving it could throw and
/// copying it is possible. Chosen when d is closed: select throws channel_error.
template <template <class> class Handle, class T, class U>
auto send_from(const Handle<T>& d, U&& x) {
    return detail::send_case<T, U, const detail::no_handler&>(d.core(), x, detail::nothing_to_do);
}

/// The same, then call f.
template <template <class> class Handle, class T, class U, class F>
auto on_send(const Handle<T>& d, U&& x, F&& f) {
    return detail::send_case<T, U, F>(d.core(), x, std::forward<F>(f));
}

/// A case: send a signal on d.
template <template <class> class Handle>
auto send_signal(const Handle<void>& d) {
    return detail::send_signal_case<const detail::no_handler&>(d.core(), detail::nothing_to_do);
}
/// The same, then call f.
template <template <class> class Handle, class F>
auto send_signal(const Handle<void>& d, F&& f) {
    return detail::send_signal_case<F>(d.core(), std::forward<F>(f));
}

/// A case: nothing else could go on for d. Zero or less: as soon as nothing is ready. Makes no
/// channel.
template <class Rep, class Period>
auto timeout(std::chrono::duration<Rep, Period> d) {
    return detail::timeout_case<const detail::no_handler&>(detail::to_ns(d), detail::nothing_to_do);
}
template <class Rep, class Period, class F>
auto timeout(std::chrono::duration<Rep, Period> d, F&& f) {
    return detail::timeout_case<F>(detail::to_ns(d), std::forward<F>(f));
}

/// A case: nothing else can go on just now. select then never parks. Go's `default`.
inline auto otherwise() {
    return detail::otherwise_case<const detail::no_handler&>(detail::nothing_to_do);
}
template <class F>
auto otherwise(F&& f) {
    return detail::otherwise_case<F>(std::forward<F>(f));
}

/// Goes through exactly one of the cases and returns its position, 0 first. Parks until one is
/// ready; a plain thread blocks. Without cases it parks for ever. Throws what the chosen case or
/// its handler throws, and no_runtime if it would have to wait and no runtime lives. No heap
/// allocation beyond what sending an element takes.
template <class... Cases>
int select(Cases&&... cases) {
    static_assert((detail::is_alternative<Cases> && ...),
                  "gofer::select: write the cases in the call: select(recv_into(c, v), "
                  "send_from(d, x), ...)");
    return detail::select_of(false, cases...);
}

/// The same, but of several that are ready the first as written is taken.
template <class... Cases>
int select_in_order(Cases&&... cases) {
    static_assert((detail::is_alternative<Cases> && ...),
                  "gofer::select_in_order: write the cases in the call: "
                  "select_in_order(recv_into(c, v), ...)");
    return detail::select_of(true, cases...);
}

} // namespace gofer
