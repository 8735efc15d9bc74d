// SPDX-License-Identifier: Apache-2.0
//
// Owning ends: the last sender closes, the last receiver ends the senders.
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::chan_status;
using gofer::make_ends;
using gofer::recv_end;
using gofer::send_end;
using gofer_test::balance;
using gofer_test::run_test;
using gofer_test::tracked;
using gofer_test::wait_until_quiet;

class ends : public ::testing::Test {
private:
    balance<tracked> nothing_leaks_;
};

TEST_F(ends, the_last_sender_closes) {
    run_test([] {
        auto [tx, rx] = make_ends<int>(4);
        EXPECT_EQ(tx.send(1), chan_status::ok);
        auto second = tx;
        tx.reset();
        EXPECT_EQ(second.send(2), chan_status::ok);
        second.reset();
        EXPECT_EQ(rx.recv(), 1);
        EXPECT_EQ(rx.recv(), 2);
        EXPECT_EQ(rx.recv(), std::nullopt);
    });
}

TEST_F(ends, a_receiver_that_waits_is_ended_by_the_last_sender) {
    run_test([] {
        auto [tx, rx] = make_ends<int>();
        gofer::wait_group receiver;
        receiver.go([rx = std::move(rx)] { EXPECT_EQ(rx.recv(), std::nullopt); });
        ASSERT_TRUE(wait_until_quiet());
        tx.reset();
        receiver.wait();
    });
}

TEST_F(ends, the_last_receiver_ends_senders_that_wait_and_destroys_their_values) {
    run_test([] {
        auto [tx, rx] = make_ends<tracked>();
        gofer::wait_group senders;
        for (int i = 0; i < 5; ++i) {
            senders.go([tx = tx] { EXPECT_EQ(tx.send(tracked(1)), chan_status::closed); });
        }
        tx.reset();
        ASSERT_TRUE(wait_until_quiet());
        auto second = rx;
        rx.reset();
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(gofer::num_goroutine(), 6u) << "one receiver is left, so all five still wait";
        second.reset();
        senders.wait();
    });
}

TEST_F(ends, the_last_receiver_drops_what_is_buffered) {
    auto [tx, rx] = make_ends<tracked>(3);
    const int before = tracked::all.live();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(tx.try_send(tracked(i)), chan_status::ok);
    EXPECT_EQ(tracked::all.live(), before + 3);
    rx.reset();
    EXPECT_EQ(tracked::all.live(), before) << "though a sending end still holds the channel";
    EXPECT_EQ(tx.try_send(tracked(4)), chan_status::closed);
}

TEST_F(ends, a_send_after_the_last_receiver_answers_closed_and_does_not_throw) {
    run_test([] {
        auto [tx, rx] = make_ends<tracked>(1);
        rx.reset();
        EXPECT_EQ(tx.send(tracked(1)), chan_status::closed);
        tracked value(2);
        EXPECT_EQ(tx.try_send(std::move(value)), chan_status::closed);
        EXPECT_EQ(value.value, 2); // NOLINT: a refused value is untouched
    });
}

TEST_F(ends, both_sides_may_go_in_either_order_with_values_on_the_way) {
    for (const bool is_sender_first : {true, false}) {
        auto [tx, rx] = make_ends<tracked>(2);
        EXPECT_EQ(tx.try_send(tracked(1)), chan_status::ok);
        if (is_sender_first) {
            tx.reset();
            rx.reset();
        } else {
            rx.reset();
            tx.reset();
        }
    }
}

TEST_F(ends, moving_an_end_keeps_their_number) {
    auto [tx, rx] = make_ends<int>(1);
    send_end<int> moved = std::move(tx);
    EXPECT_FALSE(tx); // NOLINT: its state after the move is what is tested
    EXPECT_EQ(moved.try_send(1), chan_status::ok);
    tx.reset();
    EXPECT_EQ(moved.try_send(2), chan_status::full) << "still open";
    send_end<int> assigned;
    assigned = std::move(moved);
    moved = send_end<int>();
    EXPECT_EQ(assigned.try_send(2), chan_status::full) << "still open";
    assigned = send_end<int>();
    int value = 0;
    EXPECT_EQ(rx.try_recv(value), chan_status::ok);
    EXPECT_EQ(rx.try_recv(value), chan_status::closed);
}

TEST_F(ends, assigning_over_the_last_end_gives_it_up) {
    auto first = make_ends<int>(1);
    auto second = make_ends<int>(1);
    first.tx = second.tx;
    int value = 0;
    EXPECT_EQ(first.rx.try_recv(value), chan_status::closed);
    EXPECT_EQ(second.rx.try_recv(value), chan_status::empty);
    EXPECT_EQ(first.tx, second.tx);
}

TEST_F(ends, many_producers_end_the_consumer_loop_when_all_are_done) {
    run_test([] {
        auto [tx, rx] = make_ends<int>(8);
        for (int p = 0; p < 10; ++p) {
            gofer::go([tx = tx] {
                for (int i = 0; i < 100; ++i) static_cast<void>(tx.send(1));
            });
        }
        tx.reset();
        int sum = 0;
        for (const int v : rx) sum += v;
        EXPECT_EQ(sum, 1000);
    });
}

TEST_F(ends, a_consumer_that_leaves_early_ends_all_producers) {
    run_test([] {
        auto [tx, rx] = make_ends<tracked>();
        gofer::wait_group producers;
        for (int p = 0; p < 10; ++p) {
            producers.go([tx = tx] {
                int sent = 0;
                while (tx.send(tracked(sent)) == chan_status::ok) ++sent;
            });
        }
        tx.reset();
        for (int i = 0; i < 100; ++i) EXPECT_TRUE(rx.recv().has_value());
        rx.reset();
        producers.wait();
    });
}

TEST_F(ends, last_ends_that_go_at_the_same_time_close_once) {
    run_test([] {
        for (int i = 0; i < gofer_test::repetitions(2000); ++i) {
            auto [tx, rx] = make_ends<tracked>(2);
            gofer::wait_group all;
            for (int n = 0; n < 2; ++n) {
                all.go([tx = tx] { static_cast<void>(tx.send(tracked(1))); });
                all.go([rx = rx] { static_cast<void>(rx.recv()); });
            }
            tx.reset();
            rx.reset();
            all.wait();
        }
    });
}

} // namespace
