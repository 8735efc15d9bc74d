// SPDX-License-Identifier: Apache-2.0
//
// select chooses uniformly among the cases that are ready.
//
// The dice are the runtime's own, seeded from the clock, so a test cannot repeat a run: it prints
// what it counted. A count of n independent choices strays by more than sqrt(n ln(2/p) / 2) from
// its mean with probability at most p (Hoeffding); p = 1e-11 a count, fewer than a hundred counts
// here.
#include <array>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::make_chan;
using gofer::otherwise;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;
using gofer_test::run_test;

const int trials = gofer_test::repetitions(20'000);

template <std::size_t N>
void expect_uniform(const std::array<int, N>& counts) {
    const double n = std::accumulate(counts.begin(), counts.end(), 0);
    const double bound = std::sqrt(n * std::log(2 / 1e-11) / 2);
    const double mean = n / static_cast<double>(N);
    std::printf("[  COUNTS  ] mean %.0f +- %.0f:", mean, bound);
    for (const int count : counts) std::printf(" %d", count);
    std::printf("\n");
    ASSERT_LT(bound, mean) << "too few trials to say anything";
    for (const int count : counts) EXPECT_NEAR(count, mean, bound);
}

/// Counts what `choose()` gives.
template <std::size_t N, class Choose>
void expect_uniform_choice(Choose&& choose) {
    std::array<int, N> counts{};
    for (int i = 0; i < trials; ++i) ++counts.at(static_cast<std::size_t>(choose()));
    expect_uniform(counts);
}

/// A closed channel is ready to be received from for ever.
chan<int> always_ready() {
    const auto c = make_chan<int>();
    c.close();
    return c;
}

TEST(fairness, of_two_ready_cases) {
    run_test([] {
        const auto a = always_ready();
        const auto b = always_ready();
        int v = 0;
        expect_uniform_choice<2>([&] { return select(recv_into(a, v), recv_into(b, v)); });
    });
}

TEST(fairness, of_three_ready_cases) {
    run_test([] {
        const chan<int> c[] = {always_ready(), always_ready(), always_ready()};
        int v = 0;
        expect_uniform_choice<3>([&] {
            return select(recv_into(c[0], v), recv_into(c[1], v), recv_into(c[2], v), otherwise());
        });
    });
}

TEST(fairness, of_five_ready_cases) {
    run_test([] {
        const chan<int> c[] = {always_ready(), always_ready(), always_ready(), always_ready(),
                               always_ready()};
        int v = 0;
        expect_uniform_choice<5>([&] {
            return select(recv_into(c[0], v), recv_into(c[1], v), recv_into(c[2], v),
                          recv_into(c[3], v), recv_into(c[4], v));
        });
    });
}

TEST(fairness, of_two_cases_on_one_channel_and_one_on_another) {
    run_test([] {
        const auto c = always_ready();
        const auto d = always_ready();
        int v = 0;
        expect_uniform_choice<3>(
            [&] { return select(recv_into(c, v), recv_into(d, v), recv_into(c, v)); });
    });
}

TEST(fairness, of_a_send_and_a_receive_on_one_channel) {
    run_test([] {
        const auto c = make_chan<int>(2);
        c.send(0); // half full: both are ready
        expect_uniform_choice<2>([&] {
            int v = 0;
            const int chosen = select(send_from(c, 1), recv_into(c, v));
            if (chosen == 0) {
                EXPECT_TRUE(c.recv().has_value());
            } else {
                c.send(0);
            }
            return chosen;
        });
    });
}

/// A scan from a random start would favour the case behind those that are not ready.
TEST(fairness, does_not_depend_on_where_cases_stand_that_are_not_ready) {
    run_test([] {
        const auto a = always_ready();
        const auto b = always_ready();
        const auto never = make_chan<int>();
        const chan<int> nil;
        int v = 0;
        expect_uniform_choice<2>([&] {
            return select(recv_into(never, v), send_from(nil, 1), recv_into(nil, v),
                          recv_into(a, v), recv_into(b, v), send_from(never, 1)) -
                   3;
        });
    });
}

TEST(fairness, of_two_choices_in_a_row) {
    run_test([] {
        const auto a = always_ready();
        const auto b = always_ready();
        int v = 0;
        const auto choose = [&] { return select(recv_into(a, v), recv_into(b, v)); };
        expect_uniform_choice<4>([&] { return 2 * choose() + choose(); });
    });
}

TEST(fairness, on_a_plain_thread) {
    std::thread([] {
        const chan<int> c[] = {always_ready(), always_ready(), always_ready()};
        int v = 0;
        expect_uniform_choice<3>(
            [&] { return select(recv_into(c[0], v), recv_into(c[1], v), recv_into(c[2], v)); });
    }).join();
}

/// Newborn goroutines and P's that have just started do not all begin with the same choice.
TEST(fairness, of_the_first_choice_of_each_goroutine) {
    run_test([] {
        const auto a = always_ready();
        const auto b = always_ready();
        std::array<std::atomic<int>, 2> counts{};
        gofer::wait_group all;
        for (int i = 0; i < trials; ++i) {
            all.go([&] {
                int v = 0;
                ++counts[static_cast<std::size_t>(select(recv_into(a, v), recv_into(b, v)))];
            });
            if (i % 500 == 0) all.wait();
        }
        all.wait();
        expect_uniform(std::array<int, 2>{counts[0], counts[1]});
    });
}

} // namespace
