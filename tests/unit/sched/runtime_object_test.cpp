// SPDX-License-Identifier: Apache-2.0
//
// gofer::runtime: a runtime beside a main loop of the program's own.
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::make_chan;
using gofer::runtime;
using gofer::usage_error;

gofer::options of_test() {
    gofer::options o;
    o.procs = gofer_test::procs_of_test();
    return o;
}

TEST(runtime_object, runs_goroutines_while_the_thread_does_something_else) {
    runtime rt(of_test());
    const auto results = make_chan<int>();
    for (int i = 0; i < 10; ++i) rt.go([=] { results.send(i); });
    int sum = 0;
    for (int i = 0; i < 10; ++i) sum += results.recv().value(); // blocks this thread
    EXPECT_EQ(sum, 45);
    EXPECT_EQ(gofer::goid(), 0u);
    EXPECT_EQ(rt.stop(), 0);
}

TEST(runtime_object, takes_arguments_and_options_as_go_does) {
    runtime rt(of_test());
    const auto c = make_chan<int>(2);
    rt.go([](gofer::chan<int> to, int v) { to.send(v); }, c, 1);
    EXPECT_EQ(c.recv(), 1);
    rt.go(gofer::go_options{.name = "named"}, [=] { c.send(2); });
    EXPECT_EQ(c.recv(), 2);
    EXPECT_EQ(rt.stop(), 0);
}

TEST(runtime_object, stop_waits_for_goroutines_that_end) {
    std::atomic<int> ended = 0;
    gofer::options o = of_test();
    o.grace = std::chrono::seconds(60);
    runtime rt(o);
    for (int i = 0; i < 10; ++i) {
        rt.go([&] {
            for (int n = 0; n < 100; ++n) gofer::gosched();
            ++ended;
        });
    }
    EXPECT_EQ(rt.stop(), 0);
    EXPECT_EQ(ended, 10);
}

TEST(runtime_object, stop_may_be_called_twice) {
    runtime rt(of_test());
    EXPECT_EQ(rt.stop(), 0);
    EXPECT_EQ(rt.stop(), 0);
    EXPECT_THROW(rt.go([] {}), gofer::no_runtime);
}

TEST(runtime_object, cannot_be_stopped_by_a_goroutine_of_its_own) {
    runtime rt(of_test());
    const auto is_refused = make_chan<bool>(1);
    rt.go([&, is_refused] {
        try {
            rt.stop();
            is_refused.send(false);
        } catch (const usage_error&) {
            is_refused.send(true);
        }
    });
    EXPECT_EQ(is_refused.recv(), true);
    EXPECT_EQ(rt.stop(), 0);
}

TEST(runtime_object, there_is_one_at_a_time_and_any_number_in_turn) {
    for (int i = 0; i < 20; ++i) {
        runtime rt(of_test());
        EXPECT_THROW(runtime(), usage_error);
        EXPECT_THROW(gofer::run([] {}), usage_error);
        const auto c = make_chan<int>(1);
        rt.go([=] { c.send(i); });
        EXPECT_EQ(c.recv(), i);
    }
    gofer_test::run_test([] {});
}

TEST(runtime_object, may_be_made_and_stopped_by_different_threads) {
    std::optional<runtime> rt;
    std::thread([&] { rt.emplace(of_test()); }).join();
    const auto c = make_chan<int>(1);
    gofer::go([=] { c.send(5); });
    std::thread([&] {
        EXPECT_EQ(c.recv(), 5);
        EXPECT_EQ(rt->stop(), 0);
    }).join();
}

} // namespace
