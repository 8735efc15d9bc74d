// SPDX-License-Identifier: Apache-2.0
//
// select with an end in time: never early, never when a case was ready, and consistent where the
// clock and a partner come at once.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"
#include "support/seed.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;
using gofer::timeout;
using gofer_test::run_test;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

TEST(timeout, is_never_early_and_leaves_no_waiter_behind) {
    run_test([] {
        const auto c = make_chan<int>();
        for (const auto d : {1ns, 1'000ns, 50'000ns, 2'000'000ns, 9'000'000ns}) {
            int v = 5;
            const auto begin = steady_clock::now();
            EXPECT_EQ(select(recv_into(c, v), send_from(c, 1), timeout(d)), 2);
            EXPECT_GE(steady_clock::now() - begin, d);
            EXPECT_EQ(v, 5);
            EXPECT_EQ(c.try_send(1), chan_status::full);
            EXPECT_EQ(c.try_recv(v), chan_status::empty);
        }
    });
}

TEST(timeout, of_zero_or_less_ends_the_wait_at_once_but_not_before_a_look) {
    run_test([] {
        const auto c = make_chan<int>(1);
        int v = 0;
        EXPECT_EQ(select(recv_into(c, v), timeout(0s)), 1);
        EXPECT_EQ(select(recv_into(c, v), timeout(-1h)), 1);
        EXPECT_EQ(select(timeout(std::chrono::nanoseconds::min()), recv_into(c, v)), 0);
        c.send(3);
        EXPECT_EQ(select(timeout(0s), recv_into(c, v)), 1);
        EXPECT_EQ(v, 3);
        c.send(4);
        EXPECT_EQ(select(timeout(-1s), recv_into(c, v)), 1);
        EXPECT_EQ(v, 4);
    });
}

TEST(timeout, alone_is_a_sleep) {
    run_test([] {
        const auto begin = steady_clock::now();
        EXPECT_EQ(select(timeout(2ms)), 0);
        EXPECT_GE(steady_clock::now() - begin, 2ms);
    });
}

TEST(timeout, with_nil_channels_only_is_a_sleep) {
    run_test([] {
        const gofer::chan<int> nil;
        int v = 0;
        const auto begin = steady_clock::now();
        EXPECT_EQ(select(recv_into(nil, v), send_from(nil, 1), timeout(2ms)), 2);
        EXPECT_GE(steady_clock::now() - begin, 2ms);
    });
}

TEST(timeout, is_forgotten_when_a_partner_comes_first) {
    run_test([] {
        const auto c = make_chan<int>();
        auto selecting = gofer::async([=] {
            int v = 0;
            const int chosen = select(timeout(1h), recv_into(c, v));
            return 10 * chosen + v;
        });
        ASSERT_TRUE(gofer_test::wait_until_quiet());
        c.send(2);
        EXPECT_EQ(selecting.get(), 12);
    });
}

TEST(timeout, beside_otherwise_is_never_waited_for) {
    run_test([] {
        const auto c = make_chan<int>();
        int v = 0;
        EXPECT_EQ(select(recv_into(c, v), timeout(1h), gofer::otherwise()), 2);
    });
}

TEST(timeout, on_the_sending_side_leaves_the_value) {
    run_test([] {
        const auto c = make_chan<std::unique_ptr<int>>();
        auto value = std::make_unique<int>(3);
        const int* object = value.get();
        EXPECT_EQ(select(send_from(c, std::move(value)), timeout(100us)), 1);
        EXPECT_EQ(value.get(), object); // NOLINT: that it was not moved from is what is tested
    });
}

/// Senders and receivers on one channel give up at about the moment at which they would meet: as
/// many values are received as were sent.
TEST(timeout, races_with_partners_lose_and_double_nothing) {
    const std::uint64_t seed = gofer_test::seed_of_test();
    run_test([=] {
        const auto c = make_chan<int>();
        std::atomic<std::int64_t> sent = 0;
        std::atomic<std::int64_t> received = 0;
        std::atomic<int> given_up = 0;
        gofer::wait_group all;
        const int rounds = gofer_test::repetitions(1000);
        for (std::uint64_t peer = 0; peer < 6; ++peer) {
            all.go([&, c, peer] {
                std::mt19937_64 random(seed + peer);
                for (int i = 1; i <= rounds; ++i) {
                    const std::chrono::nanoseconds d(random() % 60'000);
                    const auto begin = steady_clock::now();
                    int v = 0;
                    const int chosen = peer % 2 == 0 ? select(send_from(c, i), timeout(d))
                                                     : select(recv_into(c, v), timeout(d));
                    if (chosen == 1) {
                        ++given_up;
                        EXPECT_GE(steady_clock::now() - begin, d);
                        EXPECT_EQ(v, 0);
                    } else if (peer % 2 == 0) {
                        sent += i;
                    } else {
                        received += v;
                    }
                    if (random() % 4 == 0) gofer::gosched();
                }
            });
        }
        all.wait();
        EXPECT_EQ(sent, received);
        EXPECT_LT(given_up, 6 * rounds) << "nobody ever met";
    });
}

} // namespace
