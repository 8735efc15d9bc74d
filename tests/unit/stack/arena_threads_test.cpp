// SPDX-License-Identifier: Apache-2.0
//
// Threads that take and give at once while another returns surplus: no stack is ever in two hands,
// and none loses its contents while it is in use.
#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "probe.hpp"
#include "stack/arena.hpp"
#include "support/seed.hpp"

namespace gofer::rt {
namespace {

constexpr int threads = 4;

std::atomic_ref<std::uint64_t> owner_mark(const stack& s) {
    return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(s.top - 64));
}

struct outcome {
    std::size_t taken = 0;
    std::size_t mistakes = 0;
};

/// Takes and gives batches of random sizes and classes; marks each stack while it is held.
outcome take_and_give(stack_arena& a, std::uint64_t id, std::uint64_t seed, int rounds) {
    std::mt19937_64 random(seed);
    std::vector<stack*> held;
    outcome result;
    const auto release = [&](std::size_t n) {
        for (std::size_t i = held.size() - n; i < held.size(); ++i) {
            std::uint64_t own = id;
            if (!owner_mark(*held[i]).compare_exchange_strong(own, 0)) ++result.mistakes;
        }
        a.give(held.data() + (held.size() - n), n);
        held.resize(held.size() - n);
    };
    for (int round = 0; round < rounds; ++round) {
        stack* out[64];
        const std::uint32_t size_class = random() % 4 == 0 ? 17 : 18;
        const std::size_t n = a.take(size_class, out, 1 + random() % 64);
        for (std::size_t i = 0; i < n; ++i) {
            std::uint64_t nobody = 0;
            if (!owner_mark(*out[i]).compare_exchange_strong(nobody, id)) ++result.mistakes;
            held.push_back(out[i]);
        }
        result.taken += n;
        if (held.size() > 400) release(random() % held.size());
    }
    release(held.size());
    return result;
}

TEST(arena_threads, no_stack_is_handed_out_twice) {
    const std::uint64_t seed = gofer_test::seed_of_test();
    stack_arena a;
    a.keep_resident(16);
    std::atomic<bool> is_over{false};
    std::size_t returned = 0;
    std::thread returner([&] {
        while (!is_over.load()) {
            if (a.has_surplus()) returned += a.return_surplus();
            std::this_thread::yield();
        }
    });
    outcome outcomes[threads];
    std::vector<std::thread> takers;
    for (int i = 0; i < threads; ++i) {
        takers.emplace_back([&, i] {
            const auto id = static_cast<std::uint64_t>(i) + 1;
            outcomes[i] = take_and_give(a, id, seed + id, 5000);
        });
    }
    for (std::thread& t : takers) t.join();
    is_over.store(true);
    returner.join();

    for (const outcome& o : outcomes) {
        EXPECT_GT(o.taken, 0U);
        EXPECT_EQ(o.mistakes, 0U);
    }
    const stack_stats s = a.stats();
    EXPECT_EQ(s.in_use, 0U);
    EXPECT_EQ(s.mapped, s.free_cold + s.free_resident);
    EXPECT_LT(s.mapped, 2U * threads * 600) << "free stacks were passed over";
    EXPECT_GT(returned, 0U) << "nothing was returned meanwhile: the test did not test that";
    // All are still there, each once.
    std::vector<stack*> all = gofer_test::take_many(a, a.stats(18).mapped);
    EXPECT_EQ(a.stats(18).mapped, all.size());
    std::sort(all.begin(), all.end());
    EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

} // namespace
} // namespace gofer::rt
