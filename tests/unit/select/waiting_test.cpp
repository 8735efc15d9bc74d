// SPDX-License-Identifier: Apache-2.0
//
// select while nothing is ready: it parks, takes its turn among other waiters, is woken by exactly
// one event, and leaves no waiter behind on the other channels.
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::channel_error;
using gofer::make_chan;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;
using gofer::rt::testing::parked_count;
using gofer_test::run_test;
using gofer_test::wait_until_quiet;

/// That nobody waits on an unbuffered channel, on either side.
void expect_nobody_waits(const chan<int>& c) {
    int value = 0;
    EXPECT_EQ(c.try_send(0), chan_status::full) << "a receiver was left behind";
    EXPECT_EQ(c.try_recv(value), chan_status::empty) << "a sender was left behind";
}

TEST(waiting, parks_until_a_sender_comes) {
    run_test([] {
        const auto a = make_chan<int>();
        const auto b = make_chan<int>();
        auto selecting = gofer::async([=] {
            int v = 0;
            const int chosen = select(recv_into(a, v), recv_into(b, v));
            return 10 * chosen + v;
        });
        ASSERT_TRUE(wait_until_quiet());
        ASSERT_EQ(parked_count(), 1u);
        b.send(3);
        EXPECT_EQ(selecting.get(), 13);
        expect_nobody_waits(a);
        expect_nobody_waits(b);
    });
}

TEST(waiting, parks_until_a_receiver_comes) {
    run_test([] {
        const auto a = make_chan<int>();
        const auto b = make_chan<int>();
        auto selecting = gofer::async([=] { return select(send_from(a, 1), send_from(b, 2)); });
        ASSERT_TRUE(wait_until_quiet());
        ASSERT_EQ(parked_count(), 1u);
        EXPECT_EQ(b.recv(), 2);
        EXPECT_EQ(selecting.get(), 1);
        expect_nobody_waits(a);
        expect_nobody_waits(b);
    });
}

TEST(waiting, parks_until_there_is_room) {
    run_test([] {
        const auto full = make_chan<std::string>(1);
        full.send("first");
        auto selecting =
            gofer::async([=] { return select(send_from(full, std::string("second"))); });
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(full.recv(), "first");
        EXPECT_EQ(selecting.get(), 0);
        EXPECT_EQ(full.recv(), "second");
    });
}

TEST(waiting, is_ended_by_a_close_of_a_channel_to_receive_from) {
    run_test([] {
        const auto a = make_chan<int>();
        const auto b = make_chan<int>();
        auto selecting = gofer::async([=] {
            std::optional<int> v = 1;
            const int chosen = select(recv_into(a, v), recv_into(b, v));
            EXPECT_EQ(v, std::nullopt);
            return chosen;
        });
        ASSERT_TRUE(wait_until_quiet());
        a.close();
        EXPECT_EQ(selecting.get(), 0);
        expect_nobody_waits(b);
    });
}

TEST(waiting, throws_when_a_channel_to_send_to_is_closed) {
    run_test([] {
        const auto a = make_chan<int>();
        const auto b = make_chan<int>();
        auto selecting = gofer::async([=] { return select(send_from(a, 1), send_from(b, 1)); });
        ASSERT_TRUE(wait_until_quiet());
        b.close();
        EXPECT_THROW(static_cast<void>(selecting.get()), channel_error);
        expect_nobody_waits(a);
    });
}

TEST(waiting, on_one_channel_in_both_directions_is_ended_from_either_side) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto both_ways = [=] {
            int v = 0;
            const int chosen = select(send_from(c, 1), recv_into(c, v));
            return 10 * chosen + v;
        };
        auto first = gofer::async(both_ways);
        ASSERT_TRUE(wait_until_quiet());
        c.send(5);
        EXPECT_EQ(first.get(), 15);
        auto second = gofer::async(both_ways);
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(c.recv(), 1);
        EXPECT_EQ(second.get(), 0);
        expect_nobody_waits(c);
    });
}

TEST(waiting, two_that_wait_in_both_directions_meet_each_other) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto both_ways = [=](int mine) {
            int v = 0;
            return select(send_from(c, mine), recv_into(c, v)) == 0 ? 0 : v;
        };
        auto first = gofer::async(both_ways, 1);
        auto second = gofer::async(both_ways, 2);
        const int a = first.get();
        const int b = second.get();
        EXPECT_TRUE((a == 0 && b == 1) || (a == 2 && b == 0)) << a << " " << b;
        expect_nobody_waits(c);
    });
}

TEST(waiting, with_one_channel_in_several_cases_is_served_once) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto d = make_chan<int>();
        auto selecting = gofer::async([=] {
            int v = 0;
            const int chosen =
                select(recv_into(c, v), recv_into(d, v), recv_into(c, v), recv_into(c, v));
            EXPECT_EQ(v, 8);
            return chosen;
        });
        ASSERT_TRUE(wait_until_quiet());
        c.send(8);
        EXPECT_NE(selecting.get(), 1);
        expect_nobody_waits(c);
        expect_nobody_waits(d);
    });
}

