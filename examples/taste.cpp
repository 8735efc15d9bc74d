// SPDX-License-Identifier: Apache-2.0
// Three workers square numbers that one goroutine sends; the main goroutine adds them up.
#include <cstdio>

#include <gofer/gofer.hpp>

// Ends when `in` is closed and drained.
void square(gofer::recv_chan<int> in, gofer::send_chan<int> out) {
    for (int& n : in) out.send(n * n);
}

int main() {
    return gofer::run([] {
        auto numbers = gofer::make_chan<int>();   // every send meets its receive
        auto squares = gofer::make_chan<int>(16); // room for 16

        gofer::wait_group workers;
        for (int i = 0; i < 3; ++i) workers.go(square, numbers, squares);

        gofer::go([numbers, squares, &workers] {
            for (int n = 1; n <= 100; ++n) numbers.send(n);
            numbers.close();
            workers.wait();
            squares.close();
        });

        int sum = 0;
        for (int& s : squares) sum += s;
        std::printf("the squares of 1 to 100 make %d\n", sum);
    });
}
