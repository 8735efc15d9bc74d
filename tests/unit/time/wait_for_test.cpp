// SPDX-License-Identifier: Apache-2.0
//
// task::wait_for where the clock and the end of the goroutine meet: one of them wins, the answer
// says which, and the other leaves nothing behind.
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"
#include "support/seed.hpp"

namespace {

using gofer::async;
using gofer::make_chan;
using gofer_test::run_test;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

TEST(wait_for, of_zero_or_less_only_looks) {
    run_test([] {
        const auto go_on = make_chan<void>();
        auto t = async([=] { static_cast<void>(go_on.recv()); });
        EXPECT_FALSE(t.wait_for(0s));
        EXPECT_FALSE(t.wait_for(-1ns));
        EXPECT_FALSE(t.wait_for(std::chrono::hours::min()));
        go_on.close();
        t.wait();
        EXPECT_TRUE(t.wait_for(0s));
        EXPECT_TRUE(t.wait_for(-1ns));
    });
}

TEST(wait_for, may_be_repeated_until_the_goroutine_has_ended) {
    run_test([] {
        const auto go_on = make_chan<void>();
        auto t = async([=] { static_cast<void>(go_on.recv()); });
        for (int i = 0; i < 20; ++i) {
            const auto begin = steady_clock::now();
            EXPECT_FALSE(t.wait_for(200us));
            EXPECT_GE(steady_clock::now() - begin, 200us);
        }
        go_on.close();
        EXPECT_TRUE(t.wait_for(1h));
    });
}

TEST(wait_for, on_a_plain_thread_gives_both_answers) {
    run_test([] {
        const auto go_on = make_chan<void>();
        auto t = async([=] { static_cast<void>(go_on.recv()); });
        gofer::wait_group ended;
        ended.add(1);
        std::thread thread([&] {
            const auto begin = steady_clock::now();
            EXPECT_FALSE(t.wait_for(3ms));
            EXPECT_GE(steady_clock::now() - begin, 3ms);
            go_on.close();
            EXPECT_TRUE(t.wait_for(1h));
            ended.done();
        });
        ended.wait();
        thread.join();
    });
}

TEST(wait_for, waits_with_different_ends_for_one_goroutine_do_not_disturb_each_other) {
    run_test([] {
        const auto go_on = make_chan<void>();
        auto t = async([=] { static_cast<void>(go_on.recv()); });
        std::atomic<int> too_late = 0;
        std::atomic<int> in_time = 0;
        gofer::wait_group short_ones;
        gofer::wait_group long_ones;
        for (int i = 0; i < 30; ++i) {
            short_ones.go([&, i] {
                t.wait_for(std::chrono::microseconds(i * 100)) ? ++in_time : ++too_late;
            });
            long_ones.go([&] { t.wait_for(1h) ? ++in_time : ++too_late; });
        }
        short_ones.wait();
        EXPECT_EQ(too_late, 30);
        EXPECT_EQ(in_time, 0);
        go_on.close();
        long_ones.wait();
        EXPECT_EQ(in_time, 30);
    });
}

/// Some waiters give up at about the moment at which the goroutine ends.
TEST(wait_for, races_of_the_clock_with_the_end_have_one_answer_each) {
    const std::uint64_t seed = gofer_test::seed_of_test();
    run_test([=] {
        std::mt19937_64 random(seed);
        std::atomic<int> answers[2] = {0, 0};
        for (int round = 0; round < gofer_test::repetitions(400); ++round) {
            std::atomic<bool> has_ended = false;
            const auto about = std::chrono::microseconds(20 + random() % 200);
            auto t = async([&, about] {
                gofer::sleep(about);
                has_ended = true;
            });
            gofer::wait_group waiters;
            for (int w = 0; w < 6; ++w) {
                const auto end = about + std::chrono::microseconds(random() % 61) - 10us;
                waiters.go([&, end] {
                    const auto begin = steady_clock::now();
                    const bool is_in_time = t.wait_for(end);
                    ++answers[is_in_time ? 1 : 0];
                    if (is_in_time) {
                        EXPECT_TRUE(has_ended);
                    } else {
                        EXPECT_GE(steady_clock::now() - begin, end);
                    }
                });
            }
            waiters.wait();
            EXPECT_TRUE(t.wait_for(1h));
            ASSERT_TRUE(has_ended);
        }
        // How often each side wins is the machine's affair; that somebody always wins is ours.
        EXPECT_EQ(answers[0] + answers[1], 6 * gofer_test::repetitions(400));
    });
}

TEST(wait_for, a_task_may_be_dropped_as_soon_as_its_wait_has_been_given_up) {
    run_test([] {
        for (int round = 0; round < gofer_test::repetitions(500); ++round) {
            auto t = async([round] {
                for (int i = 0; i < round % 40; ++i) gofer::gosched();
            });
            static_cast<void>(t.wait_for(std::chrono::microseconds(round % 30)));
        }
    });
}

} // namespace
