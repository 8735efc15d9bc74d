// SPDX-License-Identifier: Apache-2.0
//
// A channel joins goroutines and ordinary threads: the same send and receive on both sides. Where
// a goroutine has to wait, it parks and its thread does something else; where a std::thread has to
// wait, the thread itself blocks.
#include <cstdio>
#include <thread>

#include <gofer/gofer.hpp>

int main() {
    return gofer::run([] {
        const auto questions = gofer::make_chan<int>();
        const auto answers = gofer::make_chan<int>();

        // Not a goroutine: it could be the thread of a GUI, of a driver or of another library.
        std::thread asker([questions, answers] {
            for (int n = 1; n <= 5; ++n) {
                questions.send(n);
                const int answer = answers.recv().value();
                std::printf("thread: the square of %d is %d\n", n, answer);
            }
            questions.close();
        });

        // The goroutine's side. The loop ends when the thread closes the channel.
        int answered = 0;
        for (const int n : questions) {
            answers.send(n * n);
            ++answered;
        }
        asker.join();
        std::printf("goroutine: %d questions answered\n", answered);
    });
}
