// SPDX-License-Identifier: Apache-2.0
//
// Ranging over a channel: loops, views, and the iterator's contract.
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::make_chan;
using gofer::recv_chan;
using gofer_test::run_test;

using iterator = decltype(std::declval<const chan<int>&>().begin());
static_assert(std::input_iterator<iterator>);
static_assert(!std::forward_iterator<iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, iterator>);
static_assert(std::ranges::input_range<chan<int>>);
static_assert(std::ranges::input_range<const recv_chan<std::unique_ptr<int>>>);
static_assert(std::is_same_v<std::ranges::range_value_t<chan<int>>, int>);
static_assert(std::is_same_v<std::ranges::range_reference_t<chan<int>>, int&>);

chan<int> numbers(int n) {
    const auto c = make_chan<int>(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) c.send(i);
    c.close();
    return c;
}

TEST(range, a_loop_receives_until_the_channel_is_closed_and_drained) {
    run_test([] {
        const auto c = make_chan<int>();
        gofer::go([c] {
            for (int i = 0; i < 100; ++i) c.send(i);
            c.close();
        });
        std::vector<int> seen;
        for (const int& v : c) seen.push_back(v);
        ASSERT_EQ(seen.size(), 100u);
        for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
    });
}

TEST(range, a_loop_over_a_closed_channel_has_no_rounds) {
    run_test([] {
        for (const int v : numbers(0)) ADD_FAILURE() << v;
    });
}

TEST(range, a_loop_that_breaks_has_taken_only_what_it_saw) {
    run_test([] {
        const auto c = numbers(5);
        for (const int v : c) {
            if (v == 1) break;
        }
        EXPECT_EQ(c.recv(), 2);
    });
}

TEST(range, take_three_takes_exactly_three) {
    run_test([] {
        const auto c = numbers(10);
        std::vector<int> seen;
        for (const int v : c | std::views::take(3)) seen.push_back(v);
        EXPECT_EQ(seen, (std::vector{0, 1, 2}));
        EXPECT_EQ(c.len(), 7u);
        EXPECT_EQ(c.recv(), 3);
    });
}

TEST(range, take_three_does_not_wait_for_a_fourth) {
    run_test([] {
        const auto c = make_chan<int>(3);
        for (int i = 0; i < 3; ++i) c.send(i);
        int sum = 0;
        for (const int v : c | std::views::take(3)) sum += v; // would wait for ever on a fourth
        EXPECT_EQ(sum, 3);
    });
}

TEST(range, views_compose) {
    run_test([] {
        const auto c = numbers(10);
        std::vector<int> seen;
        for (const int v : c | std::views::filter([](int n) { return n % 2 == 1; }) |
                               std::views::transform([](int n) { return n * n; })) {
            seen.push_back(v);
        }
        EXPECT_EQ(seen, (std::vector{1, 9, 25, 49, 81}));
    });
}

TEST(range, values_can_be_moved_out_of_the_loop) {
    run_test([] {
        const auto c = make_chan<std::unique_ptr<int>>(2);
        c.send(std::make_unique<int>(1));
        c.send(std::make_unique<int>(2));
        c.close();
        std::vector<std::unique_ptr<int>> kept;
        for (auto& v : c) kept.push_back(std::move(v));
        ASSERT_EQ(kept.size(), 2u);
        EXPECT_EQ(*kept[1], 2);
    });
}

TEST(range, the_iterator_keeps_the_channel_alive) {
    run_test([] {
        auto c = numbers(2);
        auto it = c.begin();
        c = chan<int>();
        EXPECT_EQ(*it, 0);
        ++it;
        EXPECT_FALSE(it == std::default_sentinel);
        EXPECT_EQ(*it, 1);
        it++;
        EXPECT_TRUE(it == std::default_sentinel);
    });
}

TEST(range, comparing_twice_receives_once) {
    run_test([] {
        const auto c = numbers(2);
        auto it = c.begin();
        EXPECT_EQ(c.len(), 2u) << "begin alone receives nothing";
        EXPECT_FALSE(it == c.end());
        EXPECT_FALSE(it == c.end());
        EXPECT_EQ(*it, 0);
        EXPECT_EQ(c.len(), 1u);
    });
}

TEST(range, goroutines_share_the_values_of_one_channel) {
    run_test([] {
        const auto c = make_chan<int>();
        std::vector<int> sums(4);
        gofer::wait_group all;
        for (int& sum : sums) {
            all.go([&, c] {
                for (const int v : c) sum += v;
            });
        }
        for (int i = 1; i <= 1000; ++i) c.send(i);
        c.close();
        all.wait();
        EXPECT_EQ(sums[0] + sums[1] + sums[2] + sums[3], 500'500);
    });
}

} // namespace
