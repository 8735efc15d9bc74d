// SPDX-License-Identifier: Apache-2.0
//
// Stands before src/seam/backoff.hpp in model tests: these waits end by what another thread does,
// never by time, and to look at the clock would only multiply the schedules.
#pragma once

#include <cstdint>

#include "arch/context.hpp"

namespace gofer::rt {

class backoff {
public:
    explicit backoff(std::uint64_t = 0) {}
    void pause() { cpu_pause(); }
};

} // namespace gofer::rt
