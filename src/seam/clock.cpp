// SPDX-License-Identifier: Apache-2.0
//
// See clock.hpp.
#include "seam/clock.hpp"

namespace gofer::rt::seam {

// A guess that is right within a factor of three on current machines, for spins before clock_init.
std::uint64_t ticks_per_us = 2500;

void clock_init() {
    // 200 us of wall time give the rate within 0.1 %: enough to bound spins.
    constexpr std::int64_t interval_ns = 200'000;
    const std::int64_t from_ns = system_clock_ns();
    const std::uint64_t from_ticks = cpu_ticks();
    std::int64_t to_ns = from_ns;
    while (to_ns - from_ns < interval_ns) to_ns = system_clock_ns();
    const std::uint64_t ticks = cpu_ticks() - from_ticks;
    const auto measured = ticks * 1000 / static_cast<std::uint64_t>(to_ns - from_ns);
    if (measured != 0) ticks_per_us = measured;
}

} // namespace gofer::rt::seam
