// SPDX-License-Identifier: Apache-2.0
//
// gosched and fairness without time slicing: whoever is runnable gets its turn though others
// communicate or yield without end.
#include <atomic>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::make_chan;
using gofer_test::run_test;

TEST(yielding, lets_a_goroutine_run_that_was_just_started) {
    run_test([] {
        std::atomic<bool> has_run = false;
        gofer::go([&] { has_run = true; });
        EXPECT_TRUE(gofer_test::eventually([&] { return has_run.load(); }));
    });
}

TEST(yielding, alone_goes_on_at_once) {
    run_test([] {
        for (int i = 0; i < 1000; ++i) gofer::gosched();
        EXPECT_EQ(gofer::goid(), 1u);
    });
}

TEST(yielding, goroutines_on_one_context_take_turns) {
    run_test(1, [] {
        std::vector<int> order;
        gofer::wait_group all;
        for (int i = 0; i < 3; ++i) {
            all.go([&, i] {
                for (int n = 0; n < 20; ++n) {
                    order.push_back(i);
                    gofer::gosched();
                }
            });
        }
        all.wait();
        ASSERT_EQ(order.size(), 60u);
        // Once all have started, each runs again only after the other two: within any 64 switches
        // one exception is allowed, where the queue of newborns or the global one was looked at.
        int out_of_turn = 0;
        for (std::size_t i = 6; i + 6 < order.size(); ++i) {
            out_of_turn += order[i] != order[i - 3] ? 1 : 0;
        }
        EXPECT_LE(out_of_turn, 6);
    });
}

// Two that hand a value to and fro are each other's next to run; they must not starve a third.
TEST(yielding, a_pair_that_plays_ping_pong_does_not_starve_the_others) {
    run_test(1, [] {
        const auto ping = make_chan<int>();
        const auto pong = make_chan<int>();
        std::atomic<bool> has_run = false;
        gofer::go([=] {
            for (const int v : ping) pong.send(v);
            pong.close();
        });
        gofer::go([&] { has_run = true; });
        int rounds = 0;
        while (!has_run && rounds < 100'000) {
            ping.send(rounds);
            EXPECT_EQ(pong.recv(), rounds);
            ++rounds;
        }
        EXPECT_TRUE(has_run) << "after " << rounds << " rounds";
        ping.close();
        EXPECT_EQ(pong.recv(), std::nullopt);
    });
}

TEST(yielding, a_goroutine_that_starts_others_without_end_does_not_starve_those_that_wait) {
    run_test(1, [] {
        std::atomic<bool> has_run = false;
        gofer::go([&] { has_run = true; });
        int started = 0;
        while (!has_run && started < 100'000) {
            gofer::wait_group wg;
            wg.go([] {});
            wg.wait();
            ++started;
        }
        EXPECT_TRUE(has_run) << "after " << started << " were started";
    });
}

} // namespace
