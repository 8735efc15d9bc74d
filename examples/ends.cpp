// SPDX-License-Identifier: Apache-2.0
//
// A channel that closes by itself. make_ends gives two owning ends: when the last sending end is
// gone, the channel is closed and the receiver's loop ends; when the last receiving end is gone,
// send says so instead of waiting for ever. Nobody calls close, nobody is left behind.
#include <cstdio>
#include <utility>

#include <gofer/gofer.hpp>

namespace {

/// Three producers, each with a sending end of its own; the loop ends with the last of them.
void receive_until_all_senders_are_gone() {
    auto [tx, rx] = gofer::make_ends<int>();
    for (int producer = 1; producer <= 3; ++producer) {
        gofer::go([tx = tx, producer] {
            for (int i = 0; i < 10; ++i) tx.send(producer);
        });
    }
    tx.reset(); // the end that this function holds is a sender too

    int count = 0;
    int sum = 0;
    for (const int value : rx) {
        ++count;
        sum += value;
    }
    std::printf("received %d values, their sum is %d\n", count, sum);
}

/// A producer without an end in sight; it stops because nobody listens any more.
void send_until_the_receiver_is_gone() {
    gofer::wait_group wg;
    auto [tx, rx] = gofer::make_ends<int>();
    wg.go([tx = std::move(tx)] {
        int sent = 0;
        while (tx.send(sent) == gofer::chan_status::ok) ++sent;
        std::printf("the receiver left after %d values\n", sent);
    });
    for (int i = 0; i < 7; ++i) (void)rx.recv();
    rx.reset();
    wg.wait();
}

} // namespace

int main() {
    return gofer::run([] {
        receive_until_all_senders_are_gone();
        send_until_the_receiver_is_gone();
    });
}
