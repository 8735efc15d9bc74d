// SPDX-License-Identifier: Apache-2.0
//
// Exercise 1, part A: the answer. Two goroutines count in one context, one up and one down, and
// the main goroutine waits for both.
#include <cstdio>

#include <gofer/gofer.hpp>

int main() {
    return gofer::run({.procs = 1}, [] {
        gofer::wait_group wg;

        std::printf("Start Goroutines\n");
        wg.go([] {
            for (int n = 0; n <= 100; ++n) std::printf("[A:%d]\n", n);
        });
        wg.go([] {
            for (int n = 100; n >= 0; --n) std::printf("[B:%d]\n", n);
        });

        std::printf("Waiting To Finish\n");
        wg.wait();

        std::printf("Terminating Program\n");
    });
}
