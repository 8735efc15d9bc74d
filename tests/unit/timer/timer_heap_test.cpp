// SPDX-License-Identifier: Apache-2.0
//
// The heap of timers against a std::multimap: the same earliest moment and the same size after
// every push and removal, and the invariants that removal from the middle needs.
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/seed.hpp"
#include "timer/timer_heap.hpp"

namespace {

using gofer::rt::timer;
using gofer::rt::timer_heap;

/// A heap, and what a naive one would hold.
class both {
public:
    void push(timer* t, std::int64_t when_ns) {
        t->when_ns = when_ns;
        ASSERT_TRUE(heap_.push(t));
        reference_.emplace(when_ns, t);
    }
    void remove(timer* t) {
        const auto [first, last] = reference_.equal_range(t->when_ns);
        const auto found = std::find_if(first, last, [t](const auto& e) { return e.second == t; });
        ASSERT_NE(found, last) << "the test's own bookkeeping";
        reference_.erase(found);
        heap_.remove(t);
        EXPECT_EQ(t->index, timer::none);
    }
    /// The earliest; of equal moments the heap may choose any.
    [[nodiscard]] timer* first() const { return heap_.first(); }

    [[nodiscard]] ::testing::AssertionResult agree() const {
        if (heap_.size() != reference_.size()) {
            return ::testing::AssertionFailure()
                   << heap_.size() << " timers instead of " << reference_.size();
        }
        if (reference_.empty()) {
            if (heap_.first() == nullptr) return ::testing::AssertionSuccess();
            return ::testing::AssertionFailure() << "an empty heap has a first timer";
        }
        const timer* t = heap_.first();
        if (t == nullptr) return ::testing::AssertionFailure() << "no first timer";
        if (t->index != 0)
            return ::testing::AssertionFailure() << "the first has index " << t->index;
        if (t->when_ns != reference_.begin()->first) {
            return ::testing::AssertionFailure()
                   << "first is " << t->when_ns << " instead of " << reference_.begin()->first;
        }
        return ::testing::AssertionSuccess();
    }

private:
    timer_heap heap_;
    std::multimap<std::int64_t, timer*> reference_;
};

TEST(timer_heap, is_empty_at_first_and_again_after_the_last_was_taken_out) {
    both b;
    timer t;
    EXPECT_TRUE(b.agree());
    EXPECT_EQ(t.index, timer::none);
    b.push(&t, 5);
    EXPECT_TRUE(b.agree());
    EXPECT_EQ(b.first(), &t);
    b.remove(&t);
    EXPECT_TRUE(b.agree());
}

TEST(timer_heap, orders_moments_of_the_whole_range) {
    std::array<timer, 5> timers;
    timer_heap heap;
    const std::array<std::int64_t, 5> moments{0, INT64_MAX, INT64_MIN, -1, 1};
    for (std::size_t i = 0; i < timers.size(); ++i) {
        timers[i].when_ns = moments[i];
        ASSERT_TRUE(heap.push(&timers[i]));
    }
    for (const std::size_t expected : {2u, 3u, 0u, 4u, 1u}) {
        ASSERT_EQ(heap.first(), &timers[expected]);
        heap.remove(heap.first());
    }
    EXPECT_EQ(heap.first(), nullptr);
}

/// All orders in which `count` timers can be pushed, and then each single one taken out first.
TEST(timer_heap, gives_every_permutation_of_seven_in_order_whichever_is_taken_out_first) {
    constexpr std::size_t count = 7; // one root, four children, two grandchildren
    std::array<std::int64_t, count> moments{};
    std::iota(moments.begin(), moments.end(), 0);
    do {
        for (std::size_t victim = 0; victim < count; ++victim) {
            std::array<timer, count> timers;
            timer_heap heap;
            for (std::size_t i = 0; i < count; ++i) {
                timers[i].when_ns = moments[i];
                ASSERT_TRUE(heap.push(&timers[i]));
            }
            heap.remove(&timers[victim]);
            for (std::int64_t next = 0; next < static_cast<std::int64_t>(count); ++next) {
                if (next == moments[victim]) continue;
                ASSERT_EQ(heap.first()->when_ns, next);
                heap.remove(heap.first());
            }
            ASSERT_EQ(heap.size(), 0u);
        }
    } while (std::next_permutation(moments.begin(), moments.end()));
}

/// One of many operations, chosen by `random`: moments come from `range` values, so that a small
/// range makes many equal ones.
void run_random_operations(std::mt19937_64& random, std::int64_t range, std::size_t timers_max) {
    std::vector<timer> timers(timers_max);
    std::vector<timer*> inside;
    std::vector<timer*> outside;
    for (timer& t : timers) outside.push_back(&t);
    both b;
    const auto take = [&random](std::vector<timer*>& from) {
        std::swap(from[random() % from.size()], from.back());
        timer* t = from.back();
        from.pop_back();
        return t;
    };
    for (int i = 0; i < gofer_test::repetitions(20'000); ++i) {
        // Longer phases of growth and of decline, so that both large and small heaps are met.
        const bool grows = (i / 1000) % 2 == 0;
        const std::uint64_t dice = random() % 10;
        if (!outside.empty() && (inside.empty() || dice < (grows ? 6u : 3u))) {
            timer* t = take(outside);
            b.push(t, static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(range)));
            inside.push_back(t);
        } else if (dice == 9) {
            timer* t = b.first();
            std::erase(inside, t);
            b.remove(t);
            outside.push_back(t);
        } else {
            timer* t = take(inside);
            b.remove(t);
            outside.push_back(t);
        }
        ASSERT_TRUE(b.agree()) << "after operation " << i;
    }
    while (!inside.empty()) b.remove(take(inside));
    EXPECT_TRUE(b.agree());
}

TEST(timer_heap, agrees_with_a_multimap_on_random_operations) {
    std::mt19937_64 random(gofer_test::seed_of_test());
    run_random_operations(random, INT64_MAX, 600);
}

TEST(timer_heap, agrees_with_a_multimap_when_most_moments_are_equal) {
    std::mt19937_64 random(gofer_test::seed_of_test());
    run_random_operations(random, 1, 50);
    run_random_operations(random, 5, 600);
}

TEST(timer_heap, holds_a_million_and_gives_them_in_order) {
    constexpr std::size_t count = 1'000'000;
    std::mt19937_64 random(gofer_test::seed_of_test());
    const auto timers = std::make_unique<timer[]>(count);
    timer_heap heap;
    for (std::size_t i = 0; i < count; ++i) {
        timers[i].when_ns = static_cast<std::int64_t>(random() >> 1);
        ASSERT_TRUE(heap.push(&timers[i]));
    }
    EXPECT_EQ(heap.size(), count);
    std::size_t left = count;
    for (std::size_t i = 0; i < count; i += 2, --left) heap.remove(&timers[i]); // every second
    ASSERT_EQ(heap.size(), left);
    std::int64_t last = -1;
    for (; left > 0; --left) {
        timer* t = heap.first();
        ASSERT_NE(t, nullptr);
        ASSERT_GE(t->when_ns, last);
        ASSERT_EQ((t - timers.get()) % 2, 1) << "one that had been taken out";
        last = t->when_ns;
        heap.remove(t);
    }
    EXPECT_EQ(heap.first(), nullptr);
}

} // namespace
