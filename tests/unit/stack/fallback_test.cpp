// SPDX-License-Identifier: Apache-2.0
//
// What the arena does when the kernel refuses: older kernels, filters, no memory, no mappings left.
#include <gtest/gtest.h>

#include <sys/mman.h>

#include "faults.hpp"
#include "probe.hpp"
#include "stack/arena.hpp"
#include "stack/region.hpp"

namespace gofer::rt {
namespace {

using gofer_test::default_class;
using gofer_test::faults;
using gofer_test::take_many;

bool is_consistent(const stack_arena& a) {
    const stack_stats s = a.stats();
    return s.mapped == s.in_use + s.free_cold + s.free_resident;
}

TEST(fallback, without_process_madvise_guards_are_installed_one_by_one) {
    stack_arena a;
    if (a.guards() != guard_mode::madvise_guard) GTEST_SKIP() << "no MADV_GUARD_INSTALL here";
    faults f;
    f->advise_many_error = -ENOSYS;
    const auto taken = take_many(a, 20);
    ASSERT_EQ(taken.size(), 20U);
    EXPECT_GE(f->advises, 20U);
    EXPECT_EQ(a.stats().guards, guard_mode::madvise_guard);
    EXPECT_EXIT(gofer_test::write_and_exit(taken[19]->low - 1),
                testing::ExitedWithCode(gofer_test::guard_exit_code), "");
    EXPECT_TRUE(f->warnings.empty());
}

TEST(fallback, a_call_for_many_ranges_that_stops_short_is_continued) {
    stack_arena a;
    if (a.guards() != guard_mode::madvise_guard) GTEST_SKIP() << "no MADV_GUARD_INSTALL here";
    faults f;
    f->advise_many_ranges_max = 3;
    const auto taken = take_many(a, 16);
    ASSERT_EQ(taken.size(), 16U);
    EXPECT_GE(f->advises_many, 6U);
    for (const stack* s : taken) {
        EXPECT_EXIT(gofer_test::write_and_exit(s->low - 1),
                    testing::ExitedWithCode(gofer_test::guard_exit_code), "");
    }
}

TEST(fallback, an_old_kernel_gets_mprotect_guards_and_one_warning) {
    faults f;
    f->guard_error = -EINVAL;
    stack_arena a;
    EXPECT_EQ(a.guards(), guard_mode::mprotect_limited);
    const auto taken = take_many(a, 100);
    ASSERT_EQ(taken.size(), 100U);
    EXPECT_GE(f->protects, 100U);
    EXPECT_EXIT(gofer_test::write_and_exit(taken[57]->low - 1),
                testing::ExitedWithCode(gofer_test::guard_exit_code), "");
    EXPECT_TRUE(stack_canary_ok(*taken[57])) << "a stack with a guard needs no canary";
    ASSERT_EQ(f->warnings.size(), 1U);
    EXPECT_NE(f->warnings[0].find("MADV_GUARD_INSTALL"), std::string::npos);
    EXPECT_EQ(f->warnings[0].find("mlockall"), std::string::npos);
}

TEST(fallback, when_mappings_run_out_further_stacks_get_canaries) {
    faults f;
    f->guard_error = -EINVAL;
    f->protects_allowed = 40;
    stack_arena a;
    const auto guarded = take_many(a, 16);
    ASSERT_EQ(guarded.size(), 16U);
    EXPECT_EQ(a.guards(), guard_mode::mprotect_limited);
    const auto more = take_many(a, 200);
    ASSERT_EQ(more.size(), 200U);
    EXPECT_EQ(a.guards(), guard_mode::canary);
    stack* const last = more.back();
    EXPECT_TRUE(stack_canary_ok(*last));
    *last->low = std::byte{0x55}; // an overflow that came to its lowest word
    EXPECT_FALSE(stack_canary_ok(*last));
    stack_canary_set(*last);
    EXPECT_TRUE(stack_canary_ok(*last));
    EXPECT_TRUE(stack_canary_ok(*guarded[0])) << "guarded before: never had a canary";
    EXPECT_EQ(f->warnings.size(), 2U);
}

TEST(fallback, mprotect_guards_stop_at_their_limit) {
    faults f;
    f->guard_error = -EINVAL;
    stack_arena a;
    const std::size_t n = stack_mprotect_max + 2'000;
    const auto taken = take_many(a, n);
    ASSERT_EQ(taken.size(), n);
    EXPECT_LE(f->protects, stack_mprotect_max);
    EXPECT_GT(f->protects, stack_mprotect_max - region_slots_max);
    EXPECT_EQ(a.guards(), guard_mode::canary);
    EXPECT_TRUE(stack_canary_ok(*taken.back()));
    *taken.back()->low = std::byte{1};
    EXPECT_FALSE(stack_canary_ok(*taken.back()));
}

TEST(fallback, canaries_are_renewed_when_a_stack_is_handed_out_again) {
    faults f;
    f->guard_error = -EINVAL;
    f->protects_allowed = 0;
    stack_arena a;
    a.keep_resident(0);
    auto taken = take_many(a, 700);
    ASSERT_EQ(taken.size(), 700U);
    *taken[5]->low = std::byte{0x77};
    a.give(taken.data(), taken.size());
    EXPECT_GT(a.return_surplus(), 0U); // wipes canaries
    taken = take_many(a, 700);
    for (const stack* s : taken) ASSERT_TRUE(stack_canary_ok(*s));
}

TEST(fallback, no_memory_gives_no_stack_and_loses_nothing) {
    faults f;
    stack_arena a;
    ASSERT_EQ(take_many(a, 1).size(), 1U);
    const std::size_t mapped = a.stats().mapped;
    take_many(a, mapped - 1);
    f->map_error = -ENOMEM;
    stack* s = nullptr;
    EXPECT_EQ(a.take(default_class, &s, 1), 0U);
    EXPECT_EQ(a.take(default_class, &s, 1), 0U);
    EXPECT_EQ(a.stats().mapped, mapped);
    EXPECT_TRUE(is_consistent(a));
    f->map_error = 0;
    EXPECT_EQ(a.take(default_class, &s, 1), 1U);
}

TEST(fallback, a_guard_that_finds_no_memory_is_no_reason_to_go_without) {
    stack_arena a;
    if (a.guards() != guard_mode::madvise_guard) GTEST_SKIP() << "no MADV_GUARD_INSTALL here";
    faults f;
    f->guard_error = -ENOMEM;
    stack* s = nullptr;
    EXPECT_EQ(a.take(default_class, &s, 1), 0U);
    EXPECT_EQ(a.stats().guards, guard_mode::madvise_guard);
    EXPECT_LT(f->bytes_mapped, 2L << 20) << "the region was not unmapped";
    f->guard_error = 0;
    EXPECT_EQ(a.take(default_class, &s, 1), 1U);
}

TEST(fallback, where_a_large_region_is_refused_a_smaller_one_is_tried) {
    faults f;
    stack_arena a;
    ASSERT_EQ(take_many(a, 300).size(), 300U);
    const std::size_t mapped = a.stats().mapped;
    take_many(a, a.stats().free_cold);
    f->map_bytes_allowed = std::size_t{5} << 20; // 2 MiB and its alignment fit
    stack* s = nullptr;
    EXPECT_EQ(a.take(default_class, &s, 1), 1U);
    EXPECT_EQ(a.stats().mapped, mapped + region_slots_min(default_class));
    EXPECT_TRUE(is_consistent(a));
}

// Every system call in turn gets ENOMEM: the arena must go on, lose nothing and not leak a region.
TEST(fallback, any_single_failure_is_survived) {
    std::size_t failures = 0;
    for (std::size_t at = 0;; ++at) {
        SCOPED_TRACE(at);
        faults f;
        f->calls_until_failure = at;
        stack_arena a;
        a.keep_resident(0);
        const auto first = take_many(a, 40);
        const auto taken = take_many(a, 40);
        ASSERT_TRUE(is_consistent(a));
        a.give(taken.data(), taken.size());
        a.return_surplus();
        ASSERT_TRUE(is_consistent(a));
        ASSERT_EQ(a.stats().in_use, first.size());
        // Regions, and at most one side mapping and one leaf.
        const long regions = static_cast<long>(a.stats().mapped << default_class);
        ASSERT_LE(f->bytes_mapped, regions + (1L << 20));
        if (f->calls <= at) break; // no call was left to fail
        ++failures;
        ASSERT_GT(take_many(a, 1).size(), 0U) << "it did not recover";
    }
    EXPECT_GT(failures, 8U);
}

TEST(fallback, a_refused_return_keeps_the_stacks_and_is_said_once) {
    faults f;
    f->dontneed_error = -EINVAL;
    stack_arena a;
    a.keep_resident(10);
    const auto taken = take_many(a, 600);
    a.give(taken.data(), taken.size());
    EXPECT_TRUE(a.has_surplus());
    EXPECT_EQ(a.return_surplus(), 0U);
    EXPECT_FALSE(a.has_surplus());
    EXPECT_EQ(a.return_surplus(), 0U);
    EXPECT_EQ(a.stats().free_resident, 600U);
    EXPECT_EQ(take_many(a, 600).size(), 600U);
    ASSERT_EQ(f->warnings.size(), 1U);
    EXPECT_NE(f->warnings[0].find("given back"), std::string::npos);
}

} // namespace
} // namespace gofer::rt
