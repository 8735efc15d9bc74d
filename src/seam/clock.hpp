// SPDX-License-Identifier: Apache-2.0
//
// Time as the runtime sees it. Every reading of a clock goes through here, so that a deterministic
// mode is a second implementation of this file and not a second scheduler.
#pragma once

#include <cstdint>

#include "arch/context.hpp"
#include "platform/clock.hpp"

namespace gofer::rt::seam {

/// Nanoseconds since some fixed moment, never going back.
inline std::int64_t now_ns() {
    return system_clock_ns();
}

/// Ticks of the cycle counter in a microsecond; measured once by clock_init.
extern std::uint64_t ticks_per_us;
void clock_init();

/// A bound for spinning: `deadline d(20); while (...) { if (d.is_over()) ...; cpu_pause(); }`.
class spin_deadline {
public:
    explicit spin_deadline(std::uint64_t us) : end_(cpu_ticks() + us * ticks_per_us) {}
    [[nodiscard]] bool is_over() const {
        return static_cast<std::int64_t>(cpu_ticks() - end_) >= 0;
    }

private:
    std::uint64_t end_;
};

} // namespace gofer::rt::seam
