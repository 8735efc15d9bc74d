// SPDX-License-Identifier: Apache-2.0
//
// Waiting for what another thread does within nanoseconds, unless the kernel has switched it off.
#pragma once

#include <cstdint>

#include "seam/clock.hpp"

namespace gofer::rt {

/// `for (backoff b; !condition; b.pause())`: spins for a while, then lets other threads run.
class backoff {
public:
    explicit backoff(std::uint64_t spin_us = 20) : spin_(spin_us) {}
    void pause() {
        cpu_pause();
        if (spin_.is_over()) [[unlikely]]
            yield();
    }

private:
    [[gnu::noinline, gnu::cold]] static void yield();

    seam::spin_deadline spin_;
};

} // namespace gofer::rt
