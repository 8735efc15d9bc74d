// SPDX-License-Identifier: Apache-2.0
//
// A goroutine with a result: async starts it, get waits for what it returned. An exception that
// leaves such a goroutine is kept, and get throws it where somebody can handle it.
#include <cstdio>
#include <stdexcept>
#include <vector>

#include <gofer/gofer.hpp>

namespace {

/// How many steps n takes to reach 1: halve it if it is even, else triple it and add one.
int collatz_steps(long n) {
    if (n < 1) throw std::invalid_argument("only numbers from 1 have steps");
    int steps = 0;
    for (; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    return steps;
}

} // namespace

int main() {
    return gofer::run([] {
        const std::vector<long> numbers{6, 27, 97, -1, 871};

        // All of them are started before the first result is asked for.
        std::vector<gofer::task<int>> tasks;
        tasks.reserve(numbers.size());
        for (const long n : numbers) tasks.push_back(gofer::async(collatz_steps, n));

        for (std::size_t i = 0; i < numbers.size(); ++i) {
            try {
                std::printf("%ld: %d steps\n", numbers[i], tasks[i].get());
            } catch (const std::invalid_argument& error) {
                std::printf("%ld: %s\n", numbers[i], error.what());
            }
        }
    });
}
