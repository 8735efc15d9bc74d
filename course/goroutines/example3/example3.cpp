// SPDX-License-Identifier: Apache-2.0
//
// Example 1 with two contexts: two goroutines can run in the same moment, and the lower-case and
// the upper-case letters mix. Shows that the number of contexts, and nothing else in the program,
// turns concurrency into parallelism.
#include <chrono>
#include <cstdio>

#include <gofer/gofer.hpp>

namespace {

/// Keeps the CPU busy for 200 microseconds, as a real program would between two outputs. It does
/// not sleep and does not wait: a goroutine in here goes on running.
void work() {
    using clock = std::chrono::steady_clock;
    const auto end = clock::now() + std::chrono::microseconds(200);
    while (clock::now() < end) continue;
}

/// Prints the letters from first to last, three times over.
void print_alphabet(char first, char last) {
    for (int round = 0; round < 3; ++round) {
        for (char letter = first; letter <= last; ++letter) {
            std::printf("%c ", letter);
            work();
        }
    }
}

} // namespace

int main() {
    // Two contexts: at any moment at most two goroutines run.
    return gofer::run({.procs = 2}, [] {
        gofer::wait_group wg;
        wg.go(print_alphabet, 'a', 'z');
        wg.go(print_alphabet, 'A', 'Z');

        // The main goroutine parks here until both have ended.
        wg.wait();
        std::printf("\n");
    });
}
