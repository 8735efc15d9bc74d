// SPDX-License-Identifier: Apache-2.0
//
// Go's rules for closed channels: what is buffered is still received, then every receive ends at
// once, every send fails, and closing twice or closing nil fails.
// Mirrors go/test/closedchan.go, as far as select is not needed.
#include <optional>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::channel_error;
using gofer::make_chan;
using gofer_test::run_test;

/// What every closed and drained channel must do, each time it is asked.
void expect_closed_and_drained(const chan<int>& c) {
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(c.recv(), std::nullopt);
        int untouched = 7;
        EXPECT_EQ(c.try_recv(untouched), chan_status::closed);
        EXPECT_EQ(untouched, 7);
    }
    EXPECT_EQ(c.try_send(1), chan_status::closed);
    EXPECT_EQ(c.recv(), std::nullopt) << "the refused value must not be in the channel";
    EXPECT_THROW(c.send(2), channel_error);
    EXPECT_EQ(c.recv(), std::nullopt) << "the refused value must not be in the channel";
}

/// A closed channel whose buffer still holds a 1.
chan<int> closed_with_one() {
    const auto c = make_chan<int>(2);
    c.send(1);
    c.close();
    return c;
}

TEST(closed_chan, an_unbuffered_one_ends_every_receive_and_refuses_every_send) {
    run_test([] {
        const auto c = make_chan<int>();
        c.close();
        expect_closed_and_drained(c);
    });
}

TEST(closed_chan, recv_drains_the_buffer_first) {
    run_test([] {
        const auto c = closed_with_one();
        EXPECT_EQ(c.recv(), 1);
        expect_closed_and_drained(c);
    });
}

TEST(closed_chan, try_recv_drains_the_buffer_first) {
    run_test([] {
        const auto c = closed_with_one();
        int value = 0;
        EXPECT_EQ(c.try_recv(value), chan_status::ok);
        EXPECT_EQ(value, 1);
        expect_closed_and_drained(c);
    });
}

TEST(closed_chan, a_range_loop_drains_the_buffer_first) {
    run_test([] {
        const auto c = closed_with_one();
        int seen = 0;
        for (const int value : c) {
            EXPECT_EQ(value, 1);
            ++seen;
        }
        EXPECT_EQ(seen, 1);
        expect_closed_and_drained(c);
    });
}

TEST(closed_chan, sending_is_refused_even_while_there_is_room) {
    run_test([] {
        const auto c = closed_with_one();
        EXPECT_EQ(c.try_send(2), chan_status::closed);
        EXPECT_THROW(c.send(3), channel_error);
        EXPECT_EQ(c.len(), 1u);
        EXPECT_EQ(c.recv(), 1);
        expect_closed_and_drained(c);
    });
}

TEST(closed_chan, closing_nil_fails) {
    run_test([] { EXPECT_THROW(chan<int>().close(), channel_error); });
}

TEST(closed_chan, closing_twice_fails) {
    run_test([] {
        const auto c = make_chan<int>();
        c.close();
        EXPECT_THROW(c.close(), channel_error);
    });
}

} // namespace
