// SPDX-License-Identifier: Apache-2.0
//
// Exceptions in thousands of goroutines that migrate between threads, nested and rethrown, beside
// goexit; and waiters that destroy what they waited for.
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "duration.hpp"
#include "support/fixture.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::make_chan;
using gofer_test::run_test;
using gofer_test::stress_time;
using gofer_test::tracked;

struct numbered : std::runtime_error {
    int number;
    tracked alive;
    explicit numbered(int n) : std::runtime_error(std::to_string(n)), number(n), alive(n) {}
};

/// Throws through `depth` handlers, each of which parks and rethrows.
void throw_through(int depth, int n, const gofer::chan<int>& park) {
    const tracked local(depth);
    try {
        if (depth == 0) throw numbered(n);
        throw_through(depth - 1, n, park);
    } catch (const numbered& e) {
        if (e.number != n) ADD_FAILURE() << e.number << " instead of " << n;
        static_cast<void>(park.recv());
        throw;
    }
}

TEST(exception_stress, rethrown_through_handlers_that_park) {
    const gofer_test::balance<tracked> nothing_leaks;
    run_test([] {
        const stress_time time;
        const auto park = make_chan<int>();
        std::atomic<int> caught = 0;
        gofer::wait_group throwers;
        for (int i = 0; i < 100; ++i) {
            throwers.go([&, i] {
                for (int n = i; !time.is_over(); n += 100) {
                    try {
                        throw_through(5, n, park);
                    } catch (const numbered& e) {
                        if (e.number == n) ++caught;
                    }
                }
            });
        }
        gofer::wait_group wakers;
        for (int i = 0; i < 4; ++i) {
            wakers.go([&] {
                try {
                    for (int n = 0;; ++n) park.send(n);
                } catch (const gofer::channel_error&) { // closed: the throwers are done
                }
            });
        }
        throwers.wait();
        park.close();
        wakers.wait();
        EXPECT_GT(caught, 0);
    });
}

TEST(exception_stress, tasks_that_throw_and_goexit) {
    const gofer_test::balance<tracked> nothing_leaks;
    run_test([] {
        const stress_time time;
        gofer::wait_group all;
        for (int g = 0; g < 8; ++g) {
            all.go([&] {
                for (int n = 0; !time.is_over(); ++n) {
                    auto t = gofer::async([n]() -> tracked {
                        const tracked local(n);
                        if (n % 3 == 0) throw numbered(n);
                        if (n % 3 == 1) gofer::goexit();
                        return tracked(n);
                    });
                    try {
                        EXPECT_EQ(t.get().value, n);
                    } catch (const numbered& e) {
                        EXPECT_EQ(e.number, n);
                    } catch (const gofer::usage_error&) {
                        EXPECT_EQ(n % 3, 1);
                    }
                }
            });
        }
        all.wait();
    });
}

TEST(exception_stress, waiters_destroy_what_they_waited_for) {
    run_test([] {
        const stress_time time;
        gofer::wait_group all;
        for (int g = 0; g < 8; ++g) {
            all.go([&] {
                while (!time.is_over()) {
                    auto wg = std::make_unique<gofer::wait_group>();
                    for (int i = 0; i < 3; ++i) wg->go([] { gofer::gosched(); });
                    wg->wait();
                    wg.reset();
                }
            });
        }
        all.wait();
    });
}

} // namespace
