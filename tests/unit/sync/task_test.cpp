// SPDX-License-Identifier: Apache-2.0
//
// async and task: results, exceptions, and what becomes of a handle. That an exception which nobody
// fetched is reported is in tests/program.
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::async;
using gofer::make_chan;
using gofer::task;
using gofer::usage_error;
using gofer_test::balance;
using gofer_test::run_test;
using gofer_test::text_of;
using gofer_test::tracked;
using gofer_test::tracked_move_only;
using namespace std::chrono_literals;

static_assert(!std::is_copy_constructible_v<task<int>>);
static_assert(std::is_nothrow_move_constructible_v<task<int>>);
static_assert(std::is_same_v<decltype(async([] { return 1; })), task<int>>);
static_assert(std::is_same_v<decltype(async([] {})), task<void>>);
static_assert(std::is_same_v<decltype(std::declval<task<int&>&>().get()), int&>);

TEST(task, gives_the_result) {
    run_test([] {
        auto sum = async([](int a, int b) { return a + b; }, 40, 2);
        EXPECT_TRUE(sum.valid());
        EXPECT_EQ(sum.get(), 42);
        EXPECT_FALSE(sum.valid());
    });
}

TEST(task, gives_results_of_every_kind) {
    run_test([] {
        const balance<tracked> nothing_leaks;
        EXPECT_EQ(async([] { return std::string(1000, 'x'); }).get().size(), 1000u);
        EXPECT_EQ(*async([] { return std::make_unique<int>(5); }).get(), 5);
        EXPECT_EQ(async([] { return tracked(6); }).get().value, 6);
        EXPECT_EQ(async([] { return tracked_move_only(7); }).get().value, 7);
        bool has_run = false;
        async([&] { has_run = true; }).get();
        EXPECT_TRUE(has_run);
        static const int constant = 9;
        EXPECT_EQ(&async([]() -> const int& { return constant; }).get(), &constant);
    });
}

TEST(task, gives_a_reference_to_the_very_object) {
    run_test([] {
        int object = 1;
        int& result = async([&]() -> int& { return object; }).get();
        EXPECT_EQ(&result, &object);
    });
}

TEST(task, throws_what_the_goroutine_threw) {
    run_test([] {
        auto failing = async([]() -> int { throw std::runtime_error("from the goroutine"); });
        EXPECT_EQ(text_of<std::runtime_error>([&] { static_cast<void>(failing.get()); }),
                  "from the goroutine");
        EXPECT_FALSE(failing.valid());
        EXPECT_THROW(async([] { throw 5; }).get(), int);
    });
}

TEST(task, says_when_the_goroutine_left_by_goexit) {
    run_test([] {
        const balance<tracked> nothing_leaks;
        auto exiting = async([]() -> int {
            const tracked local(1);
            gofer::goexit();
        });
        const auto text = text_of<usage_error>([&] { static_cast<void>(exiting.get()); });
        EXPECT_NE(text.find("goexit"), std::string::npos) << text;
    });
}

TEST(task, wait_does_not_fetch) {
    run_test([] {
        auto t = async([] { return 1; });
        t.wait();
        t.wait();
        EXPECT_TRUE(t.valid());
        EXPECT_EQ(t.get(), 1);
    });
}

TEST(task, wait_does_not_throw_what_the_goroutine_threw) {
    run_test([] {
        auto t = async([] { throw std::runtime_error("kept for get"); });
        EXPECT_NO_THROW(t.wait());
        EXPECT_THROW(t.get(), std::runtime_error);
    });
}

TEST(task, may_be_waited_for_by_many) {
    run_test([] {
        const auto go_on = make_chan<void>();
        auto t = async([=] { static_cast<void>(go_on.recv()); });
        gofer::wait_group waiters;
        for (int i = 0; i < 10; ++i) waiters.go([&] { t.wait(); });
        ASSERT_TRUE(gofer_test::wait_until_quiet());
        EXPECT_EQ(gofer::num_goroutine(), 12u);
        go_on.send();
        waiters.wait();
        t.get();
    });
}

