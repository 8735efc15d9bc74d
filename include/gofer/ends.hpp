// SPDX-License-Identifier: Apache-2.0
//
// Owning ends of a channel: the last sender closes, the last receiver ends the senders. The two
// commonest leaks, a receiver whose senders are gone and a sender whose receiver is gone, cannot
// happen.
#pragma once

#include <cstddef>
#include <utility>

#include "gofer/chan.hpp"

namespace gofer {

namespace detail {

template <bool IsSender>
class end_handle : public chan_handle {
public:
    constexpr end_handle() noexcept = default;
    explicit end_handle(chan_core* shared) noexcept : chan_handle(shared) { retain(); }
    end_handle(const end_handle& other) noexcept : chan_handle(other) { retain(); }
    end_handle(end_handle&& other) noexcept = default;
    end_handle& operator=(end_handle other) noexcept {
        std::swap(static_cast<chan_handle&>(*this), static_cast<chan_handle&>(other));
        return *this;
    }
    ~end_handle() { reset(); }

    /// Gives this end up now: what the destructor does.
    void reset() noexcept {
        if (core() == nullptr) return;
        chan_end_release(core(), IsSender);
        static_cast<chan_handle&>(*this) = chan_handle();
    }

private:
    void retain() noexcept {
        if (core() != nullptr) chan_end_retain(core(), IsSender);
    }
};

} // namespace detail

/// A sending end. Copies are further ends; when the last one goes, the channel is closed.
template <class T>
class send_end : public detail::end_handle<true> {
public:
    using detail::end_handle<true>::end_handle;

    /// Parks until taken or buffered (ok), or until the last receiving end is gone (closed; the
    /// value is destroyed).
    chan_status send(T value) const {
        chan_status status{};
        detail::send_element<T>(std::move(value), [&](void* from) {
            status = detail::chan_send_or_closed(core(), from);
            return status == chan_status::ok;
        });
        return status;
    }
    /// As chan::try_send.
    [[nodiscard]] chan_status try_send(T&& value) const {
        return detail::offer_element<T>(
            core(), value, [this](void* from) { return detail::chan_try_send(core(), from); });
    }
};

/// A receiving end. Copies are further ends; when the last one goes, what is buffered is dropped
/// and `send` answers closed.
template <class T>
class recv_end : public detail::end_handle<false>, public detail::receiving<recv_end<T>, T> {
public:
    using detail::end_handle<false>::end_handle;
};

template <class T>
struct ends {
    send_end<T> tx;
    recv_end<T> rx;
};

/// `auto [tx, rx] = make_ends<T>(n);`
template <class T>
GOFER_ALWAYS_INLINE ends<T> make_ends(std::size_t capacity = 0) {
    const chan<T> c = make_chan<T>(capacity);
    return {send_end<T>(c.core()), recv_end<T>(c.core())};
}

} // namespace gofer
