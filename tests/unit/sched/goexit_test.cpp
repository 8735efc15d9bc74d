// SPDX-License-Identifier: Apache-2.0
//
// goexit: ends one goroutine from any depth, destructors included. That of the main goroutine is in
// tests/program, since it ends the process.
#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>

#include <cxxabi.h>
#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::wait_group;
using gofer_test::balance;
using gofer_test::run_test;
using gofer_test::tracked;

/// Runs `f` as a goroutine that must not come to its end.
template <class F>
void expect_that_it_exits(F&& f) {
    run_test([&] {
        const balance<tracked> nothing_leaks;
        std::atomic<bool> is_at_its_end = false;
        wait_group wg;
        wg.go([&] {
            f();
            is_at_its_end = true;
        });
        wg.wait();
        EXPECT_FALSE(is_at_its_end);
    });
}

TEST(goexit, ends_the_goroutine_and_its_wait_group_counts_it_done) {
    expect_that_it_exits([] { gofer::goexit(); });
}

std::atomic<bool> does_exit = true;

[[gnu::noinline]] void exit_at_depth(int depth) {
    const tracked local(depth);
    if (depth > 0) {
        exit_at_depth(depth - 1);
    } else if (does_exit) {
        gofer::goexit();
    }
    ADD_FAILURE() << "frame " << local.value << " was returned to";
}

TEST(goexit, runs_the_destructors_of_every_frame) {
    expect_that_it_exits([] { exit_at_depth(50); });
}

TEST(goexit, passes_handlers_of_exceptions) {
    expect_that_it_exits([] {
        try {
            gofer::goexit();
        } catch (const std::exception& e) {
            ADD_FAILURE() << "caught as " << e.what();
        } catch (int) {
            ADD_FAILURE() << "caught as an int";
        }
    });
}

TEST(goexit, is_seen_by_a_handler_that_rethrows_it) {
    std::atomic<int> seen = 0;
    expect_that_it_exits([&] {
        try {
            gofer::goexit();
        } catch (...) {
            ++seen;
            throw;
        }
    });
    EXPECT_EQ(seen, 1);
    expect_that_it_exits([&] {
        try {
            gofer::goexit();
        } catch (const abi::__forced_unwind&) {
            ++seen;
            throw;
        }
    });
    EXPECT_EQ(seen, 2);
}

struct counted_error : std::runtime_error {
    tracked alive{1};
    counted_error() : std::runtime_error("handled when goexit was called") {}
};

TEST(goexit, inside_a_handler_ends_the_exception_handled_too) {
    expect_that_it_exits([] {
        try {
            throw counted_error();
        } catch (const counted_error&) {
            const tracked local(1);
            gofer::gosched();
            gofer::goexit();
        }
    });
}

TEST(goexit, passes_through_algorithms_of_the_standard_library) {
    expect_that_it_exits([] {
        std::array<int, 3> values{1, 2, 3};
        std::ranges::for_each(values, [](int v) {
            if (v == 2) gofer::goexit();
        });
    });
}

TEST(goexit, destructors_on_its_way_may_park) {
    struct parks_at_its_end {
        gofer::chan<int> c;
        ~parks_at_its_end() {
            c.send(1);
            for (int i = 0; i < 10; ++i) gofer::gosched();
            c.send(2);
        }
    };
    run_test([] {
        const auto c = gofer::make_chan<int>();
        gofer::go([c] {
            const parks_at_its_end outer{c};
            gofer::goexit();
        });
        EXPECT_EQ(c.recv(), 1);
        EXPECT_EQ(c.recv(), 2);
    });
}

TEST(goexit, of_thousands_leaves_the_others_alone) {
    run_test([] {
        const balance<tracked> nothing_leaks;
        std::atomic<int> ended = 0;
        wait_group wg;
        for (int i = 0; i < gofer_test::repetitions(5000); ++i) {
            wg.go([&, i] {
                const tracked local(i);
                if (i % 2 == 0) gofer::goexit();
                gofer::gosched();
                ++ended;
            });
        }
        wg.wait();
        EXPECT_EQ(ended, gofer_test::repetitions(5000) / 2);
    });
}

TEST(goexit, on_a_plain_thread_is_an_error) {
    run_test([] {
        gofer::wait_group ended;
        ended.add(1);
        std::thread thread([&] {
            EXPECT_THROW(gofer::goexit(), gofer::no_runtime);
            ended.done();
        });
        ended.wait();
        thread.join();
    });
}

} // namespace