TEST(task, an_invalid_handle_says_so) {
    run_test([] {
        task<int> never;
        EXPECT_FALSE(never.valid());
        EXPECT_THROW(static_cast<void>(never.get()), usage_error);
        EXPECT_THROW(never.wait(), usage_error);
        EXPECT_THROW(static_cast<void>(never.wait_for(1ms)), usage_error);
        never.detach();
        auto t = async([] { return 1; });
        const auto moved = std::move(t);
        EXPECT_THROW(t.wait(), usage_error); // NOLINT: its state after the move is what is tested
        EXPECT_TRUE(moved.valid());
    });
}

TEST(task, dropping_the_handle_lets_the_goroutine_go_on) {
    run_test([] {
        const balance<tracked> nothing_leaks;
        const auto go_on = make_chan<void>();
        std::atomic<int> ended = 0;
        const auto waiting = [&, go_on] {
            static_cast<void>(go_on.recv());
            ++ended;
            return tracked(1);
        };
        {
            auto dropped = async(waiting);
        }
        auto detached = async(waiting);
        detached.detach();
        EXPECT_FALSE(detached.valid());
        auto replaced = async(waiting);
        replaced = task<tracked>();
        EXPECT_EQ(ended, 0);
        go_on.close();
        EXPECT_TRUE(gofer_test::eventually([&] { return ended == 3; }));
        EXPECT_TRUE(gofer_test::eventually([] { return gofer::num_goroutine() == 1; }));
    });
}

TEST(task, wait_for_says_false_when_the_time_is_over_and_never_early) {
    run_test([] {
        const auto go_on = make_chan<void>();
        auto t = async([=] { static_cast<void>(go_on.recv()); });
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_FALSE(t.wait_for(5ms));
        EXPECT_GE(std::chrono::steady_clock::now() - begin, 5ms);
        EXPECT_FALSE(t.wait_for(0ms));
        EXPECT_FALSE(t.wait_for(-1h));
        go_on.send();
        t.get();
    });
}

TEST(task, wait_for_says_true_when_the_goroutine_ends_first) {
    run_test([] {
        const auto go_on = make_chan<void>();
        auto t = async([=] {
            static_cast<void>(go_on.recv());
            return 3;
        });
        gofer::go([=] { go_on.send(); });
        EXPECT_TRUE(t.wait_for(1h));
        EXPECT_TRUE(t.wait_for(0ms));
        EXPECT_TRUE(t.wait_for(std::chrono::hours::max()));
        EXPECT_EQ(t.get(), 3);
    });
}

TEST(task, wait_for_parks_only_its_goroutine) {
    run_test(1, [] {
        const auto end = make_chan<void>();
        auto blocked = async([=] { static_cast<void>(end.recv()); });
        std::atomic<bool> is_over = false;
        gofer::wait_group waiter;
        waiter.go([&] {
            EXPECT_FALSE(blocked.wait_for(20ms));
            is_over = true;
        });
        int turns = 0;
        while (!is_over) {
            gofer::gosched();
            ++turns;
        }
        EXPECT_GT(turns, 10);
        waiter.wait();
        end.send();
        blocked.get();
    });
}

TEST(task, wait_for_races_with_the_end_and_both_answers_are_right) {
    run_test([] {
        for (int i = 0; i < gofer_test::repetitions(500); ++i) {
            std::atomic<bool> has_ended = false;
            auto t = async([&] {
                for (int n = 0; n < 20; ++n) gofer::gosched();
                has_ended = true;
            });
            if (t.wait_for(std::chrono::microseconds(i % 50))) {
                EXPECT_TRUE(has_ended);
            }
            t.get();
            EXPECT_TRUE(has_ended);
        }
    });
}

TEST(task, thousands_give_their_results) {
    run_test([] {
        const int n = gofer_test::alive_at_once(5000);
        std::vector<task<int>> tasks;
        for (int i = 0; i < n; ++i) tasks.push_back(async([i] { return i; }));
        for (int i = 0; i < n; ++i) ASSERT_EQ(tasks[static_cast<std::size_t>(i)].get(), i);
    });
}

int fib(int n) {
    if (n < 2) return n;
    auto left = async([n] { return fib(n - 1); });
    const int right = fib(n - 2);
    return left.get() + right;
}

TEST(task, fork_and_join_recursively) {
    run_test([] {
        EXPECT_EQ(fib(10), 55);
        if (!gofer_test::is_under_tsan) {
            EXPECT_EQ(fib(18), 2584);
        }
    });
}

} // namespace
