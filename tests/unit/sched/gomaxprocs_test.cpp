// SPDX-License-Identifier: Apache-2.0
//
// The number of contexts changes while goroutines run.
#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"
#include "support/seed.hpp"

namespace {

using gofer::gomaxprocs;
using gofer::make_chan;
using gofer_test::alive_at_once;
using gofer_test::eventually;
using gofer_test::run_test;

TEST(gomaxprocs, gives_the_old_number_and_sets_the_new_one) {
    run_test(2, [] {
        EXPECT_EQ(gomaxprocs(5), 2);
        EXPECT_EQ(gomaxprocs(1), 5);
        EXPECT_EQ(gomaxprocs(2), 1);
    });
}

TEST(gomaxprocs, only_asks_by_zero_and_less) {
    run_test(3, [] {
        EXPECT_EQ(gomaxprocs(0), 3);
        EXPECT_EQ(gomaxprocs(-1), 3);
        EXPECT_EQ(gomaxprocs(0), 3);
    });
}

TEST(gomaxprocs, refuses_more_than_the_limit_and_changes_nothing) {
    run_test(2, [] {
        const auto text =
            gofer_test::text_of<gofer::usage_error>([] { static_cast<void>(gomaxprocs(1025)); });
        EXPECT_NE(text.find("1024"), std::string::npos) << text;
        EXPECT_EQ(gomaxprocs(0), 2);
    });
}

TEST(gomaxprocs, may_be_called_from_a_plain_thread) {
    run_test(1, [] {
        gofer::wait_group ended;
        ended.add(1);
        std::thread thread([&] {
            EXPECT_EQ(gomaxprocs(3), 1);
            ended.done();
        });
        ended.wait();
        thread.join();
        EXPECT_EQ(gomaxprocs(0), 3);
    });
}

TEST(gomaxprocs, growing_is_immediate) {
    run_test(1, [] {
        // Two that need each other at the same time, and never yield: one context cannot do it.
        std::atomic<int> meeting = 0;
        gofer::wait_group both;
        gomaxprocs(3);
        for (int i = 0; i < 2; ++i) {
            both.go([&] {
                for (++meeting; meeting.load() < 2;) {
                }
            });
        }
        both.wait();
        EXPECT_EQ(meeting, 2);
    });
}

TEST(gomaxprocs, after_shrinking_to_one_goroutines_take_turns) {
    run_test(8, [] {
        gomaxprocs(1);
        // A surplus context retires at its next scheduling point; then only one goroutine at a
        // time is between its two yields.
        std::atomic<int> inside = 0;
        std::atomic<int> rounds_alone = 0;
        gofer::wait_group all;
        for (int i = 0; i < 8; ++i) {
            all.go([&] {
                while (rounds_alone < 1000) {
                    const int others = inside.fetch_add(1);
                    rounds_alone = others == 0 ? rounds_alone + 1 : 0;
                    inside.fetch_sub(1);
                    gofer::gosched();
                }
            });
        }
        all.wait();
        EXPECT_GE(rounds_alone, 1000);
    });
}

TEST(gomaxprocs, changes_at_random_while_thousands_run_lose_nobody) {
    std::mt19937_64 random(gofer_test::seed_of_test());
    run_test([&] {
        const int n = alive_at_once(5000);
        const auto c = make_chan<int>(10);
        gofer::wait_group senders;
        for (int i = 0; i < n; ++i) {
            senders.go([=] {
                gofer::gosched();
                c.send(i);
                gofer::gosched();
            });
        }
        std::int64_t sum = 0;
        for (int i = 0; i < n; ++i) {
            if (i % 50 == 0) gomaxprocs(1 + static_cast<int>(random() % 9));
            sum += c.recv().value();
        }
        senders.wait();
        EXPECT_EQ(sum, std::int64_t{n} * (n - 1) / 2);
    });
}

TEST(gomaxprocs, by_several_goroutines_at_once_ends_at_one_of_their_numbers) {
    run_test([] {
        gofer::wait_group all;
        for (int i = 0; i < 4; ++i) {
            all.go([i] {
                for (int n = 0; n < gofer_test::repetitions(200); ++n) {
                    gomaxprocs(1 + i);
                    gofer::gosched();
                }
            });
        }
        all.wait();
        EXPECT_GE(gomaxprocs(0), 1);
        EXPECT_LE(gomaxprocs(0), 4);
    });
}

TEST(gomaxprocs, shrinking_while_goroutines_are_parked_wakes_them_later_all_the_same) {
    run_test(8, [] {
        const int n = alive_at_once(1000);
        const auto go_on = make_chan<void>();
        gofer::wait_group all;
        for (int i = 0; i < n; ++i) all.go([=] { EXPECT_FALSE(go_on.recv()); });
        ASSERT_TRUE(gofer_test::wait_until_quiet());
        gomaxprocs(1);
        go_on.close();
        all.wait();
    });
}

} // namespace
