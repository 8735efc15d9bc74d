// SPDX-License-Identifier: Apache-2.0
//
// Every choice of the scheduler that chance decides is made here.
#pragma once

#include <cstdint>

namespace gofer::rt::seam {

/// A stream of choices; one a P, so that drawing shares nothing.
class choices {
public:
    explicit choices(std::uint64_t seed = 1) : state_(seed * 2 + 1) {}

    /// A number below n (n > 0): xorshift64*, scaled.
    std::uint32_t below(std::uint32_t n) {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        const auto high = static_cast<std::uint32_t>((state_ * 0x2545'F491'4F6C'DD1DULL) >> 32);
        return static_cast<std::uint32_t>((std::uint64_t{high} * n) >> 32);
    }

private:
    std::uint64_t state_;
};

} // namespace gofer::rt::seam
