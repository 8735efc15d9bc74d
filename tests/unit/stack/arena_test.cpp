// SPDX-License-Identifier: Apache-2.0
//
// Taking and giving stacks, and finding the stack of an address.
#include "stack/arena.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include <gtest/gtest.h>

#include "probe.hpp"
#include "stack/region.hpp"

#ifdef GOFER_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace gofer::rt {
namespace {

using gofer_test::default_class;
using gofer_test::take_many;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;
constexpr std::size_t gib = 1024 * mib;

TEST(stack_class, for_slot_rounds_up_to_a_power_of_two) {
    EXPECT_EQ(stack_class_for_slot(128 * kib), 17U);
    EXPECT_EQ(stack_class_for_slot(128 * kib + 1), 18U);
    EXPECT_EQ(stack_class_for_slot(256 * kib), 18U);
    EXPECT_EQ(stack_class_for_slot(8 * mib), 23U);
    EXPECT_EQ(stack_class_for_slot(2 * gib), 31U);
}

TEST(stack_class, for_slot_refuses_what_is_out_of_range) {
    EXPECT_EQ(stack_class_for_slot(0), 0U);
    EXPECT_EQ(stack_class_for_slot(1), 0U);
    EXPECT_EQ(stack_class_for_slot(64 * kib), 0U);
    EXPECT_EQ(stack_class_for_slot(2 * gib + 1), 0U);
    EXPECT_EQ(stack_class_for_slot(~std::size_t{0}), 0U);
}

TEST(stack_class, for_usable_leaves_room_for_the_guard) {
    EXPECT_EQ(stack_class_for_usable(0), 17U);
    EXPECT_EQ(stack_class_for_usable(64 * kib), 17U);
    EXPECT_EQ(stack_class_for_usable(64 * kib + 1), 18U);
    EXPECT_EQ(stack_class_for_usable(192 * kib), 18U);
    EXPECT_EQ(stack_class_for_usable(192 * kib + 1), 19U);
    EXPECT_EQ(stack_class_for_usable(8 * mib), 24U);
    EXPECT_EQ(stack_class_for_usable(gib), 31U);
}

TEST(stack_class, for_usable_refuses_the_absurd) {
    EXPECT_EQ(stack_class_for_usable(gib + 1), 0U);
    EXPECT_EQ(stack_class_for_usable(~std::size_t{0}), 0U);
}

TEST(arena, hands_out_aligned_stacks_of_every_class) {
    stack_arena a;
    for (std::uint32_t k = stack_class_min; k <= stack_class_max; ++k) {
        SCOPED_TRACE(k);
        stack* s = nullptr;
        ASSERT_EQ(a.take(k, &s, 1), 1U);
        const auto top = reinterpret_cast<std::uintptr_t>(s->top);
        EXPECT_EQ(top % (std::uintptr_t{1} << k), 0U);
        EXPECT_EQ(s->usable_bytes(), (std::size_t{1} << k) - stack_guard_bytes);
        EXPECT_EQ(s->size_class(), k);
        *s->low = std::byte{1};
        gofer_test::touch(*s);
        a.give(&s, 1);
    }
}

TEST(arena, refuses_a_class_that_does_not_exist) {
    stack_arena a;
    stack* s = nullptr;
    EXPECT_EQ(a.take(0, &s, 1), 0U);
    EXPECT_EQ(a.take(stack_class_min - 1, &s, 1), 0U);
    EXPECT_EQ(a.take(stack_class_max + 1, &s, 1), 0U);
    EXPECT_EQ(a.take(default_class, &s, 0), 0U);
    EXPECT_EQ(a.stats().mapped, 0U);
}

TEST(arena, fresh_stacks_are_zero_and_disjoint) {
    stack_arena a;
    const auto taken = take_many(a, 100);
    ASSERT_EQ(taken.size(), 100U);
    std::set<std::byte*> lows;
    for (const stack* s : taken) {
        EXPECT_TRUE(lows.insert(s->low).second);
        EXPECT_EQ(s->top[-1], std::byte{0});
    }
    // Slots do not overlap: they are aligned to their size, so different lows suffice.
    a.give(taken.data(), taken.size());
}

TEST(arena, the_last_given_is_the_next_taken) {
    stack_arena a;
    const auto taken = take_many(a, 40);
    ASSERT_EQ(taken.size(), 40U);
    a.give(&taken[7], 1);
    a.give(&taken[3], 1);
    a.give(&taken[20], 3);
    stack* out[5];
    ASSERT_EQ(a.take(default_class, out, 5), 5U);
    EXPECT_EQ(out[0], taken[22]);
    EXPECT_EQ(out[1], taken[21]);
    EXPECT_EQ(out[2], taken[20]);
    EXPECT_EQ(out[3], taken[3]);
    EXPECT_EQ(out[4], taken[7]);
}

TEST(arena, the_order_holds_over_more_than_one_magazine) {
    stack_arena a;
    constexpr std::size_t n = 3 * magazine::capacity + 17;
    const auto taken = take_many(a, n);
    ASSERT_EQ(taken.size(), n);
    a.give(taken.data(), n);
    for (std::size_t i = n; i-- > 0;) {
        stack* s = nullptr;
        ASSERT_EQ(a.take(default_class, &s, 1), 1U);
        ASSERT_EQ(s, taken[i]);
    }
}

TEST(arena, a_batch_of_mixed_classes_goes_to_their_lists) {
    stack_arena a;
    stack* mixed[3];
    ASSERT_EQ(a.take(17, &mixed[0], 1), 1U);
    ASSERT_EQ(a.take(20, &mixed[1], 1), 1U);
    ASSERT_EQ(a.take(17, &mixed[2], 1), 1U);
    a.give(mixed, 3);
    EXPECT_EQ(a.stats(17).free_resident, 2U);
    EXPECT_EQ(a.stats(20).free_resident, 1U);
    stack* s = nullptr;
    ASSERT_EQ(a.take(17, &s, 1), 1U);
    EXPECT_EQ(s, mixed[2]);
}

TEST(arena, statistics_add_up) {
    stack_arena a;
    EXPECT_EQ(a.stats().mapped, 0U);
    const auto taken = take_many(a, 30);
    stack_stats s = a.stats();
    EXPECT_EQ(s.in_use, 30U);
    EXPECT_EQ(s.free_resident, 0U);
    EXPECT_EQ(s.mapped, s.in_use + s.free_cold);
    a.give(taken.data(), 10);
    s = a.stats();
    EXPECT_EQ(s.in_use, 20U);
    EXPECT_EQ(s.free_resident, 10U);
    EXPECT_EQ(s.mapped, s.in_use + s.free_cold + s.free_resident);
    EXPECT_EQ(a.stats(19).mapped, 0U);
}

TEST(arena, maps_only_when_nothing_is_free) {
    stack_arena a;
    const auto taken = take_many(a, 1);
    const std::size_t mapped = a.stats().mapped;
    take_many(a, mapped - 1);
    EXPECT_EQ(a.stats().mapped, mapped);
    EXPECT_EQ(a.stats().free_cold, 0U);
    stack* out[8];
    EXPECT_EQ(a.take(default_class, out, 8), 8U);
    EXPECT_GT(a.stats().mapped, mapped);
}

TEST(arena, starts_are_coloured_and_aligned) {
    stack_arena a;
    const auto taken = take_many(a, 64);
    std::set<std::ptrdiff_t> offsets;
    for (const stack* s : taken) {
        const std::ptrdiff_t offset = s->top - stack_start(*s);
        EXPECT_EQ(offset % 64, 0);
        EXPECT_LE(offset, 64 * 31);
        EXPECT_GE(offset, 0);
        offsets.insert(offset);
    }
    EXPECT_EQ(offsets.size(), 32U);
}

TEST(stack_of, finds_the_stack_of_every_address_of_a_slot) {
    stack_arena a;
    for (const std::uint32_t k : {17U, 18U, 21U, 22U, 27U, 31U}) {
        SCOPED_TRACE(k);
        const auto taken = take_many(a, k <= 22 ? 20 : 2, k);
        ASSERT_FALSE(taken.empty());
        for (const stack* s : taken) {
            EXPECT_EQ(stack_of(s->low - stack_guard_bytes), s); // the guard's first byte
            EXPECT_EQ(stack_of(s->low - 1), s);
            EXPECT_EQ(stack_of(s->low), s);
            EXPECT_EQ(stack_of(s->low + s->usable_bytes() / 2), s);
            EXPECT_EQ(stack_of(s->top - 1), s);
            EXPECT_NE(stack_of(s->top), s); // the next slot, or nothing
            EXPECT_NE(stack_of(s->low - stack_guard_bytes - 1), s);
            EXPECT_TRUE(is_guard_hit(s->low - stack_guard_bytes));
            EXPECT_TRUE(is_guard_hit(s->low - 1));
            EXPECT_FALSE(is_guard_hit(s->low));
            EXPECT_FALSE(is_guard_hit(s->top - 1));
        }
    }
}

TEST(stack_of, is_null_for_addresses_of_no_stack) {
    static int global = 0;
    int local = 0;
    const std::vector<int> heap(10);
    for (const void* p : {static_cast<const void*>(&global), static_cast<const void*>(&local),
                          static_cast<const void*>(heap.data()), static_cast<const void*>(nullptr),
                          reinterpret_cast<const void*>(std::uintptr_t{0x1000}),
                          reinterpret_cast<const void*>(std::uintptr_t{0x7fff'ffff'f000}),
                          reinterpret_cast<const void*>(std::uintptr_t{0x8000'0000'0000}),
                          reinterpret_cast<const void*>(~std::uintptr_t{0})}) {
        EXPECT_EQ(stack_of(p), nullptr) << p;
        EXPECT_FALSE(is_guard_hit(p)) << p;
    }
}

TEST(stack_of, stays_true_after_the_stack_was_given_back) {
    stack_arena a;
    stack* s = nullptr;
    ASSERT_EQ(a.take(default_class, &s, 1), 1U);
    std::byte* const inside = s->low + 100;
    a.give(&s, 1);
    EXPECT_EQ(stack_of(inside), s);
}

#ifdef GOFER_ASAN
TEST(arena, a_stack_that_is_handed_out_again_is_not_poisoned) {
    stack_arena a;
    stack* s = nullptr;
    ASSERT_EQ(a.take(default_class, &s, 1), 1U);
    // What a frame that was left without a return has poisoned.
    ASAN_POISON_MEMORY_REGION(s->top - 4096, 256);
    a.give(&s, 1);
    stack* again = nullptr;
    ASSERT_EQ(a.take(default_class, &again, 1), 1U);
    ASSERT_EQ(again, s);
    EXPECT_EQ(__asan_region_is_poisoned(s->low, s->usable_bytes()), nullptr);
}
#endif

TEST(region, smallest_regions_fill_whole_chunks) {
    EXPECT_EQ(region_slots_min(17), 16U);
    EXPECT_EQ(region_slots_min(21), 1U);
    EXPECT_EQ(region_slots_min(31), 1U);
}

} // namespace
} // namespace gofer::rt
