// SPDX-License-Identifier: Apache-2.0
//
// Go's rule: a channel is a first-in-first-out queue, with a buffer and without one.
// Mirrors go/test/chan/fifo.go.
#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::make_chan;
using gofer::recv_chan;
using gofer::send_chan;
using gofer_test::run_test;

constexpr int values = 10;

TEST(fifo, a_buffered_channel_gives_values_back_in_the_order_sent) {
    run_test([] {
        const chan<int> c = make_chan<int>(values);
        for (int i = 0; i < values; ++i) c.send(i);
        for (int i = 0; i < values; ++i) EXPECT_EQ(c.recv(), i);
    });
}

/// Waits for its turn, takes one value, gives the turn to the next.
void receive_in_turn(recv_chan<int> from, int expected, recv_chan<void> my_turn,
                     send_chan<void> next_turn) {
    EXPECT_TRUE(my_turn.recv());
    EXPECT_EQ(from.recv(), expected);
    next_turn.send();
}

TEST(fifo, receivers_that_take_turns_get_the_values_in_the_order_sent) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto start = make_chan<void>();
        chan<void> turn = start;
        for (int i = 0; i < values; ++i) {
            const auto next = make_chan<void>();
            gofer::go(receive_in_turn, c, i, turn, next);
            turn = next;
        }
        start.send();
        for (int i = 0; i < values; ++i) c.send(i);
        EXPECT_TRUE(turn.recv());
    });
}

} // namespace
