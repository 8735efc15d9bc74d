// SPDX-License-Identifier: Apache-2.0
//
// Exercise 1, part B: the template. It compiles and runs as it is, but nobody counts yet: fill in
// what the comments ask for.
#include <chrono>
#include <cstdio>

#include <gofer/gofer.hpp>

namespace {

/// Keeps the CPU busy for 200 microseconds.
[[maybe_unused]] void work() {
    using clock = std::chrono::steady_clock;
    const auto end = clock::now() + std::chrono::microseconds(200);
    while (clock::now() < end) continue;
}

} // namespace

int main() {
    // Say here that the program has two contexts.
    return gofer::run([] {
        // Declare a wait group here.

        std::printf("Start Goroutines\n");

        // Start the first goroutine here: it counts from 0 to 100, prints every number with the
        // label A, one to a line, and calls work() after each.

        // Start the second goroutine here: it counts from 100 to 0, prints every number with the
        // label B, and calls work() after each.

        std::printf("Waiting To Finish\n");

        // Wait here until both goroutines have ended.

        std::printf("Terminating Program\n");
    });
}
