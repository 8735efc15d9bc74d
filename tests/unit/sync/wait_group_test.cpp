// SPDX-License-Identifier: Apache-2.0
//
// wait_group: counting, waiting, misuse, and that a waiter may destroy it at once.
#include <atomic>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::usage_error;
using gofer::wait_group;
using gofer_test::repetitions;
using gofer_test::run_test;
using gofer_test::text_of;
using gofer_test::wait_until_quiet;

static_assert(!std::is_copy_constructible_v<wait_group>);
static_assert(!std::is_move_constructible_v<wait_group>);
static_assert(!std::is_copy_assignable_v<wait_group>);

TEST(wait_group, does_not_wait_at_zero) {
    wait_group wg;
    wg.wait(); // without a runtime too
    run_test([] {
        wait_group inside;
        inside.wait();
    });
}

TEST(wait_group, throws_where_it_would_wait_and_no_runtime_lives) {
    wait_group wg;
    wg.add(1);
    EXPECT_THROW(wg.wait(), gofer::no_runtime);
    wg.done();
    wg.wait();
}

TEST(wait_group, lets_many_waiters_go_on_at_once) {
    run_test([] {
        wait_group wg;
        wg.add(1);
        std::atomic<int> passed = 0;
        wait_group waiters;
        for (int i = 0; i < 100; ++i) {
            waiters.go([&] {
                wg.wait();
                ++passed;
            });
        }
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(passed, 0);
        wg.done();
        waiters.wait();
        EXPECT_EQ(passed, 100);
    });
}

TEST(wait_group, may_be_used_again_and_again) {
    run_test([] {
        wait_group wg;
        int sum = 0;
        for (int i = 0; i < repetitions(1000); ++i) {
            wg.go([&] { sum += 1; });
            wg.wait();
        }
        EXPECT_EQ(sum, repetitions(1000));
    });
}

TEST(wait_group, counts_by_several_and_back) {
    run_test([] {
        wait_group wg;
        wg.add(5);
        wg.add(-3);
        wait_group waiter;
        std::atomic<bool> has_passed = false;
        waiter.go([&] {
            wg.wait();
            has_passed = true;
        });
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_FALSE(has_passed);
        wg.add(-2);
        waiter.wait();
        EXPECT_TRUE(has_passed);
    });
}

TEST(wait_group, a_negative_counter_throws_and_leaves_it_usable) {
    wait_group wg;
    const auto text = text_of<usage_error>([&] { wg.done(); });
    EXPECT_NE(text.find("negative"), std::string::npos) << text;
    EXPECT_THROW(wg.add(-1), usage_error);
    wg.wait();
    wg.add(2);
    EXPECT_THROW(wg.add(-3), usage_error);
    wg.done();
    wg.done();
    wg.wait();
    EXPECT_THROW(wg.done(), usage_error);
}

TEST(wait_group, a_counter_beyond_the_limit_throws_and_leaves_it_usable) {
    constexpr int most = std::numeric_limits<int>::max();
    wait_group wg;
    wg.add(most);
    EXPECT_THROW(wg.add(1), usage_error);
    wg.add(-most);
    wg.wait();
}

TEST(wait_group, a_goroutine_that_leaves_by_goexit_is_counted_done) {
    run_test([] {
        wait_group wg;
        for (int i = 0; i < 10; ++i) wg.go([] { gofer::goexit(); });
        wg.wait();
    });
}

TEST(wait_group, goroutines_may_start_more_goroutines_in_it) {
    run_test([] {
        wait_group wg;
        std::atomic<int> run = 0;
        for (int i = 0; i < 10; ++i) {
            wg.go([&] {
                for (int n = 0; n < 10; ++n) wg.go([&] { ++run; });
            });
        }
        wg.wait();
        EXPECT_EQ(run, 100);
    });
}

TEST(wait_group, may_be_destroyed_by_its_waiter_at_once) {
    run_test([] {
        for (int i = 0; i < repetitions(20'000); ++i) {
            // On the heap, so that a touch after the last done is a use after free.
            auto wg = std::make_unique<wait_group>();
            wait_group* const raw = wg.get();
            raw->add(2);
            gofer::go([raw] { raw->done(); });
            gofer::go([raw] { raw->done(); });
            wg->wait();
            wg.reset();
        }
    });
}

TEST(wait_group, may_be_destroyed_by_a_thread_that_waited) {
    run_test([] {
        wait_group ended;
        ended.add(1);
        std::thread thread([&] {
            for (int i = 0; i < repetitions(2000); ++i) {
                auto wg = std::make_unique<wait_group>();
                wg->go([] {});
                wg->go([] { gofer::gosched(); });
                wg->wait();
                wg.reset();
            }
            ended.done();
        });
        ended.wait();
        thread.join();
    });
}

TEST(wait_group, goroutines_wait_for_threads) {
    run_test([] {
        wait_group wg;
        std::atomic<int> run = 0;
        std::optional<std::thread> threads[4];
        wg.add(4);
        for (auto& thread : threads) {
            thread.emplace([&] {
                ++run;
                wg.done();
            });
        }
        wg.wait();
        EXPECT_EQ(run, 4);
        for (auto& thread : threads) thread->join();
    });
}

TEST(wait_group, threads_and_goroutines_wait_side_by_side) {
    run_test([] {
        wait_group gate;
        wait_group passed;
        gate.add(1);
        passed.add(8);
        std::optional<std::thread> threads[4];
        for (auto& thread : threads) {
            thread.emplace([&] {
                gate.wait();
                passed.done();
            });
            gofer::go([&] {
                gate.wait();
                passed.done();
            });
        }
        gofer::gosched();
        gate.done();
        passed.wait();
        for (auto& thread : threads) thread->join();
    });
}

} // namespace
