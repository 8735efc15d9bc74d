// SPDX-License-Identifier: Apache-2.0
//
// A user's program: two goroutines, a channel, a sum that is checked.
#include <cstdio>

#include <gofer/gofer.hpp>

int main() {
    return gofer::run([]() -> int {
        auto numbers = gofer::make_chan<int>(4);
        for (int half = 0; half < 2; ++half) {
            gofer::go([numbers, half] {
                for (int i = 1; i <= 50; ++i) numbers.send(half * 50 + i);
            });
        }
        int sum = 0;
        for (int i = 0; i < 100; ++i) sum += numbers.recv().value_or(0);
        std::printf("the sum is %d\n", sum);
        return sum == 5050 ? 0 : 1;
    });
}
