// SPDX-License-Identifier: Apache-2.0
//
// See byte_lock.hpp.
#include "seam/byte_lock.hpp"

#include <sched.h>

namespace gofer::rt {

void byte_lock::lock_slow() {
    constexpr std::uint64_t pause_us_max = 4;
    constexpr int rounds_before_yield = 8; // about 25 us: a holder that runs is done long before
    std::uint64_t pause_us = 1;
    for (int round = 0;; ++round) {
        const seam::spin_deadline pause(pause_us);
        while (!pause.is_over()) cpu_pause();
        if (try_lock()) return;
        if (pause_us < pause_us_max) pause_us *= 2;
        if (round >= rounds_before_yield) ::sched_yield();
    }
}

} // namespace gofer::rt
