// SPDX-License-Identifier: Apache-2.0
//
// Waiters are served first come, first served, and a value handed to a waiter is not overtaken.
#include <atomic>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer_test::run_test;
using gofer_test::wait_until_quiet;

constexpr int waiters = 20;

TEST(waiters, receivers_are_served_in_the_order_in_which_they_began_to_wait) {
    run_test([] {
        for (const std::size_t capacity : {0u, 3u}) {
            const auto c = make_chan<int>(capacity);
            std::vector<int> received(waiters, -1);
            gofer::wait_group all;
            for (int& mine : received) {
                all.go([&, c] { mine = c.recv().value(); });
                ASSERT_TRUE(wait_until_quiet());
            }
            for (int i = 0; i < waiters; ++i) c.send(i);
            all.wait();
            for (int i = 0; i < waiters; ++i) EXPECT_EQ(received[static_cast<std::size_t>(i)], i);
        }
    });
}

TEST(waiters, senders_are_served_in_the_order_in_which_they_began_to_wait) {
    run_test([] {
        for (const std::size_t capacity : {0u, 1u, 3u}) {
            const auto c = make_chan<int>(capacity);
            const int all = waiters + static_cast<int>(capacity);
            for (int i = 0; i < all; ++i) {
                gofer::go([=] { c.send(i); });
                ASSERT_TRUE(wait_until_quiet());
            }
            for (int i = 0; i < all; ++i) EXPECT_EQ(c.recv(), i);
        }
    });
}

TEST(waiters, one_receive_lets_exactly_one_sender_go_on) {
    run_test([] {
        const auto c = make_chan<int>(1);
        c.send(0);
        std::atomic<int> sent = 0;
        gofer::wait_group senders;
        for (int i = 0; i < 5; ++i) {
            senders.go([&, c] {
                c.send(1);
                ++sent;
            });
        }
        for (int i = 0; i < 5; ++i) {
            ASSERT_TRUE(wait_until_quiet());
            EXPECT_EQ(sent, i);
            EXPECT_TRUE(c.recv().has_value());
        }
        senders.wait();
        EXPECT_EQ(sent, 5);
        EXPECT_EQ(c.len(), 1u);
    });
}

TEST(waiters, a_value_handed_to_a_waiter_cannot_be_taken_by_a_later_receive) {
    run_test([] {
        for (int round = 0; round < gofer_test::repetitions(500); ++round) {
            const auto c = make_chan<int>();
            const auto result = make_chan<int>(1);
            gofer::go([=] { result.send(c.recv().value()); });
            ASSERT_TRUE(wait_until_quiet());
            c.send(7);
            int stolen = 0;
            ASSERT_EQ(c.try_recv(stolen), chan_status::empty);
            ASSERT_EQ(result.recv(), 7);
        }
    });
}

TEST(waiters, len_does_not_count_those_that_wait) {
    run_test([] {
        const auto c = make_chan<int>(1);
        for (int i = 0; i < 4; ++i) gofer::go([=] { c.send(i); });
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(c.len(), 1u);
        for (int i = 0; i < 4; ++i) EXPECT_TRUE(c.recv().has_value());
    });
}

} // namespace
