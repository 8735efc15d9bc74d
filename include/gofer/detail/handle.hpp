// SPDX-License-Identifier: Apache-2.0
//
// The shared ownership of a channel, common to all handles.
#pragma once

#include <cstddef>
#include <utility>

#include "gofer/detail/core.hpp"

namespace gofer::detail {

/// Marks a constructor that takes over a reference instead of adding one.
struct adopted {};

class chan_handle {
public:
    constexpr chan_handle() noexcept = default;
    explicit chan_handle(chan_core* shared) noexcept : core_(shared) {
        if (core_ != nullptr) chan_retain(core_);
    }
    chan_handle(chan_core* owned, adopted) noexcept : core_(owned) {}
    chan_handle(const chan_handle& other) noexcept : chan_handle(other.core_) {}
    chan_handle(chan_handle&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
    chan_handle& operator=(chan_handle other) noexcept {
        std::swap(core_, other.core_);
        return *this;
    }
    ~chan_handle() {
        if (core_ != nullptr) chan_release(core_);
    }

    /// How many values are buffered just now. 0 for the nil channel.
    [[nodiscard]] std::size_t len() const noexcept { return chan_len(core_); }
    /// How many values the buffer holds. 0 for the nil channel.
    [[nodiscard]] std::size_t cap() const noexcept { return chan_cap(core_); }
    /// False for the nil channel.
    explicit operator bool() const noexcept { return core_ != nullptr; }
    /// Two handles are equal when they are of one channel.
    friend bool operator==(const chan_handle& a, const chan_handle& b) noexcept {
        return a.core_ == b.core_;
    }

    [[nodiscard]] chan_core* core() const noexcept { return core_; }

private:
    chan_core* core_ = nullptr;
};

} // namespace gofer::detail