TEST(waiting, a_close_of_a_channel_in_several_cases_is_seen_once) {
    run_test([] {
        const auto c = make_chan<int>();
        auto selecting = gofer::async([=] {
            std::optional<int> v = 1;
            int chosen = -1;
            try {
                chosen = select(recv_into(c, v), send_from(c, 1), recv_into(c, v));
                EXPECT_EQ(v, std::nullopt);
            } catch (const channel_error&) {
                chosen = 1;
            }
            return chosen;
        });
        ASSERT_TRUE(wait_until_quiet());
        c.close();
        EXPECT_GE(selecting.get(), 0);
    });
}

/// Plain receives and selects take turns in the queue of one channel.
TEST(waiting, receivers_plain_and_selecting_are_served_first_come_first_served) {
    run_test([] {
        constexpr int waiters = 12;
        const auto c = make_chan<int>();
        const auto never = make_chan<int>();
        std::vector<int> received(waiters, -1);
        gofer::wait_group all;
        for (std::size_t i = 0; i < waiters; ++i) {
            all.go([&, c, i] {
                if (i % 2 == 0) {
                    received[i] = c.recv().value();
                } else {
                    EXPECT_EQ(select(recv_into(never, received[i]), recv_into(c, received[i])), 1);
                }
            });
            ASSERT_TRUE(wait_until_quiet());
        }
        for (int i = 0; i < waiters; ++i) c.send(i);
        all.wait();
        for (int i = 0; i < waiters; ++i) EXPECT_EQ(received[static_cast<std::size_t>(i)], i);
        expect_nobody_waits(never);
    });
}

TEST(waiting, senders_plain_and_selecting_are_served_first_come_first_served) {
    run_test([] {
        for (const std::size_t capacity : {0u, 2u}) {
            const int waiters = 12;
            const auto c = make_chan<int>(capacity);
            const auto never = make_chan<int>();
            gofer::wait_group all;
            for (int i = 0; i < waiters; ++i) {
                all.go([=] {
                    if (i % 2 == 0) {
                        EXPECT_EQ(select(send_from(never, -1), send_from(c, i)), 1);
                    } else {
                        c.send(i);
                    }
                });
                ASSERT_TRUE(wait_until_quiet());
            }
            for (int i = 0; i < waiters; ++i) EXPECT_EQ(c.recv(), i);
            all.wait();
            expect_nobody_waits(never);
        }
    });
}

TEST(waiting, a_select_that_went_on_elsewhere_gives_up_its_turn) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto d = make_chan<int>();
        auto selecting = gofer::async([=] {
            int v = 0;
            return select(recv_into(c, v), recv_into(d, v));
        });
        ASSERT_TRUE(wait_until_quiet());
        auto behind = gofer::async([=] { return c.recv().value(); });
        ASSERT_TRUE(wait_until_quiet());
        d.send(
            1); // the select goes on; whether it has run or not, the next in line on c is `behind`
        c.send(2);
        EXPECT_EQ(selecting.get(), 1);
        EXPECT_EQ(behind.get(), 2);
    });
}

TEST(waiting, one_value_wakes_one_of_many_selects) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto stop = make_chan<void>();
        const int count = 20;
        std::atomic<int> values = 0;
        std::atomic<int> stopped = 0;
        gofer::wait_group all;
        for (int i = 0; i < count; ++i) {
            all.go([&, c, stop] {
                int v = 0;
                ++(select(recv_into(c, v), gofer::recv_signal(stop)) == 0 ? values : stopped);
            });
        }
        ASSERT_TRUE(wait_until_quiet());
        c.send(1);
        c.send(2);
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(values, 2);
        EXPECT_EQ(stopped, 0);
        stop.close();
        all.wait();
        EXPECT_EQ(stopped, count - 2);
    });
}

TEST(waiting, twelve_cases_park_and_any_of_them_ends_the_wait) {
    run_test([] {
        for (std::size_t ready = 0; ready < 12; ++ready) {
            chan<int> c[12];
            for (auto& one : c) one = make_chan<int>();
            auto selecting = gofer::async([&c] {
                int v = 0;
                return select(recv_into(c[0], v), send_from(c[1], 1), recv_into(c[2], v),
                              send_from(c[3], 1), recv_into(c[4], v), send_from(c[5], 1),
                              recv_into(c[6], v), send_from(c[7], 1), recv_into(c[8], v),
                              send_from(c[9], 1), recv_into(c[10], v), send_from(c[11], 1));
            });
            ASSERT_TRUE(wait_until_quiet());
            if (ready % 2 == 0) {
                c[ready].send(1);
            } else {
                EXPECT_EQ(c[ready].recv(), 1);
            }
            EXPECT_EQ(selecting.get(), static_cast<int>(ready));
            for (const auto& one : c) expect_nobody_waits(one);
        }
    });
}

} // namespace
