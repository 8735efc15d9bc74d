// SPDX-License-Identifier: Apache-2.0
//
// Channels while no runtime lives: what need not wait works, what must wait throws.
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::make_chan;
using gofer::no_runtime;
using gofer_test::text_of;
using gofer_test::tracked;

TEST(without_runtime, what_need_not_wait_works) {
    const auto c = make_chan<std::string>(2);
    c.send("first");
    EXPECT_EQ(c.try_send("second"), chan_status::ok);
    EXPECT_EQ(c.try_send("third"), chan_status::full);
    EXPECT_EQ(c.recv(), "first");
    std::string value;
    EXPECT_EQ(c.try_recv(value), chan_status::ok);
    EXPECT_EQ(value, "second");
    c.close();
    EXPECT_EQ(c.recv(), std::nullopt);
    EXPECT_THROW(c.send("late"), gofer::channel_error);
}

TEST(without_runtime, a_send_that_must_wait_throws_and_leaves_the_channel_as_it_was) {
    const int before = tracked::all.live();
    {
        const auto c = make_chan<tracked>();
        const auto text = text_of<no_runtime>([&] { c.send(tracked(1)); });
        EXPECT_NE(text.find("run"), std::string::npos) << text;
        tracked value(2);
        EXPECT_EQ(c.try_recv(value), chan_status::empty) << "nobody may be left in the queue";
    }
    EXPECT_EQ(tracked::all.live(), before);
}

TEST(without_runtime, a_receive_that_must_wait_throws_and_leaves_the_channel_as_it_was) {
    const auto c = make_chan<int>();
    EXPECT_THROW(static_cast<void>(c.recv()), no_runtime);
    EXPECT_EQ(c.try_send(1), chan_status::full) << "nobody may be left in the queue";
}

TEST(without_runtime, a_range_loop_that_must_wait_throws_after_what_is_buffered) {
    const auto c = make_chan<int>(1);
    c.send(1);
    int seen = 0;
    EXPECT_THROW(
        {
            for (const int v : c) seen += v;
        },
        no_runtime);
    EXPECT_EQ(seen, 1);
}

TEST(without_runtime, the_nil_channel_throws_instead_of_waiting_for_ever) {
    EXPECT_THROW(chan<int>().send(1), no_runtime);
    EXPECT_THROW(static_cast<void>(chan<int>().recv()), no_runtime);
}

TEST(without_runtime, owning_ends_work_too) {
    auto [tx, rx] = gofer::make_ends<std::unique_ptr<int>>(1);
    EXPECT_EQ(tx.send(std::make_unique<int>(1)), chan_status::ok);
    EXPECT_THROW(static_cast<void>(tx.send(std::make_unique<int>(2))), no_runtime);
    tx.reset();
    EXPECT_EQ(*rx.recv().value(), 1);
    EXPECT_EQ(rx.recv(), std::nullopt);
}

TEST(without_runtime, a_channel_outlives_the_runtime_that_it_was_made_in) {
    chan<int> kept;
    gofer_test::run_test([&] {
        kept = make_chan<int>(2);
        kept.send(1);
    });
    EXPECT_EQ(kept.recv(), 1);
    EXPECT_THROW(static_cast<void>(kept.recv()), no_runtime);
}

} // namespace
