// SPDX-License-Identifier: Apache-2.0
//
// How a value of type T travels through a channel, which moves nothing but bytes.
//
// Trivially copyable and relocatable types travel as their own bytes. Every other type travels as
// a pointer to a box: filled before the channel is touched and emptied after it, so that a move
// that throws does so in the caller it belongs to, and no user code runs under a channel's lock.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "gofer/chan_status.hpp"
#include "gofer/detail/core.hpp"
#include "gofer/relocatable.hpp"

namespace gofer::detail {

template <class T>
inline constexpr bool is_boxed = !is_relocatable<T>;

/// Uninitialised room for one T, filled and emptied by hand.
template <class T>
struct slot {
    alignas(T) std::byte bytes[sizeof(T)];

    T* get() { return std::launder(reinterpret_cast<T*>(bytes)); }
};

/// Takes the T out of `from` and ends its life there, also when the move throws.
template <class T>
std::optional<T> take(T* from) {
    struct ender {
        T* value;
        ~ender() { std::destroy_at(value); }
    } owned{from};
    return std::optional<T>(std::move(*from));
}

/// Gives a value back to the object it was moved from.
template <class T>
void give_back(T& owner, T& moved) noexcept(std::is_nothrow_move_constructible_v<T>) {
    if constexpr (std::is_nothrow_move_constructible_v<T>) {
        std::destroy_at(&owner);
        std::construct_at(&owner, std::move(moved));
    } else {
        owner = std::move(moved);
    }
}

// ---- travelling as bytes ---------------------------------------------------------------------

template <class T, bool Boxed = is_boxed<T>>
struct element {
    static_assert(std::is_nothrow_move_constructible_v<T>,
                  "a relocatable type moves without throwing");

    static void destroy(void* p) { std::destroy_at(static_cast<T*>(p)); }
    static constexpr element_type type{sizeof(T), alignof(T),
                                       std::is_trivially_destructible_v<T> ? nullptr : &destroy};

    slot<T> room;

    template <class U>
    explicit element(U&& value) {
        ::new (room.bytes) T(std::forward<U>(value));
    }
    void* bytes() { return room.bytes; }
    T& value() { return *room.get(); }
    void discard() { std::destroy_at(room.get()); }

    /// Receives by `read(bytes)`, which says whether anything came.
    template <class Read>
    static std::optional<T> receive(Read&& read) {
        slot<T> room;
        if (!read(room.bytes)) return std::nullopt;
        return take(room.get());
    }
};

// ---- travelling in a box ---------------------------------------------------------------------

template <class T>
struct element<T, true> {
    static_assert(alignof(T) <= alignof(std::max_align_t),
                  "over-aligned elements: send a pointer instead");

    static void destroy(void* p) { free_box(*static_cast<T**>(p)); }
    static constexpr element_type type{sizeof(T*), alignof(T*), &destroy};

    T* box;

    template <class U>
    explicit element(U&& value) {
        void* room = block_alloc(sizeof(T));
        try {
            box = ::new (room) T(std::forward<U>(value));
        } catch (...) {
            block_free(room, sizeof(T));
            throw;
        }
    }
    void* bytes() { return &box; }
    T& value() { return *box; }
    void discard() { free_box(box); }

    template <class Read>
    static std::optional<T> receive(Read&& read) {
        struct emptied {
            T* box = nullptr;
            ~emptied() {
                if (box != nullptr) block_free(box, sizeof(T));
            }
        } in;
        if (!read(&in.box)) return std::nullopt;
        return take(in.box);
    }

    static void free_box(T* b) {
        std::destroy_at(b);
        block_free(b, sizeof(T));
    }
};

// ---- the operations --------------------------------------------------------------------------

/// Sends by `deliver(bytes)`, which says whether the bytes were taken, or throws; what was not
/// taken is destroyed.
template <class T, class U, class Deliver>
void send_element(U&& value, Deliver&& deliver) {
    if constexpr (std::is_trivially_copyable_v<T>) {
        deliver(const_cast<T*>(std::addressof(value)));
    } else {
        element<T> e(std::forward<U>(value));
        struct guard {
            element<T>* unsent;
            ~guard() {
                if (unsent != nullptr) unsent->discard();
            }
        } guarded{&e};
        if (deliver(e.bytes())) guarded.unsent = nullptr;
    }
}

/// Sends that may refuse: `value` keeps its state unless `offer(bytes)` says ok.
template <class T, class Offer>
chan_status offer_element(chan_core* c, T& value, Offer&& offer) {
    if constexpr (std::is_trivially_copyable_v<T>) {
        return offer(std::addressof(value));
    } else {
        if (const chan_status now = chan_can_send(c); now != chan_status::ok) return now;
        element<T> e(std::move_if_noexcept(value));
        struct guard {
            element<T>* unsent;
            ~guard() {
                if (unsent != nullptr) unsent->discard();
            }
        } guarded{&e};
        const chan_status status = offer(e.bytes());
        if (status == chan_status::ok) {
            guarded.unsent = nullptr;
        } else if constexpr (std::is_nothrow_move_constructible_v<T> ||
                             !std::is_copy_constructible_v<T>) {
            give_back(value, e.value());
        }
        return status;
    }
}

} // namespace gofer::detail
