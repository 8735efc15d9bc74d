// SPDX-License-Identifier: Apache-2.0
//
// Channels: typed conduits between goroutines, and between goroutines and plain threads.
//
// A handle is a cheap shared pointer to a channel; the channel lives as long as one handle does. A
// default-constructed handle is the nil channel: sends and receives on it park for ever, the try_
// forms answer full and empty, closing it throws. Waiters are served first come, first served.
// Every operation may be called from goroutines and from plain threads; where a goroutine parks, a
// plain thread blocks. Operations that must wait throw no_runtime when no runtime lives.
// Semantics follow the Go specification (Send statements, Receive operator, Close).
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include "gofer/chan_status.hpp"
#include "gofer/detail/core.hpp"
#include "gofer/detail/element.hpp"
#include "gofer/detail/handle.hpp"

namespace gofer {

template <class T>
class chan;
template <class T>
class recv_chan;

namespace detail {

/// The sending operations, for every handle that may send.
template <class Derived, class T>
class sending {
public:
    /// Parks until a receiver takes the value or there is room. Throws channel_error if the channel
    /// is closed, before or meanwhile; the value is then destroyed.
    void send(const T& value) const { send_any(value); }
    void send(T&& value) const { send_any(std::move(value)); }

    /// Sends if that can be done without waiting: ok, full or closed. The value is untouched unless
    /// the answer is ok. Never parks.
    [[nodiscard]] chan_status try_send(T&& value) const { return try_send(value); }
    [[nodiscard]] chan_status try_send(T& value) const {
        return offer_element<T>(channel(), value,
                                [this](void* from) { return chan_try_send(channel(), from); });
    }

private:
    template <class U>
    void send_any(U&& value) const {
        send_element<T>(std::forward<U>(value), [this](void* from) {
            chan_send(channel(), from);
            return true;
        });
    }
    chan_core* channel() const {
        return static_cast<const chan_handle&>(static_cast<const Derived&>(*this)).core();
    }
};

template <class Derived>
class sending<Derived, void> {
public:
    void send() const {
        char nothing;
        chan_send(channel(), &nothing);
    }
    [[nodiscard]] chan_status try_send() const {
        char nothing;
        return chan_try_send(channel(), &nothing);
    }

private:
    chan_core* channel() const {
        return static_cast<const chan_handle&>(static_cast<const Derived&>(*this)).core();
    }
};

/// Receives one value ahead of each comparison with the end, so that a loop, or a view such as
/// `std::views::take(3)`, takes exactly the values that it looks at.
template <class T>
class receive_iterator {
public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    receive_iterator() = default;
    explicit receive_iterator(recv_chan<T> from) : from_(std::move(from)) {}

    T& operator*() const {
        fetch();
        return *value_;
    }
    T* operator->() const { return &**this; }
    receive_iterator& operator++() {
        fetch();
        value_.reset();
        return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const receive_iterator& it, std::default_sentinel_t) {
        return !it.fetch();
    }

private:
    /// Parks if no value is held yet. False: closed and drained.
    bool fetch() const {
        if (!value_) value_ = from_.recv();
        return value_.has_value();
    }

    recv_chan<T> from_;
    mutable std::optional<T> value_;
};

/// The receiving operations, for every handle that may receive.
template <class Derived, class T>
class receiving {
public:
    /// Parks until a value comes; nullopt: closed and drained.
    [[nodiscard]] std::optional<T> recv() const {
        return element<T>::receive([this](void* to) { return chan_recv(channel(), to); });
    }

    /// Receives if that can be done without waiting: ok, empty or closed (and drained). `value` is
    /// assigned only if the answer is ok. Never parks.
    [[nodiscard]] chan_status try_recv(T& value) const {
        chan_status status{};
        auto received = element<T>::receive([&](void* to) {
            status = chan_try_recv(channel(), to);
            return status == chan_status::ok;
        });
        if (received) value = std::move(*received);
        return status;
    }

    /// `for (auto& v : c)` receives until the channel is closed and drained. Advancing parks.
    receive_iterator<T> begin() const { return receive_iterator<T>(recv_chan<T>(channel())); }
    static std::default_sentinel_t end() { return {}; }

private:
    chan_core* channel() const {
        return static_cast<const chan_handle&>(static_cast<const Derived&>(*this)).core();
    }
};

template <class Derived>
class receiving<Derived, void> {
public:
    /// Parks until a signal comes (true) or the channel is closed and drained (false).
    bool recv() const {
        char nothing;
        return chan_recv(channel(), &nothing);
    }
    [[nodiscard]] chan_status try_recv() const {
        char nothing;
        return chan_try_recv(channel(), &nothing);
    }

private:
    chan_core* channel() const {
        return static_cast<const chan_handle&>(static_cast<const Derived&>(*this)).core();
    }
};

inline constexpr element_type no_element{0, 1, nullptr};

template <class T>
constexpr const element_type& element_type_of() {
    if constexpr (std::is_void_v<T>) {
        return no_element;
    } else {
        return element<T>::type;
    }
}

/// What can be asked of a type that is not complete yet: `struct request { chan<request> reply;
/// };`.
template <class T>
inline constexpr bool is_element =
    std::is_void_v<T> || (std::is_object_v<T> && !std::is_const_v<T> && !std::is_array_v<T>);

} // namespace detail

/// The receiving side of a channel: Go's `<-chan T`.
template <class T>
class recv_chan : public detail::chan_handle, public detail::receiving<recv_chan<T>, T> {
public:
    using detail::chan_handle::chan_handle;
};

/// The sending side of a channel: Go's `chan<- T`. The sending side closes.
template <class T>
class send_chan : public detail::chan_handle, public detail::sending<send_chan<T>, T> {
public:
    using detail::chan_handle::chan_handle;

    /// No more values will be sent: receivers drain what is buffered, then get the end; senders
    /// that wait, and later ones, throw. Throws channel_error for a nil or closed channel.
    void close() const { detail::chan_close(core()); }
};

/// Both sides: Go's `chan T`. Converts to either side.
template <class T>
class chan : public detail::chan_handle,
             public detail::sending<chan<T>, T>,
             public detail::receiving<chan<T>, T> {
    static_assert(detail::is_element<T>,
                  "gofer::chan<T>: T must be void or an object type that is neither const "
                  "nor a reference nor an array");

public:
    using detail::chan_handle::chan_handle;

    /// As send_chan::close.
    void close() const { detail::chan_close(core()); }

    operator send_chan<T>() const& { return send_chan<T>(core()); }
    operator recv_chan<T>() const& { return recv_chan<T>(core()); }
};

/// Makes a channel with room for `capacity` values; 0: every send meets its receive. Throws
/// usage_error for a capacity that no memory could hold, std::bad_alloc when there is none now.
template <class T>
GOFER_ALWAYS_INLINE chan<T> make_chan(std::size_t capacity = 0) {
    static_assert(std::is_void_v<T> || std::is_move_constructible_v<T>,
                  "gofer::make_chan<T>: the elements of a channel must be movable");
    return chan<T>(detail::chan_make(detail::element_type_of<T>(), capacity), detail::adopted{});
}

} // namespace gofer
