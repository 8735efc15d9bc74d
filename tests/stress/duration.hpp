// SPDX-License-Identifier: Apache-2.0
//
// How long a stress test goes on: a second or two in the suite, GOFER_STRESS seconds by night.
#pragma once

#include <chrono>
#include <cstdlib>

namespace gofer_test {

class stress_time {
public:
    stress_time() : end_(std::chrono::steady_clock::now() + duration()) {}

    [[nodiscard]] bool is_over() const { return std::chrono::steady_clock::now() >= end_; }

private:
    static std::chrono::milliseconds duration() {
        const char* seconds = std::getenv("GOFER_STRESS");
        const double n = seconds == nullptr ? 1.5 : std::atof(seconds);
        return std::chrono::milliseconds(static_cast<long>(n * 1000));
    }

    std::chrono::steady_clock::time_point end_;
};

} // namespace gofer_test
