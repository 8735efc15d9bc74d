// SPDX-License-Identifier: Apache-2.0
//
// The nil channel: a default-constructed handle. That a send or receive on it waits for ever is in
// tests/program, since such a goroutine is a leak.
#include <memory>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::channel_error;
using gofer::recv_chan;
using gofer::send_chan;
using gofer_test::run_test;
using gofer_test::text_of;

TEST(nil_chan, is_false_and_has_no_room) {
    const chan<int> c;
    EXPECT_FALSE(c);
    EXPECT_EQ(c.len(), 0u);
    EXPECT_EQ(c.cap(), 0u);
    EXPECT_TRUE(gofer::make_chan<int>());
}

TEST(nil_chan, answers_full_and_empty_to_what_does_not_wait) {
    const auto expect_answers = [] {
        const chan<int> c;
        int value = 7;
        EXPECT_EQ(c.try_send(value), chan_status::full);
        EXPECT_EQ(c.try_recv(value), chan_status::empty);
        EXPECT_EQ(value, 7);
        EXPECT_EQ(send_chan<void>().try_send(), chan_status::full);
        EXPECT_EQ(recv_chan<void>().try_recv(), chan_status::empty);
        auto owned = std::make_unique<int>(1);
        EXPECT_EQ(chan<std::unique_ptr<int>>().try_send(owned), chan_status::full);
        EXPECT_NE(owned, nullptr);
    };
    expect_answers();
    run_test(expect_answers);
}

TEST(nil_chan, cannot_be_closed_and_says_so) {
    const auto text = text_of<channel_error>([] { chan<int>().close(); });
    EXPECT_NE(text.find("close of nil channel"), std::string::npos) << text;
    EXPECT_THROW(send_chan<int>().close(), channel_error);
}

TEST(nil_chan, all_of_them_are_equal) {
    EXPECT_EQ(chan<int>(), chan<int>());
    EXPECT_NE(chan<int>(), gofer::make_chan<int>());
}

} // namespace
