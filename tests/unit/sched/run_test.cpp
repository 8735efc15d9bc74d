// SPDX-License-Identifier: Apache-2.0
//
// Starting and ending a runtime: exit codes, options, one at a time and one after another.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::options;
using gofer::usage_error;
using gofer_test::procs_of_test;
using gofer_test::run_test;
using gofer_test::text_of;

options with_procs(int procs) {
    options o;
    o.procs = procs;
    return o;
}

TEST(run, gives_what_the_main_function_returns) {
    EXPECT_EQ(gofer::run([] { return 0; }), 0);
    EXPECT_EQ(gofer::run([] { return 7; }), 7);
    EXPECT_EQ(gofer::run([] {}), 0);
}

TEST(run, takes_the_main_function_by_reference_and_does_not_copy_it) {
    struct counting {
        int calls = 0;
        counting() = default;
        counting(const counting&) = delete;
        counting& operator=(const counting&) = delete;
        void operator()() { ++calls; }
    };
    counting f;
    EXPECT_EQ(gofer::run(f), 0);
    EXPECT_EQ(f.calls, 1);
}

TEST(run, makes_the_main_goroutine_number_one_and_alone) {
    run_test([] {
        EXPECT_EQ(gofer::goid(), 1u);
        EXPECT_EQ(gofer::num_goroutine(), 1u);
    });
}

TEST(run, has_as_many_contexts_as_asked_for) {
    for (const int procs : {1, 2, 3, 8}) {
        run_test(procs, [=] { EXPECT_EQ(gofer::gomaxprocs(0), procs); });
    }
}

TEST(run, waits_for_goroutines_that_end_within_the_grace) {
    std::atomic<int> ended = 0;
    options o = with_procs(procs_of_test());
    o.grace = std::chrono::seconds(60);
    EXPECT_EQ(gofer::run(o,
                         [&] {
                             for (int i = 0; i < 10; ++i) {
                                 gofer::go([&] {
                                     for (int n = 0; n < 100; ++n) gofer::gosched();
                                     ++ended;
                                 });
                             }
                         }),
              0);
    EXPECT_EQ(ended, 10);
}

TEST(run, rethrows_an_exception_of_the_main_function_when_told_to) {
    options o = with_procs(procs_of_test());
    o.rethrow_main = true;
    const auto text = text_of<std::runtime_error>(
        [&] { gofer::run(o, [] { throw std::runtime_error("left main"); }); });
    EXPECT_EQ(text, "left main");
    run_test([] { EXPECT_EQ(gofer::num_goroutine(), 1u); }); // and the next run is not disturbed
}

TEST(run, may_be_called_fifty_times_in_a_row) {
    const auto threads = [] {
        namespace fs = std::filesystem;
        return std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator());
    };
    std::ptrdiff_t after_the_first = 0;
    for (int i = 0; i < 50; ++i) {
        run_test([] {
            const auto c = gofer::make_chan<int>();
            for (int n = 0; n < 10; ++n) gofer::go([=] { c.send(n); });
            int sum = 0;
            for (int n = 0; n < 10; ++n) sum += c.recv().value();
            EXPECT_EQ(sum, 45);
        });
        if (i == 0) after_the_first = threads();
    }
    EXPECT_LE(threads(), after_the_first + procs_of_test() + 1) << "each run left threads behind";
}

TEST(run, ids_begin_again_with_each_run) {
    for (int i = 0; i < 2; ++i) {
        run_test([] { EXPECT_EQ(gofer::goid(), 1u); });
    }
}

TEST(run, inside_a_run_is_a_usage_error) {
    run_test([] {
        const auto text = text_of<usage_error>([] { gofer::run([] {}); });
        EXPECT_NE(text.find("one"), std::string::npos) << text;
        EXPECT_THROW(gofer::runtime(), usage_error);
    });
}

TEST(run, on_a_thread_while_another_runs_is_a_usage_error) {
    run_test([] {
        gofer::wait_group ended;
        ended.add(1);
        std::thread other([&] {
            EXPECT_THROW(gofer::run([] {}), usage_error);
            EXPECT_THROW(gofer::runtime(), usage_error);
            ended.done();
        });
        ended.wait();
        other.join();
    });
}

TEST(run, refuses_absurd_options_and_says_which) {
    const auto refuses = [](const options& o, const char* name) {
        const auto text = text_of<usage_error>([&] { gofer::run(o, [] {}); });
        EXPECT_NE(text.find(name), std::string::npos) << text;
    };
    refuses(with_procs(-1), "procs");
    refuses(with_procs(1025), "procs");
    options o = with_procs(1);
    o.stack = std::size_t{1} << 62;
    refuses(o, "stack");
    o = with_procs(1);
    o.main_stack = std::size_t{1} << 62;
    refuses(o, "stack");
    o = with_procs(1);
    o.thread_max = 0;
    refuses(o, "thread_max");
    run_test([] {}); // and what was refused has left nothing behind
}

TEST(no_runtime, what_needs_one_throws_and_the_rest_answers) {
    EXPECT_EQ(gofer::goid(), 0u);
    EXPECT_EQ(gofer::num_goroutine(), 0u);
    EXPECT_GE(gofer::num_cpu(), 1);
    gofer::gosched();
    const auto text = text_of<gofer::no_runtime>([] { gofer::go([] {}); });
    EXPECT_NE(text.find("gofer::run"), std::string::npos) << text;
    EXPECT_THROW(gofer::go({.stack = 1 << 20}, [] {}), gofer::no_runtime);
    EXPECT_THROW(static_cast<void>(gofer::async([] { return 1; })), gofer::no_runtime);
    EXPECT_THROW(gofer::gomaxprocs(2), gofer::no_runtime);
    EXPECT_THROW(gofer::goexit(), gofer::no_runtime);
}

TEST(no_runtime, lives_after_the_last_one_has_ended) {
    run_test([] {});
    EXPECT_THROW(gofer::go([] {}), gofer::no_runtime);
    EXPECT_EQ(gofer::goid(), 0u);
}

} // namespace
