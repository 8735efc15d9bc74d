// SPDX-License-Identifier: Apache-2.0
//
// The checker finds what it must find and passes what is right: litmus tests of the memory model.
#include <set>

#include "expect.hpp"

namespace {

using model::atomic;
using model::run;
using model::var;
constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;
constexpr auto seq_cst = std::memory_order_seq_cst;

enum class barrier : std::uint8_t { none, compiler, full, membarrier };

void put(barrier b) {
    switch (b) {
    case barrier::none:
        return;
    case barrier::compiler:
        return model::compiler_fence();
    case barrier::full:
        return model::thread_fence(seq_cst);
    case barrier::membarrier:
        return model::membarrier();
    }
}

/// Dekker's: each stores to its own flag, then looks at the other's. Both must not see nothing.
model::result store_buffering(barrier left, barrier right) {
    return model::explore({.name = "store buffering"}, [=](run& r) {
        atomic<int> x{0};
        atomic<int> y{0};
        var<int> seen_by_left = -1;
        var<int> seen_by_right = -1;
        model::name(x, "x");
        model::name(y, "y");
        r.thread("left", [&] {
            x.store(1, relaxed);
            put(left);
            seen_by_left = y.load(relaxed);
        });
        r.thread("right", [&] {
            y.store(1, relaxed);
            put(right);
            seen_by_right = x.load(relaxed);
        });
        r.finally([&] { MODEL_CHECK(seen_by_left == 1 || seen_by_right == 1); });
    });
}

TEST(StoreBuffering, IsFoundWithoutFences) {
    EXPECT_MODEL_FAILS(store_buffering(barrier::none, barrier::none), check);
}
TEST(StoreBuffering, IsFoundWithOneFence) {
    EXPECT_MODEL_FAILS(store_buffering(barrier::full, barrier::none), check);
    EXPECT_MODEL_FAILS(store_buffering(barrier::full, barrier::compiler), check);
}
TEST(StoreBuffering, IsPreventedByTwoFences) {
    EXPECT_MODEL_PASSES(store_buffering(barrier::full, barrier::full));
}
TEST(StoreBuffering, IsPreventedByMembarrierAgainstACompilerFence) {
    EXPECT_MODEL_PASSES(store_buffering(barrier::membarrier, barrier::compiler));
    EXPECT_MODEL_PASSES(store_buffering(barrier::compiler, barrier::membarrier));
}
TEST(StoreBuffering, IsFoundWhereTheCompilerFenceIsMissing) {
    EXPECT_MODEL_FAILS(store_buffering(barrier::membarrier, barrier::none), check);
}

/// Data is handed over by a flag.
model::result message_passing(std::memory_order give, std::memory_order take) {
    return model::explore({.name = "message passing"}, [=](run& r) {
        atomic<int> ready{0};
        var<int> data{0, "data"};
        model::name(ready, "ready");
        r.thread("giver", [&] {
            data = 1;
            ready.store(1, give);
        });
        r.thread("taker", [&] {
            if (ready.load(take) == 1) MODEL_CHECK(data == 1);
        });
        r.finally([] {});
    });
}

TEST(MessagePassing, WithRelaxedOrdersIsARaceAlthoughTheHardwareHidesIt) {
    EXPECT_MODEL_FAILS(message_passing(relaxed, acquire), race);
    EXPECT_MODEL_FAILS(message_passing(release, relaxed), race);
}
TEST(MessagePassing, WithReleaseAndAcquirePasses) {
    EXPECT_MODEL_PASSES(message_passing(release, acquire));
}
TEST(MessagePassing, WithFencesPasses) {
    EXPECT_MODEL_PASSES(model::explore({.name = "message passing by fences"}, [](run& r) {
        atomic<int> ready{0};
        var<int> data = 0;
        r.thread("giver", [&] {
            data = 1;
            model::thread_fence(release);
            ready.store(1, relaxed);
        });
        r.thread("taker", [&] {
            if (ready.load(relaxed) == 0) return;
            model::thread_fence(acquire);
            MODEL_CHECK(data == 1);
        });
        r.finally([] {});
    }));
}
TEST(MessagePassing, ThroughAnUpdateInTheMiddleKeepsTheRelease) {
    EXPECT_MODEL_PASSES(model::explore({.name = "release sequence"}, [](run& r) {
        atomic<int> ready{0};
        var<int> data = 0;
        r.thread("giver", [&] {
            data = 1;
            ready.store(1, release);
        });
        r.thread("counter", [&] { ready.fetch_add(2, relaxed); });
        r.thread("taker", [&] {
            // 3 is reached only by adding to the giver's 1.
            if (ready.load(acquire) == 3) MODEL_CHECK(data == 1);
        });
        r.finally([&] { MODEL_CHECK(ready.load() == 1 || ready.load() == 3); });
    }));
}

TEST(StoreOrder, OfTwoBuffersIsFoundBothWays) {
    // 2+2W: x == 1 and y == 1 at the end would need a cycle; each of the other ends is reached.
    bool has_seen[3][3] = {};
    EXPECT_MODEL_PASSES(model::explore({.name = "2+2W"}, [&](run& r) {
        atomic<int> x{0};
        atomic<int> y{0};
        r.thread("left", [&] {
            x.store(1, relaxed);
            y.store(2, relaxed);
        });
        r.thread("right", [&] {
            y.store(1, relaxed);
            x.store(2, relaxed);
        });
        r.finally([&] { has_seen[x.load()][y.load()] = true; });
    }));
    EXPECT_FALSE(has_seen[1][1]);
    EXPECT_TRUE(has_seen[1][2]);
    EXPECT_TRUE(has_seen[2][1]);
    EXPECT_TRUE(has_seen[2][2]);
}

TEST(Updates, AreAtomicAndSeparateLoadsAndStoresAreNot) {
    EXPECT_MODEL_PASSES(model::explore({.name = "fetch_add"}, [](run& r) {
        atomic<int> n{0};
        for (const char* name : {"a", "b", "c"}) r.thread(name, [&] { n.fetch_add(1, relaxed); });
        r.finally([&] { MODEL_CHECK(n.load() == 3); });
    }));
    EXPECT_MODEL_FAILS(model::explore({.name = "load and store"},
                                      [](run& r) {
                                          atomic<int> n{0};
                                          for (const char* name : {"a", "b"}) {
                                              r.thread(name, [&] { n.store(n.load() + 1); });
                                          }
                                          r.finally([&] { MODEL_CHECK(n.load() == 2); });
                                      }),
                       check);
}

TEST(Search, FindsTheSameWithAndWithoutPruning) {
    // All ends of a body with three threads: pruning must lose none.
    const auto ends = [](bool is_pruning) {
        std::set<int> seen;
        const auto r = model::explore(
            {.name = "ends", .preemptions = 3, .is_pruning = is_pruning}, [&](run& run_) {
                atomic<int> x{0};
                atomic<int> y{0};
                int read[3] = {};
                run_.thread("a", [&] {
                    x.store(1, relaxed);
                    read[0] = y.load(relaxed);
                    x.store(2, relaxed);
                });
                run_.thread("b", [&] {
                    y.store(1, relaxed);
                    read[1] = x.load(relaxed);
                    y.store(2, relaxed);
                });
                run_.thread("c", [&] {
                    read[2] = x.load(relaxed) * 3 + y.load(relaxed);
                    x.fetch_add(3, relaxed);
                });
                run_.finally([&] {
                    seen.insert(((read[0] * 6 + read[1]) * 36 + read[2]) * 36 + x.load() * 6 +
                                y.load());
                });
            });
        EXPECT_MODEL_PASSES(r);
        return seen;
    };
    const auto all = ends(false);
    EXPECT_GT(all.size(), 20U);
    EXPECT_EQ(ends(true), all);
}

TEST(Search, IsCutByItsBudgetAndSaysSo) {
    const auto r = model::explore(
        {.name = "cut on purpose", .preemptions = 8, .seconds_max = 0.05, .is_pruning = false},
        [](run& run_) {
            atomic<int> x{0};
            for (const char* name : {"a", "b", "c", "d"}) {
                run_.thread(name, [&] {
                    for (int i = 0; i < 8; ++i) x.fetch_add(1);
                });
            }
            run_.finally([] {});
        });
    EXPECT_EQ(r.failure, model::failure_kind::none);
    EXPECT_FALSE(r.is_complete);
}

TEST(Yield, OfWhoLookedTooEarlyEndsWhenTheStoreBecomesVisible) {
    // The spinner may look while the store is in the buffer, and yield after it; what takes the
    // store out of the buffer is then the storer's own sleep.
    EXPECT_MODEL_PASSES(model::explore({.name = "late store"}, [](run& r) {
        atomic<int> flag{0};
        atomic<int> word{0};
        r.thread("storer", [&] {
            flag.store(1, release);
            while (word.load(acquire) == 0) model::futex_wait(word, 0);
        });
        r.thread("spinner", [&] {
            while (flag.load(acquire) == 0) model::yield();
            word.store(1, release);
            model::futex_wake(word, 1);
        });
        r.finally([] {});
    }));
}

TEST(Lifetime, OfAnAtomicEndsAfterItsLastUse) {
    // The signaller touches the flag once more after the waiter may have gone.
    const auto signal = [](bool touches_again) {
        return model::explore({.name = "lifetime"}, [=](run& r) {
            atomic<atomic<int>*> shared{nullptr};
            r.thread("waiter", [&] {
                atomic<int> flag{0};
                shared.store(&flag, release);
                while (flag.load(acquire) == 0) model::yield();
            });
            r.thread("signaller", [&] {
                atomic<int>* flag = nullptr;
                while ((flag = shared.load(acquire)) == nullptr) model::yield();
                flag->store(1, release);
                if (touches_again) static_cast<void>(flag->load(relaxed));
            });
            r.finally([] {});
        });
    };
    EXPECT_MODEL_PASSES(signal(false));
    EXPECT_MODEL_FAILS(signal(true), race);
}

} // namespace
