// SPDX-License-Identifier: Apache-2.0
//
// Go's rules of send, receive and close, each at every capacity from 0 up.
// Mirrors TestChan of go/src/runtime/chan_test.go.
#include <atomic>
#include <map>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::make_chan;
using gofer_test::run_test;
using gofer_test::wait_until_quiet;

const std::size_t capacities = static_cast<std::size_t>(gofer_test::repetitions(200));

/// Runs `rule(capacity)` for each capacity, as the main goroutine.
template <class Rule>
void at_every_capacity(Rule&& rule) {
    run_test([&] {
        for (std::size_t capacity = 0; capacity < capacities; ++capacity) {
            rule(capacity);
            ASSERT_FALSE(::testing::Test::HasFailure()) << "at capacity " << capacity;
        }
    });
}

void fill(const chan<int>& c) {
    for (std::size_t i = 0; i < c.cap(); ++i) c.send(static_cast<int>(i));
}

TEST(chan_rules, a_receive_from_an_empty_channel_waits) {
    at_every_capacity([](std::size_t capacity) {
        const auto c = make_chan<int>(capacity);
        std::atomic<int> received = 0;
        gofer::wait_group both;
        for (int i = 0; i < 2; ++i) {
            both.go([&] {
                static_cast<void>(c.recv());
                ++received;
            });
        }
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(received, 0);
        int value = 0;
        EXPECT_EQ(c.try_recv(value), chan_status::empty);
        c.send(0);
        c.send(0);
        both.wait();
        EXPECT_EQ(received, 2);
    });
}

TEST(chan_rules, a_send_to_a_full_channel_waits) {
    at_every_capacity([](std::size_t capacity) {
        const auto c = make_chan<int>(capacity);
        fill(c);
        std::atomic<bool> is_sent = false;
        gofer::wait_group sender;
        sender.go([&] {
            c.send(0);
            is_sent = true;
        });
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_FALSE(is_sent);
        EXPECT_EQ(c.try_send(0), chan_status::full);
        EXPECT_TRUE(c.recv().has_value());
        sender.wait();
        EXPECT_TRUE(is_sent);
    });
}

TEST(chan_rules, a_closed_channel_gives_what_is_buffered_then_the_end) {
    at_every_capacity([](std::size_t capacity) {
        const auto c = make_chan<int>(capacity);
        fill(c);
        c.close();
        for (std::size_t i = 0; i < capacity; ++i) EXPECT_EQ(c.recv(), static_cast<int>(i));
        EXPECT_EQ(c.recv(), std::nullopt);
        EXPECT_EQ(c.recv(), std::nullopt);
    });
}

TEST(chan_rules, close_ends_a_receive_that_waits) {
    at_every_capacity([](std::size_t capacity) {
        const auto c = make_chan<int>(capacity);
        const auto is_ended = make_chan<bool>();
        gofer::go([=] { is_ended.send(c.recv() == std::nullopt); });
        ASSERT_TRUE(wait_until_quiet());
        c.close();
        EXPECT_EQ(is_ended.recv(), true);
    });
}

TEST(chan_rules, one_sender_is_received_in_order) {
    at_every_capacity([](std::size_t capacity) {
        const auto c = make_chan<int>(capacity);
        gofer::go([=] {
            for (int i = 0; i < 100; ++i) c.send(i);
        });
        for (int i = 0; i < 100; ++i) EXPECT_EQ(c.recv(), i);
    });
}

TEST(chan_rules, what_many_send_is_what_many_receive) {
    constexpr int peers = 4;
    const int each = gofer_test::repetitions(1000);
    at_every_capacity([=](std::size_t capacity) {
        const auto c = make_chan<int>(capacity);
        const auto counts = make_chan<std::map<int, int>>();
        for (int p = 0; p < peers; ++p) {
            gofer::go([=] {
                for (int i = 0; i < each; ++i) c.send(i);
            });
            gofer::go([=] {
                std::map<int, int> received;
                for (int i = 0; i < each; ++i) ++received[c.recv().value()];
                counts.send(std::move(received));
            });
        }
        std::map<int, int> total;
        for (int p = 0; p < peers; ++p) {
            const auto part = counts.recv().value();
            for (const auto& [value, n] : part) total[value] += n;
        }
        EXPECT_EQ(total.size(), static_cast<std::size_t>(each));
        for (const auto& [value, n] : total) EXPECT_EQ(n, peers) << "of " << value;
    });
}

TEST(chan_rules, len_and_cap_say_what_is_buffered_and_what_fits) {
    at_every_capacity([](std::size_t capacity) {
        const auto c = make_chan<int>(capacity);
        EXPECT_EQ(c.len(), 0u);
        EXPECT_EQ(c.cap(), capacity);
        fill(c);
        EXPECT_EQ(c.len(), capacity);
        EXPECT_EQ(c.cap(), capacity);
    });
}

} // namespace
