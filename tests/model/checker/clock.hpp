// SPDX-License-Identifier: Apache-2.0
//
// Vector clocks: which steps of which threads happen before a given point.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace model {

/// 0 is the test's own context (set-up and finally); the threads of a run are 1, 2, ...
using thread_id = std::uint32_t;
inline constexpr thread_id main_thread = 0;
/// Bodies of more threads than this cannot be searched in useful time anyway.
inline constexpr std::uint32_t thread_count_max = 8;

struct clock {
    std::array<std::uint32_t, thread_count_max> steps{};

    void join(const clock& other) {
        for (std::uint32_t i = 0; i < thread_count_max; ++i) {
            steps[i] = std::max(steps[i], other.steps[i]);
        }
    }
    /// Whether step `step` of thread `id` happens before the owner of this clock goes on.
    [[nodiscard]] bool has_seen(thread_id id, std::uint32_t step) const {
        return step <= steps[id];
    }
};

} // namespace model
