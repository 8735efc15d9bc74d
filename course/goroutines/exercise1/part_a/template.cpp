// SPDX-License-Identifier: Apache-2.0
//
// Exercise 1, part A: the template. It compiles and runs as it is, but nobody counts yet: fill in
// what the comments ask for.
#include <cstdio>

#include <gofer/gofer.hpp>

int main() {
    // Say here that the program has one context.
    return gofer::run([] {
        // Declare a wait group here.

        std::printf("Start Goroutines\n");

        // Start the first goroutine here: a lambda that counts from 0 to 100 and prints every
        // number with the label A, one to a line: [A:0], [A:1] and so on.

        // Start the second goroutine here: a lambda that counts from 100 to 0 and prints every
        // number with the label B.

        std::printf("Waiting To Finish\n");

        // Wait here until both goroutines have ended.

        std::printf("Terminating Program\n");
    });
}
