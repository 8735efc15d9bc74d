// SPDX-License-Identifier: Apache-2.0
//
// sleep: never early, whatever else runs, from goroutines and from plain threads.
#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"
#include "support/seed.hpp"

namespace {

using gofer_test::run_test;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Sleeps for d; how much longer than d that took, negative if it was too short.
template <class Duration>
std::chrono::nanoseconds excess_of_sleep(Duration d) {
    const auto begin = steady_clock::now();
    gofer::sleep(d);
    return steady_clock::now() - begin - std::chrono::ceil<std::chrono::nanoseconds>(d);
}

TEST(sleep, never_ends_early) {
    run_test([] {
        for (const auto d : {1ns, 999ns, 1'000ns, 50'000ns, 999'999ns, 1'000'001ns, 7'000'000ns}) {
            EXPECT_GE(excess_of_sleep(d), 0ns) << d.count() << " ns";
        }
        EXPECT_GE(excess_of_sleep(std::chrono::duration<double, std::milli>(1.5)), 0ns);
    });
}

TEST(sleep, from_a_plain_thread_never_ends_early) {
    const auto sleep_a_little = [] {
        for (const auto d : {1ns, 50'000ns, 3'000'000ns}) EXPECT_GE(excess_of_sleep(d), 0ns);
    };
    sleep_a_little(); // without a runtime
    run_test([=] {
        gofer::wait_group ended;
        ended.add(1);
        std::thread thread([&] {
            sleep_a_little();
            ended.done();
        });
        ended.wait();
        thread.join();
    });
}

TEST(sleep, of_zero_or_less_returns_at_once) {
    const auto return_at_once = [] {
        const auto begin = steady_clock::now();
        gofer::sleep(0s);
        gofer::sleep(-1ns);
        gofer::sleep(-24h);
        gofer::sleep(std::chrono::nanoseconds::min());
        gofer::sleep(std::chrono::duration<double>(-0.5));
        EXPECT_LT(steady_clock::now() - begin, gofer_test::patience);
    };
    return_at_once(); // on a plain thread
    run_test(return_at_once);
}

TEST(sleep, of_zero_lets_others_run) {
    run_test(1, [] {
        std::atomic<bool> has_run = false;
        gofer::go([&] { has_run = true; });
        for (int i = 0; i < 1000 && !has_run; ++i) gofer::sleep(0s);
        EXPECT_TRUE(has_run);
    });
}

TEST(sleep, parks_the_goroutine_and_not_its_thread) {
    run_test(1, [] {
        std::atomic<bool> is_asleep = false;
        std::atomic<bool> is_over = false;
        gofer::go([&] {
            is_asleep = true;
            gofer::sleep(20ms);
            is_asleep = false;
            is_over = true;
        });
        bool is_seen_asleep = false;
        while (!is_over) {
            gofer::gosched();
            if (is_asleep) is_seen_asleep = true;
        }
        EXPECT_TRUE(is_seen_asleep) << "nobody ran meanwhile";
    });
}

TEST(sleep, ends_while_all_others_spin_with_gosched) {
    run_test([] {
        std::atomic<bool> is_over = false;
        gofer::wait_group spinners;
        for (int i = 0; i < gofer_test::procs_of_test() + 1; ++i) {
            spinners.go([&] {
                while (!is_over) gofer::gosched();
            });
        }
        const auto begin = steady_clock::now();
        EXPECT_GE(excess_of_sleep(5ms), 0ns);
        EXPECT_LT(steady_clock::now() - begin, gofer_test::patience);
        is_over = true;
        spinners.wait();
    });
}

TEST(sleep, of_ten_thousand_goroutines_ends_for_each_and_never_early) {
    const std::uint64_t seed = gofer_test::seed_of_test();
    run_test([=] {
        const int count = gofer_test::alive_at_once(10'000);
        std::mt19937_64 random(seed);
        std::atomic<int> early = 0;
        std::atomic<int> ended = 0;
        gofer::wait_group sleepers;
        for (int i = 0; i < count; ++i) {
            const std::chrono::microseconds d(random() % 50'000);
            sleepers.go([&, d] {
                if (excess_of_sleep(d) < 0ns) ++early;
                ++ended;
            });
        }
        sleepers.wait();
        EXPECT_EQ(ended, count);
        EXPECT_EQ(early, 0);
    });
}

TEST(sleep, of_many_on_all_contexts_at_once_with_moments_close_together) {
    run_test([] {
        gofer::wait_group sleepers;
        std::atomic<int> early = 0;
        for (int i = 0; i < 50; ++i) {
            sleepers.go([&, i] {
                for (int n = 0; n < gofer_test::repetitions(100); ++n) {
                    if (excess_of_sleep(std::chrono::microseconds((i * 7 + n) % 40)) < 0ns) ++early;
                }
            });
        }
        sleepers.wait();
        EXPECT_EQ(early, 0);
    });
}

TEST(sleep, that_is_left_at_the_end_of_run_is_reported_and_not_waited_for_beyond_the_grace) {
    ::testing::internal::CaptureStderr();
    gofer::options o;
    o.procs = gofer_test::procs_of_test();
    o.grace = 20ms;
    const auto begin = steady_clock::now();
    const int code = gofer::run(o, [] {
        gofer::go({.name = "long sleeper"}, [] { gofer::sleep(24h); });
        EXPECT_TRUE(gofer_test::wait_until_quiet());
    });
    const std::string report = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(code, 3);
    EXPECT_LT(steady_clock::now() - begin, gofer_test::patience);
    EXPECT_NE(report.find("sleep"), std::string::npos) << report;
    EXPECT_NE(report.find("long sleeper"), std::string::npos) << report;
    run_test(
        [] { EXPECT_GE(excess_of_sleep(1ms), 0ns); }); // the next runtime has its timers to itself
}

} // namespace
