// SPDX-License-Identifier: Apache-2.0
//
// Exercise 1, part B: the answer. The counting of part A in parallel: two contexts, and some work
// for every number, so that there is something to do side by side.
#include <chrono>
#include <cstdio>

#include <gofer/gofer.hpp>

namespace {

/// Keeps the CPU busy for 200 microseconds.
void work() {
    using clock = std::chrono::steady_clock;
    const auto end = clock::now() + std::chrono::microseconds(200);
    while (clock::now() < end) continue;
}

} // namespace

int main() {
    return gofer::run({.procs = 2}, [] {
        gofer::wait_group wg;

        std::printf("Start Goroutines\n");
        wg.go([] {
            for (int n = 0; n <= 100; ++n) {
                std::printf("[A:%d]\n", n);
                work();
            }
        });
        wg.go([] {
            for (int n = 100; n >= 0; --n) {
                std::printf("[B:%d]\n", n);
                work();
            }
        });

        std::printf("Waiting To Finish\n");
        wg.wait();

        std::printf("Terminating Program\n");
    });
}
