// SPDX-License-Identifier: Apache-2.0
//
// Which case select goes through when it need not wait: ready ones, nil ones, closed ones, none.
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::channel_error;
using gofer::make_chan;
using gofer::on_recv;
using gofer::on_send;
using gofer::otherwise;
using gofer::recv_into;
using gofer::recv_signal;
using gofer::select;
using gofer::send_from;
using gofer::send_signal;
using gofer_test::run_test;
using gofer_test::text_of;

/// A channel that holds `value`.
template <class T>
chan<T> filled(T value, std::size_t capacity = 1) {
    const auto c = make_chan<T>(capacity);
    c.send(std::move(value));
    return c;
}

TEST(select, receives_from_the_only_ready_channel_at_any_position) {
    run_test([] {
        const auto never = make_chan<int>();
        int value = 0;
        EXPECT_EQ(select(recv_into(filled(5), value), recv_into(never, value)), 0);
        EXPECT_EQ(value, 5);
        EXPECT_EQ(select(recv_into(never, value), recv_into(filled(6), value)), 1);
        EXPECT_EQ(value, 6);
        EXPECT_EQ(select(recv_into(never, value), otherwise(), recv_into(filled(7), value)), 2);
        EXPECT_EQ(value, 7);
    });
}

TEST(select, sends_to_the_only_ready_channel) {
    run_test([] {
        const auto full = filled(1);
        const auto room = make_chan<int>(1);
        EXPECT_EQ(select(send_from(full, 2), send_from(room, 3)), 1);
        EXPECT_EQ(room.recv(), 3);
        EXPECT_EQ(full.recv(), 1);
        EXPECT_EQ(full.len(), 0u);
    });
}

TEST(select, mixes_sends_and_receives_of_different_elements) {
    run_test([] {
        const auto texts = make_chan<std::string>(1);
        const auto numbers = make_chan<int>(1);
        std::string text;
        EXPECT_EQ(select(recv_into(texts, text), send_from(numbers, 9)), 1);
        texts.send("ready now");
        EXPECT_EQ(select(recv_into(texts, text), send_from(numbers, 9)), 0);
        EXPECT_EQ(text, "ready now");
        EXPECT_EQ(numbers.recv(), 9);
    });
}

TEST(select, goes_through_exactly_one_case) {
    run_test([] {
        const auto a = filled(1);
        const auto b = filled(2);
        const auto room = make_chan<int>(1);
        int from_a = 0;
        int from_b = 0;
        const int chosen =
            select(recv_into(a, from_a), recv_into(b, from_b), send_from(room, 3), otherwise());
        EXPECT_EQ(from_a, chosen == 0 ? 1 : 0);
        EXPECT_EQ(from_b, chosen == 1 ? 2 : 0);
        EXPECT_EQ(a.len(), chosen == 0 ? 0u : 1u);
        EXPECT_EQ(b.len(), chosen == 1 ? 0u : 1u);
        EXPECT_EQ(room.len(), chosen == 2 ? 1u : 0u);
        EXPECT_LT(chosen, 3);
    });
}

TEST(select, of_twelve_cases_finds_the_ready_one_wherever_it_stands) {
    run_test([] {
        for (std::size_t ready = 0; ready < 12; ++ready) {
            chan<int> c[12];
            for (auto& one : c) one = make_chan<int>(1);
            c[ready].send(40);
            int v = 0;
            EXPECT_EQ(select(recv_into(c[0], v), recv_into(c[1], v), recv_into(c[2], v),
                             recv_into(c[3], v), recv_into(c[4], v), recv_into(c[5], v),
                             recv_into(c[6], v), recv_into(c[7], v), recv_into(c[8], v),
                             recv_into(c[9], v), recv_into(c[10], v), recv_into(c[11], v)),
                      static_cast<int>(ready));
            EXPECT_EQ(v, 40);
        }
    });
}

TEST(select, goes_otherwise_when_nothing_is_ready_and_never_when_something_is) {
    run_test([] {
        const auto c = make_chan<int>(1);
        int value = 8;
        EXPECT_EQ(select(recv_into(c, value), otherwise()), 1);
        EXPECT_EQ(value, 8);
        EXPECT_EQ(select(otherwise(), recv_into(c, value)), 0);
        c.send(1);
        EXPECT_EQ(select(send_from(c, 2), otherwise()), 1);
        EXPECT_EQ(select(otherwise(), recv_into(c, value)), 1);
        EXPECT_EQ(select(otherwise()), 0);
        int calls = 0;
        EXPECT_EQ(select(recv_into(c, value), otherwise([&] { ++calls; })), 1);
        EXPECT_EQ(calls, 1);
        c.send(2);
        EXPECT_EQ(select(recv_into(c, value), otherwise([&] { ++calls; })), 0);
        EXPECT_EQ(calls, 1);
    });
}

TEST(select, never_chooses_a_nil_channel) {
    run_test([] {
        const chan<int> nil;
        const chan<void> nil_signal;
        const auto ready = filled(1);
        int value = 0;
        EXPECT_EQ(
            select(recv_into(nil, value), send_from(nil, 1), recv_signal(nil_signal), otherwise()),
            3);
        EXPECT_EQ(select(recv_into(nil, value), recv_into(ready, value), send_from(nil, 1)), 1);
        EXPECT_EQ(value, 1);
    });
}

