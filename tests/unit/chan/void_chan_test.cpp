// SPDX-License-Identifier: Apache-2.0
//
// chan<void>: signals without a value.
#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::make_chan;
using gofer::recv_chan;
using gofer::send_chan;
using gofer_test::run_test;

TEST(void_chan, a_signal_meets_its_receiver) {
    run_test([] {
        const auto c = make_chan<void>();
        bool is_written = false;
        gofer::go([&, c] {
            is_written = true;
            c.send();
        });
        EXPECT_TRUE(c.recv());
        EXPECT_TRUE(is_written);
    });
}

TEST(void_chan, recv_says_false_once_it_is_closed_and_drained) {
    run_test([] {
        const auto c = make_chan<void>(2);
        c.send();
        c.close();
        EXPECT_TRUE(c.recv());
        EXPECT_FALSE(c.recv());
        EXPECT_FALSE(c.recv());
    });
}

TEST(void_chan, counts_its_signals) {
    run_test([] {
        const auto c = make_chan<void>(2);
        EXPECT_EQ(c.try_recv(), chan_status::empty);
        EXPECT_EQ(c.try_send(), chan_status::ok);
        EXPECT_EQ(c.try_send(), chan_status::ok);
        EXPECT_EQ(c.try_send(), chan_status::full);
        EXPECT_EQ(c.len(), 2u);
        EXPECT_EQ(c.try_recv(), chan_status::ok);
        EXPECT_EQ(c.len(), 1u);
        c.close();
        EXPECT_EQ(c.try_send(), chan_status::closed);
        EXPECT_EQ(c.try_recv(), chan_status::ok);
        EXPECT_EQ(c.try_recv(), chan_status::closed);
        EXPECT_THROW(c.send(), gofer::channel_error);
    });
}

TEST(void_chan, holds_millions_of_signals_in_no_memory) {
    const auto c = make_chan<void>(std::size_t{1} << 40);
    EXPECT_EQ(c.cap(), std::size_t{1} << 40);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(c.try_send(), chan_status::ok);
    EXPECT_EQ(c.len(), 1000u);
}

TEST(void_chan, has_directions_too) {
    run_test([] {
        const auto c = make_chan<void>(1);
        const send_chan<void> tx = c;
        const recv_chan<void> rx = c;
        tx.send();
        EXPECT_TRUE(rx.recv());
        tx.close();
        EXPECT_FALSE(rx.recv());
    });
}

TEST(void_chan, close_is_a_broadcast) {
    run_test([] {
        const auto go_on = make_chan<void>();
        gofer::wait_group all;
        for (int i = 0; i < 100; ++i) all.go([=] { EXPECT_FALSE(go_on.recv()); });
        go_on.close();
        all.wait();
    });
}

} // namespace
