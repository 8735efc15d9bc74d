// SPDX-License-Identifier: Apache-2.0
//
// The system's monotonic clock. Read through src/seam only.
#pragma once

#include <cstdint>
#include <ctime>

namespace gofer::rt {

/// Nanoseconds of CLOCK_MONOTONIC: about 33 ns to read.
inline std::int64_t system_clock_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

} // namespace gofer::rt
