// SPDX-License-Identifier: Apache-2.0
//
// Close: who is woken by it, who is refused, and what the error says.
#include <atomic>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::channel_error;
using gofer::make_chan;
using gofer_test::run_test;
using gofer_test::text_of;
using gofer_test::wait_until_quiet;

TEST(close, ends_every_receiver_that_waits) {
    run_test([] {
        const auto c = make_chan<int>();
        std::atomic<int> ended = 0;
        gofer::wait_group receivers;
        for (int i = 0; i < 50; ++i) {
            receivers.go([&] { ended += c.recv() == std::nullopt ? 1 : 0; });
        }
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(ended, 0);
        c.close();
        receivers.wait();
        EXPECT_EQ(ended, 50);
    });
}

TEST(close, throws_at_every_sender_that_waits_but_keeps_what_is_buffered) {
    run_test([] {
        const auto c = make_chan<int>(2);
        c.send(1);
        c.send(2);
        std::atomic<int> refused = 0;
        gofer::wait_group senders;
        for (int i = 0; i < 50; ++i) {
            senders.go([&] {
                try {
                    c.send(3);
                } catch (const channel_error&) {
                    ++refused;
                }
            });
        }
        ASSERT_TRUE(wait_until_quiet());
        c.close();
        senders.wait();
        EXPECT_EQ(refused, 50);
        EXPECT_EQ(c.recv(), 1);
        EXPECT_EQ(c.recv(), 2);
        EXPECT_EQ(c.recv(), std::nullopt);
    });
}

TEST(close, is_seen_by_a_plain_thread_that_waits) {
    run_test([] {
        const auto c = make_chan<int>();
        gofer::wait_group thread_done;
        thread_done.add(1);
        std::thread peer([&] {
            EXPECT_EQ(c.recv(), std::nullopt);
            thread_done.done();
        });
        c.close();
        thread_done.wait();
        peer.join();
    });
}

/// What is common to the texts of all channel errors: the channel's state and where it was made.
void expect_that_it_names_the_channel(const std::string& text, const std::string& len_and_cap) {
    EXPECT_NE(text.find(len_and_cap), std::string::npos) << text;
    EXPECT_NE(text.find("made at"), std::string::npos) << text;
}

TEST(channel_error, of_a_send_names_the_channel) {
    run_test([] {
        const auto c = make_chan<int>(3);
        c.send(1);
        c.close();
        const auto text = text_of<channel_error>([&] { c.send(2); });
        EXPECT_NE(text.find("send on closed channel"), std::string::npos) << text;
        expect_that_it_names_the_channel(text, "capacity 3, length 1");
    });
}

TEST(channel_error, of_a_send_of_a_boxed_element_names_the_channel) {
    run_test([] {
        const auto c = make_chan<std::string>();
        c.close();
        const auto text = text_of<channel_error>([&] { c.send("late"); });
        EXPECT_NE(text.find("send on closed channel"), std::string::npos) << text;
        EXPECT_NE(text.find("made at"), std::string::npos) << text;
    });
}

TEST(channel_error, of_a_second_close_names_the_channel) {
    run_test([] {
        const auto c = make_chan<int>(3);
        c.close();
        const auto text = text_of<channel_error>([&] { c.close(); });
        EXPECT_NE(text.find("close of closed channel"), std::string::npos) << text;
        expect_that_it_names_the_channel(text, "capacity 3, length 0");
    });
}

TEST(channel_error, of_a_sender_that_waited_names_the_channel) {
    run_test([] {
        const auto c = make_chan<int>();
        gofer::wait_group sender;
        sender.go([&] {
            const auto text = text_of<channel_error>([&] { c.send(1); });
            EXPECT_NE(text.find("send on closed channel"), std::string::npos) << text;
            EXPECT_NE(text.find("made at"), std::string::npos) << text;
        });
        ASSERT_TRUE(wait_until_quiet());
        c.close();
        sender.wait();
    });
}

} // namespace
