// SPDX-License-Identifier: Apache-2.0
//
// Plain threads start goroutines and wait for them while a runtime lives.
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::wait_group;
using gofer_test::repetitions;
using gofer_test::run_test;

TEST(outside_threads, start_goroutines_that_all_run) {
    run_test([] {
        constexpr int threads = 4;
        const int each = repetitions(10'000);
        std::atomic<int> run = 0;
        wait_group goroutines;
        wait_group ended;
        std::vector<std::thread> all;
        ended.add(threads);
        for (int t = 0; t < threads; ++t) {
            all.emplace_back([&] {
                EXPECT_EQ(gofer::goid(), 0u);
                for (int i = 0; i < each; ++i) {
                    goroutines.go([&] {
                        EXPECT_NE(gofer::goid(), 0u);
                        ++run;
                    });
                }
                ended.done();
            });
        }
        ended.wait();
        goroutines.wait();
        for (std::thread& t : all) t.join();
        EXPECT_EQ(run, threads * each);
    });
}

TEST(outside_threads, wait_for_goroutines_by_blocking) {
    run_test([] {
        wait_group ended;
        ended.add(1);
        std::thread thread([&] {
            for (int i = 0; i < repetitions(1000); ++i) {
                int written = 0;
                wait_group wg;
                wg.go([&] { written = i; });
                wg.wait();
                EXPECT_EQ(written, i);
            }
            ended.done();
        });
        ended.wait();
        thread.join();
    });
}

TEST(outside_threads, get_the_results_of_tasks) {
    run_test([] {
        wait_group ended;
        ended.add(1);
        std::thread thread([&] {
            EXPECT_EQ(gofer::async([] { return 42; }).get(), 42);
            ended.done();
        });
        ended.wait();
        thread.join();
    });
}

TEST(outside_threads, wake_an_idle_runtime) {
    gofer::options o;
    o.procs = gofer_test::procs_of_test();
    gofer::runtime rt(o);
    for (int i = 0; i < repetitions(1000); ++i) {
        const auto c = gofer::make_chan<int>(1);
        gofer::go([=] { c.send(i); }); // everything slept: this must wake somebody
        EXPECT_EQ(c.recv(), i);
    }
    EXPECT_EQ(rt.stop(), 0);
}

} // namespace
