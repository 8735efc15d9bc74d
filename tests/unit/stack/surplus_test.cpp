// SPDX-License-Identifier: Apache-2.0
//
// Pages of free stacks beyond those kept go back to the system, and no others.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include <sys/mman.h>

#include "faults.hpp"
#include "probe.hpp"
#include "stack/arena.hpp"

namespace gofer::rt {
namespace {

using gofer_test::default_class;
using gofer_test::resident_bytes;
using gofer_test::take_many;

constexpr long page = 4096;

/// Whether the page below the top of a stack is resident.
bool is_resident(const stack& s) {
    unsigned char is = 0;
    return mincore(s.top - page, page, &is) == 0 && (is & 1) != 0;
}

std::vector<stack*> take_and_touch(stack_arena& a, std::size_t n) {
    auto taken = take_many(a, n);
    for (const stack* s : taken) gofer_test::touch(*s);
    return taken;
}

TEST(surplus, goes_back_to_the_system) {
    stack_arena a;
    constexpr std::size_t n = 20'000;
    const auto taken = take_and_touch(a, n);
    ASSERT_EQ(taken.size(), n);
    const std::size_t full = resident_bytes();
    a.give(taken.data(), taken.size());
    EXPECT_TRUE(a.has_surplus());
    EXPECT_EQ(a.return_surplus(), n - 1024);
    EXPECT_FALSE(a.has_surplus());
    EXPECT_EQ(a.stats().free_resident, 1024U);
    EXPECT_GE(a.stats().free_cold, n - 1024);
    const std::size_t rest = resident_bytes();
    ASSERT_LT(rest, full);
    // Each had one page; a tenth of slack for whatever else the process does.
    EXPECT_GE(full - rest, (n - 1024) * page * 9 / 10);
    EXPECT_EQ(std::count_if(taken.begin(), taken.end(), [](stack* s) { return is_resident(*s); }),
              1024);
}

TEST(surplus, takes_the_stacks_that_are_free_longest) {
    stack_arena a;
    a.keep_resident(100);
    const auto taken = take_and_touch(a, 2000);
    a.give(taken.data(), taken.size());
    ASSERT_EQ(a.return_surplus(), 1900U);
    for (std::size_t i = 0; i < 2000; ++i) {
        ASSERT_EQ(is_resident(*taken[i]), i >= 1900) << i;
    }
    stack* s = nullptr;
    ASSERT_EQ(a.take(default_class, &s, 1), 1U);
    EXPECT_EQ(s, taken.back());
}

TEST(surplus, leaves_stacks_in_use_alone) {
    stack_arena a;
    a.keep_resident(0);
    const auto taken = take_and_touch(a, 2000);
    a.give(taken.data(), 1000);
    a.return_surplus();
    for (std::size_t i = 1000; i < 2000; ++i) ASSERT_TRUE(is_resident(*taken[i])) << i;
}

TEST(surplus, a_quarter_of_those_in_use_is_kept) {
    stack_arena a;
    a.keep_resident(10);
    const auto taken = take_and_touch(a, 5000);
    a.give(taken.data(), 1000); // 4,000 stay in use
    EXPECT_FALSE(a.has_surplus());
    EXPECT_EQ(a.return_surplus(), 0U);
    a.give(taken.data() + 1000, 2000); // 2,000 stay in use
    EXPECT_TRUE(a.has_surplus());
    EXPECT_EQ(a.return_surplus(), 2500U);
    EXPECT_EQ(a.stats().free_resident, 500U);
}

TEST(surplus, a_few_too_many_are_not_worth_a_system_call) {
    stack_arena a;
    a.keep_resident(1000);
    const auto taken = take_and_touch(a, 1063);
    a.give(taken.data(), taken.size());
    EXPECT_FALSE(a.has_surplus());
    EXPECT_EQ(a.return_surplus(), 0U);
}

TEST(surplus, large_stacks_are_kept_in_smaller_number) {
    stack_arena a;
    const auto taken = take_many(a, 100, 24); // 16 MiB each: 256 MiB hold 16
    ASSERT_EQ(taken.size(), 100U);
    a.give(taken.data(), taken.size());
    EXPECT_EQ(a.return_surplus(), 84U);
}

TEST(surplus, is_returned_by_few_calls) {
    gofer_test::faults f;
    stack_arena a;
    a.keep_resident(0);
    const auto taken = take_and_touch(a, 2560);
    a.give(taken.data(), taken.size());
    const std::size_t before = f->advises_many;
    EXPECT_EQ(a.return_surplus(), 2560U);
    // Batches of 512 at most, cut at the ends of magazines of 509.
    EXPECT_LE(f->advises_many - before, 6U);
}

TEST(surplus, returned_stacks_are_handed_out_again_and_zero) {
    stack_arena a;
    a.keep_resident(0);
    const auto taken = take_and_touch(a, 1000);
    a.give(taken.data(), taken.size());
    ASSERT_EQ(a.return_surplus(), 1000U);
    const std::size_t mapped = a.stats().mapped;
    const auto again = take_many(a, 1000);
    EXPECT_EQ(a.stats().mapped, mapped);
    for (const stack* s : again) ASSERT_EQ(s->top[-8], std::byte{0});
    EXPECT_EQ(std::set<stack*>(again.begin(), again.end()).size(), 1000U);
}

} // namespace
} // namespace gofer::rt
