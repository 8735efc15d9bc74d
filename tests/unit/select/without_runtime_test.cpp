// SPDX-License-Identifier: Apache-2.0
//
// select while no runtime lives: what need not wait works, what must wait throws and leaves
// everything as it was.
#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer::no_runtime;
using gofer::otherwise;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;

TEST(select_without_runtime, what_need_not_wait_works) {
    const auto c = make_chan<std::string>(1);
    std::string v;
    EXPECT_EQ(select(recv_into(c, v), otherwise()), 1);
    EXPECT_EQ(select(recv_into(c, v), gofer::timeout(std::chrono::seconds(0))), 1);
    EXPECT_EQ(select(recv_into(c, v), send_from(c, std::string("x"))), 1);
    EXPECT_EQ(select(send_from(c, std::string("y")), otherwise()), 1);
    EXPECT_EQ(select(recv_into(c, v)), 0);
    EXPECT_EQ(v, "x");
    c.close();
    EXPECT_EQ(select(recv_into(c, v)), 0);
    EXPECT_THROW(select(send_from(c, std::string("z"))), gofer::channel_error);
}

TEST(select_without_runtime, what_must_wait_throws_and_leaves_nobody_in_a_queue) {
    const auto c = make_chan<int>();
    const auto d = make_chan<std::unique_ptr<int>>();
    auto value = std::make_unique<int>(1);
    int v = 0;
    const auto text = gofer_test::text_of<no_runtime>(
        [&] { select(recv_into(c, v), send_from(d, std::move(value))); });
    EXPECT_NE(text.find("select"), std::string::npos) << text;
    ASSERT_NE(value, nullptr) << "the value is given back"; // NOLINT: that is what is tested
    EXPECT_EQ(*value, 1);
    EXPECT_EQ(c.try_send(1), chan_status::full);
    EXPECT_EQ(d.try_recv(value), chan_status::empty);
}

TEST(select_without_runtime, waiting_for_ever_throws) {
    EXPECT_THROW(select(), no_runtime);
    const gofer::chan<int> nil;
    int v = 0;
    EXPECT_THROW(select(recv_into(nil, v), send_from(nil, 1)), no_runtime);
    EXPECT_THROW(select(recv_into(nil, v), gofer::timeout(std::chrono::hours(1))), no_runtime);
}

} // namespace
