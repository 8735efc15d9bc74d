// SPDX-License-Identifier: Apache-2.0
//
// Storms of goroutines, from goroutines and from threads, while the number of contexts changes; and
// runtimes one after another.
#include <atomic>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "duration.hpp"
#include "support/fixture.hpp"
#include "support/seed.hpp"

namespace {

using gofer::make_chan;
using gofer_test::run_test;
using gofer_test::stress_time;

/// Starts `n` that end in different ways, and waits for them.
void storm(int n, std::atomic<std::int64_t>& ended) {
    gofer::wait_group wg;
    for (int i = 0; i < n; ++i) {
        wg.go([&, i] {
            struct counts {
                std::atomic<std::int64_t>* n;
                ~counts() { ++*n; }
            } const at_end{&ended};
            if (i % 3 == 1) gofer::gosched();
            if (i % 16 == 7) gofer::goexit();
        });
    }
    wg.wait();
}

TEST(spawn_stress, storms_from_goroutines_and_threads_while_contexts_come_and_go) {
    std::mt19937_64 random(gofer_test::seed_of_test());
    run_test([&] {
        const stress_time time;
        std::atomic<std::int64_t> started = 0;
        std::atomic<std::int64_t> ended = 0;
        gofer::wait_group storms;
        std::vector<std::thread> threads;
        const auto keep_storming = [&] {
            while (!time.is_over()) {
                started += 200;
                storm(200, ended);
            }
            storms.done();
        };
        storms.add(6);
        for (int i = 0; i < 4; ++i) gofer::go(keep_storming);
        for (int i = 0; i < 2; ++i) threads.emplace_back(keep_storming);
        while (!time.is_over()) {
            gofer::gomaxprocs(1 + static_cast<int>(random() % 9));
            for (std::uint64_t n = random() % 100; n > 0; --n) gofer::gosched();
        }
        storms.wait();
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(started, ended);
    });
}

TEST(spawn_stress, pinned_ones_among_others) {
    run_test([] {
        const stress_time time;
        std::atomic<std::int64_t> sum = 0;
        std::int64_t expected = 0;
        while (!time.is_over()) {
            const auto c = make_chan<int>();
            gofer::wait_group all;
            for (int i = 0; i < 20; ++i) {
                all.add(1);
                gofer::go({.pinned = i % 4 == 0}, [&, c, i] {
                    c.send(i);
                    gofer::gosched();
                    all.done();
                });
            }
            for (int i = 0; i < 20; ++i) sum += c.recv().value();
            expected += 190;
            all.wait();
        }
        EXPECT_EQ(sum, expected);
    });
}

TEST(spawn_stress, runtimes_one_after_another) {
    const stress_time time;
    int runs = 0;
    while (!time.is_over()) {
        run_test([] {
            std::atomic<std::int64_t> ended = 0;
            storm(100, ended);
            EXPECT_EQ(ended, 100);
        });
        ++runs;
        ASSERT_FALSE(::testing::Test::HasFailure()) << "in run " << runs;
    }
    EXPECT_GT(runs, 0);
}

TEST(spawn_stress, runtimes_that_end_while_threads_still_use_channels_of_their_own) {
    const stress_time time;
    while (!time.is_over()) {
        const auto c = make_chan<int>(1);
        std::atomic<bool> is_over = false;
        std::thread outside([&] {
            int value = 0;
            while (!is_over) {
                static_cast<void>(c.try_send(value));
                static_cast<void>(c.try_recv(value));
            }
        });
        run_test([] {
            std::atomic<std::int64_t> ended = 0;
            storm(20, ended);
        });
        is_over = true;
        outside.join();
    }
}

} // namespace
