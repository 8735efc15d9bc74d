// SPDX-License-Identifier: Apache-2.0
//
// Many goroutines: alive at once, one after another, in deep chains, in trees.
#include <atomic>
#include <cstdint>
#include <set>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::make_chan;
using gofer::wait_group;
using gofer_test::alive_at_once;
using gofer_test::repetitions;
using gofer_test::run_test;

TEST(many, a_hundred_thousand_wait_at_the_same_time) {
    run_test([] {
        const int n = alive_at_once(gofer_test::is_under_asan ? 10'000 : 100'000);
        const auto go_on = make_chan<void>();
        std::atomic<int> woken = 0;
        wait_group all;
        for (int i = 0; i < n; ++i) {
            all.go([&, go_on] {
                static_cast<void>(go_on.recv());
                ++woken;
            });
        }
        EXPECT_TRUE(gofer_test::wait_until_parked_count(static_cast<std::size_t>(n)));
        EXPECT_EQ(gofer::num_goroutine(), static_cast<std::size_t>(n) + 1);
        go_on.close();
        all.wait();
        EXPECT_EQ(woken, n);
    });
}

TEST(many, a_hundred_thousand_live_one_after_another) {
    run_test([] {
        const int n = repetitions(100'000);
        int count = 0;
        for (int i = 0; i < n; ++i) {
            wait_group wg;
            wg.go([&] { ++count; });
            wg.wait();
        }
        EXPECT_EQ(count, n);
    });
}

TEST(many, newborns_that_have_not_started_all_start) {
    run_test([] {
        const int n = alive_at_once(100'000);
        std::atomic<int> started = 0;
        wait_group all;
        for (int i = 0; i < n; ++i) all.go([&] { ++started; });
        all.wait();
        EXPECT_EQ(started, n);
    });
}

void start_the_next(int left, wait_group& all) {
    if (left > 0) all.go([=, &all] { start_the_next(left - 1, all); });
}

TEST(many, a_chain_in_which_each_starts_the_next_and_ends) {
    run_test([] {
        wait_group all;
        start_the_next(repetitions(100'000), all);
        all.wait();
    });
}

int depth_of(int left) {
    if (left == 0) return 0;
    const auto below = make_chan<int>();
    gofer::go([=] { below.send(depth_of(left - 1)); });
    return below.recv().value() + 1;
}

TEST(many, a_chain_in_which_each_waits_for_the_next) {
    run_test([] {
        const int n = alive_at_once(10'000);
        EXPECT_EQ(depth_of(n), n);
    });
}

std::int64_t sum_of_tree(std::int64_t first, std::int64_t leaves) {
    if (leaves == 1) return first;
    const auto sums = make_chan<std::int64_t>();
    for (int i = 0; i < 10; ++i) {
        gofer::go([=] { sums.send(sum_of_tree(first + i * (leaves / 10), leaves / 10)); });
    }
    std::int64_t sum = 0;
    for (int i = 0; i < 10; ++i) sum += sums.recv().value();
    return sum;
}

TEST(many, a_tree_of_goroutines_adds_its_leaves) {
    run_test([] {
        const std::int64_t leaves =
            gofer_test::is_under_tsan ? 1000 : (gofer_test::is_under_asan ? 10'000 : 100'000);
        EXPECT_EQ(sum_of_tree(0, leaves), leaves * (leaves - 1) / 2);
    });
}

TEST(many, ids_are_never_used_again) {
    run_test([] {
        std::set<std::uint64_t> seen{gofer::goid()};
        for (int i = 0; i < repetitions(10'000); ++i) {
            std::uint64_t id = 0;
            wait_group wg;
            wg.go([&] { id = gofer::goid(); });
            wg.wait();
            ASSERT_TRUE(seen.insert(id).second) << id;
        }
    });
}

TEST(many, the_number_of_goroutines_is_exact_when_all_is_quiet) {
    run_test([] {
        const auto go_on = make_chan<void>();
        for (std::size_t i = 1; i <= 20; ++i) {
            gofer::go([=] { static_cast<void>(go_on.recv()); });
            ASSERT_TRUE(gofer_test::wait_until_quiet());
            EXPECT_EQ(gofer::num_goroutine(), i + 1);
        }
        for (std::size_t i = 20; i >= 1; --i) {
            go_on.send();
            EXPECT_TRUE(gofer_test::eventually([=] { return gofer::num_goroutine() == i; }));
        }
    });
}

} // namespace