TEST(select, receives_the_end_of_a_closed_channel_after_what_is_buffered) {
    run_test([] {
        const auto c = filled(1, 2);
        c.close();
        std::optional<int> value;
        EXPECT_EQ(select(recv_into(c, value), otherwise()), 0);
        EXPECT_EQ(value, 1);
        EXPECT_EQ(select(recv_into(c, value), otherwise()), 0);
        EXPECT_EQ(value, std::nullopt);
        int plain = 77;
        EXPECT_EQ(select(recv_into(c, plain)), 0);
        EXPECT_EQ(plain, 77) << "a plain value is untouched when the channel is closed and drained";
        bool is_called = false;
        EXPECT_EQ(select(on_recv(c,
                                 [&](std::optional<int> v) {
                                     is_called = true;
                                     EXPECT_EQ(v, std::nullopt);
                                 }),
                         otherwise()),
                  0);
        EXPECT_TRUE(is_called);
    });
}

TEST(select, a_send_on_a_closed_channel_is_ready_and_throws) {
    run_test([] {
        const auto c = make_chan<int>(1);
        c.close();
        const auto text = text_of<channel_error>([&] { select(send_from(c, 1), otherwise()); });
        EXPECT_NE(text.find("closed"), std::string::npos) << text;
        bool is_called = false;
        EXPECT_THROW(select(on_send(c, 1, [&] { is_called = true; })), channel_error);
        EXPECT_FALSE(is_called);
        EXPECT_EQ(c.len(), 0u);
    });
}

TEST(select, a_send_on_a_closed_channel_throws_only_when_it_is_chosen) {
    run_test([] {
        const auto closed = make_chan<int>(1);
        closed.close();
        const auto ready = filled(5);
        int value = 0;
        EXPECT_EQ(gofer::select_in_order(recv_into(ready, value), send_from(closed, 1)), 0);
        EXPECT_EQ(value, 5);
    });
}

TEST(select, takes_cases_of_one_channel_in_both_directions) {
    run_test([] {
        const auto c = make_chan<int>(1);
        int value = 0;
        EXPECT_EQ(select(recv_into(c, value), send_from(c, 4)), 1);
        EXPECT_EQ(select(recv_into(c, value), send_from(c, 5)), 0);
        EXPECT_EQ(value, 4);
        EXPECT_EQ(c.len(), 0u);
        const auto half_full = filled(1, 2);
        const int chosen = select(recv_into(half_full, value), send_from(half_full, 2));
        EXPECT_EQ(half_full.len(), chosen == 0 ? 0u : 2u);
    });
}

TEST(select, does_not_meet_itself_on_an_unbuffered_channel) {
    run_test([] {
        const auto c = make_chan<int>();
        int value = 0;
        EXPECT_EQ(select(recv_into(c, value), send_from(c, 4), otherwise()), 2);
        EXPECT_EQ(select(send_from(c, 4), recv_into(c, value),
                         gofer::timeout(std::chrono::microseconds(1))),
                  2);
        EXPECT_EQ(value, 0);
    });
}

TEST(select, takes_every_kind_of_handle) {
    run_test([] {
        const auto c = make_chan<int>(1);
        const gofer::send_chan<int> tx = c;
        const gofer::recv_chan<int> rx = c;
        int value = 0;
        EXPECT_EQ(select(send_from(tx, 1), otherwise()), 0);
        EXPECT_EQ(select(recv_into(rx, value), otherwise()), 0);
        EXPECT_EQ(value, 1);
        auto [owning_tx, owning_rx] = gofer::make_ends<int>(1);
        EXPECT_EQ(select(send_from(owning_tx, 2), otherwise()), 0);
        EXPECT_EQ(select(recv_into(owning_rx, value), otherwise()), 0);
        EXPECT_EQ(value, 2);
        owning_tx.reset();
        std::optional<int> last = 3;
        EXPECT_EQ(select(recv_into(owning_rx, last)), 0);
        EXPECT_EQ(last, std::nullopt);
    });
}

TEST(select, receives_signals_and_their_end) {
    run_test([] {
        const auto c = make_chan<void>(1);
        EXPECT_EQ(select(recv_signal(c), otherwise()), 1);
        c.send();
        EXPECT_EQ(select(recv_signal(c), otherwise()), 0);
        c.send();
        int signals = 0;
        int ends = 0;
        const auto count = [&](bool is_signal) { ++(is_signal ? signals : ends); };
        EXPECT_EQ(select(on_recv(c, count), otherwise()), 0);
        c.close();
        EXPECT_EQ(select(on_recv(c, count), otherwise()), 0);
        EXPECT_EQ(select(recv_signal(c)), 0);
        EXPECT_EQ(signals, 1);
        EXPECT_EQ(ends, 1);
    });
}

TEST(select, sends_signals) {
    run_test([] {
        const auto c = make_chan<void>(1);
        int calls = 0;
        EXPECT_EQ(select(send_signal(c), otherwise()), 0);
        EXPECT_EQ(select(send_signal(c, [&] { ++calls; }), otherwise()), 1);
        EXPECT_TRUE(c.recv());
        EXPECT_EQ(select(send_signal(c, [&] { ++calls; }), otherwise()), 0);
        EXPECT_EQ(calls, 1);
        c.close();
        EXPECT_THROW(select(send_signal(c)), channel_error);
    });
}

TEST(select, forgets_what_the_optional_held_before) {
    run_test([] {
        std::optional<std::string> value = "old";
        EXPECT_EQ(select(recv_into(filled(std::string("new")), value)), 0);
        EXPECT_EQ(value, "new");
        const auto closed = make_chan<std::string>();
        closed.close();
        EXPECT_EQ(select(recv_into(closed, value)), 0);
        EXPECT_EQ(value, std::nullopt);
    });
}

} // namespace
