// SPDX-License-Identifier: Apache-2.0
//
// The checker finds the classic bugs of lock-free code, and passes the versions without them.
#include <array>

#include "expect.hpp"

namespace {

using model::atomic;
using model::run;
using model::var;
constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;
constexpr auto seq_cst = std::memory_order_seq_cst;

// ---- a mutex on a futex, with a count of waiters

enum class unlock_by : std::uint8_t { store, exchange, store_against_membarrier };

struct futex_mutex {
    explicit futex_mutex(unlock_by u) : how(u) {
        model::name(is_taken, "is_taken");
        model::name(waiters, "waiters");
    }
    void lock() {
        if (is_taken.exchange(1, acquire) == 0) return;
        waiters.fetch_add(1, seq_cst);
        if (how == unlock_by::store_against_membarrier) model::membarrier();
        while (is_taken.exchange(1, acquire) != 0) model::futex_wait(is_taken, 1);
        waiters.fetch_sub(1, relaxed);
    }
    void unlock() {
        if (how == unlock_by::exchange) {
            is_taken.exchange(0, seq_cst);
        } else {
            is_taken.store(0, release);
            model::compiler_fence();
        }
        if (waiters.load(relaxed) != 0) model::futex_wake(is_taken, 1);
    }

    unlock_by how;
    atomic<int> is_taken{0};
    atomic<int> waiters{0};
};

model::result count_under_mutex(unlock_by how) {
    return model::explore({.name = "futex mutex", .has_spurious_wakes = true}, [=](run& r) {
        futex_mutex mutex(how);
        var<int> count{0, "count"};
        for (const char* name : {"a", "b"}) {
            r.thread(name, [&] {
                mutex.lock();
                ++count;
                mutex.unlock();
            });
        }
        r.finally([&] { MODEL_CHECK(count == 2); });
    });
}

TEST(FutexMutex, LosesAWakeUpIfUnlockLooksForWaitersTooEarly) {
    EXPECT_MODEL_FAILS(count_under_mutex(unlock_by::store), deadlock);
}
TEST(FutexMutex, PassesWithALockedUnlock) {
    EXPECT_MODEL_PASSES(count_under_mutex(unlock_by::exchange));
}
TEST(FutexMutex, PassesWithAPlainUnlockAgainstMembarrier) {
    EXPECT_MODEL_PASSES(count_under_mutex(unlock_by::store_against_membarrier));
}

// ---- the deque of Chase and Lev, in the version of Le et al. (2013)

struct deque {
    explicit deque(bool f) : has_fence(f) {
        model::name(top, "top");
        model::name(bottom, "bottom");
    }
    void push(int item) {
        const int b = bottom.load(relaxed);
        items[static_cast<std::size_t>(b)].store(item, relaxed);
        bottom.store(b + 1, release);
    }
    int take() {
        const int b = bottom.load(relaxed) - 1;
        bottom.store(b, relaxed);
        if (has_fence) model::thread_fence(seq_cst);
        int t = top.load(relaxed);
        if (t < b) return items[static_cast<std::size_t>(b)].load(relaxed);
        int item = -1;
        if (t == b) {
            item = items[static_cast<std::size_t>(b)].load(relaxed);
            if (!top.compare_exchange_strong(t, t + 1, seq_cst, relaxed)) item = -1;
        }
        bottom.store(b + 1, relaxed);
        return item;
    }
    int steal() {
        int t = top.load(acquire);
        if (has_fence) model::thread_fence(seq_cst);
        const int b = bottom.load(acquire);
        if (t >= b) return -1;
        const int item = items[static_cast<std::size_t>(t)].load(relaxed);
        return top.compare_exchange_strong(t, t + 1, seq_cst, relaxed) ? item : -1;
    }

    bool has_fence;
    atomic<int> top{0};
    atomic<int> bottom{0};
    std::array<atomic<int>, 4> items;
};

model::result own_and_steal(bool has_fence) {
    return model::explore({.name = "deque"}, [=](run& r) {
        deque d(has_fence);
        std::array<atomic<int>, 3> times_taken;
        const auto note_taken = [&](int item) {
            if (item >= 0) times_taken[static_cast<std::size_t>(item)].fetch_add(1, relaxed);
        };
        d.push(0);
        d.push(1);
        r.thread("owner", [&] {
            note_taken(d.take());
            d.push(2);
            note_taken(d.take());
        });
        r.thread("thief", [&] {
            note_taken(d.steal());
            note_taken(d.steal());
        });
        r.finally([&] {
            for (int item = d.steal(); item >= 0; item = d.steal()) note_taken(item);
            for (const auto& times : times_taken) MODEL_CHECK(times.load() == 1);
        });
    });
}

TEST(Deque, GivesAnItemTwiceWithoutTheFence) {
    EXPECT_MODEL_FAILS(own_and_steal(false), check);
}
TEST(Deque, GivesEachItemOnceWithTheFence) {
    EXPECT_MODEL_PASSES(own_and_steal(true));
}

// ---- Treiber's stack of reused nodes

struct stack {
    static constexpr std::uint32_t none = 0xff;
    static constexpr std::uint32_t index_mask = 0xff;
    static constexpr std::uint32_t tag_one = 0x100;

    explicit stack(bool t) : is_tagged(t) { model::name(head, "head"); }
    void push(std::uint32_t node) {
        std::uint32_t old = head.load(relaxed);
        do {
            next[node].store(old & index_mask, relaxed);
        } while (!head.compare_exchange_strong(old, with_tag_after(old, node), release, relaxed));
    }
    std::uint32_t pop() {
        std::uint32_t old = head.load(acquire);
        for (;;) {
            const std::uint32_t node = old & index_mask;
            if (node == none) return none;
            const std::uint32_t after = next[node].load(relaxed);
            if (head.compare_exchange_strong(old, with_tag_after(old, after), acquire, acquire)) {
                return node;
            }
        }
    }
    [[nodiscard]] std::uint32_t with_tag_after(std::uint32_t old, std::uint32_t node) const {
        return is_tagged ? ((old & ~index_mask) + tag_one) | node : node;
    }

    bool is_tagged;
    atomic<std::uint32_t> head{none};
    std::array<atomic<std::uint32_t>, 2> next;
};

model::result reuse_nodes(bool is_tagged) {
    return model::explore({.name = "stack"}, [=](run& r) {
        stack s(is_tagged);
        s.push(1);
        s.push(0);
        std::uint32_t held_by_a = stack::none;
        std::uint32_t held_by_b = stack::none;
        r.thread("a", [&] { held_by_a = s.pop(); });
        r.thread("b", [&] {
            const std::uint32_t given_back = s.pop();
            held_by_b = s.pop();
            if (given_back != stack::none) s.push(given_back);
        });
        r.finally([&] {
            std::array<int, 2> times{};
            for (const std::uint32_t node : {held_by_a, held_by_b, s.pop(), s.pop()}) {
                if (node != stack::none) ++times[node];
            }
            MODEL_CHECK(times[0] == 1 && times[1] == 1);
        });
    });
}

TEST(Stack, GivesANodeTwiceAfterAba) {
    EXPECT_MODEL_FAILS(reuse_nodes(false), check);
}
TEST(Stack, GivesEachNodeOnceWithATag) {
    EXPECT_MODEL_PASSES(reuse_nodes(true));
}

// ---- ends that are no ends

TEST(Deadlock, OfTwoSpinLocksTakenInTwoOrdersIsFound) {
    EXPECT_MODEL_FAILS(model::explore({.name = "two locks"},
                                      [](run& r) {
                                          atomic<int> a{0};
                                          atomic<int> b{0};
                                          const auto lock = [](atomic<int>& l) {
                                              while (l.exchange(1, acquire) != 0) model::yield();
                                          };
                                          const auto both = [=](atomic<int>& x, atomic<int>& y) {
                                              lock(x);
                                              lock(y);
                                              y.store(0, release);
                                              x.store(0, release);
                                          };
                                          r.thread("ab", [&] { both(a, b); });
                                          r.thread("ba", [&] { both(b, a); });
                                          r.finally([] {});
                                      }),
                       deadlock);
}

TEST(Livelock, OfASpinWithoutYieldIsFound) {
    EXPECT_MODEL_FAILS(model::explore({.name = "spin"},
                                      [](run& r) {
                                          atomic<int> never{0};
                                          r.thread("spinner", [&] {
                                              while (never.load(relaxed) == 0) {
                                              }
                                          });
                                          r.finally([] {});
                                      }),
                       livelock);
}

TEST(Random, FindsTheDequeOfTwoTakersToo) {
    const auto r =
        model::explore({.name = "random", .random_executions = 20'000, .seed = 7}, [](run& run_) {
            deque d(false);
            std::array<atomic<int>, 4> times;
            for (int i = 0; i < 3; ++i) d.push(i);
            const auto taken = [&](int item) {
                if (item < 0) return;
                times[static_cast<std::size_t>(item)].fetch_add(1);
            };
            run_.thread("owner", [&] {
                for (int i = 0; i < 2; ++i) taken(d.take());
            });
            run_.thread("thief", [&] {
                for (int i = 0; i < 3; ++i) taken(d.steal());
            });
            run_.finally([&] {
                for (const auto& t : times) MODEL_CHECK(t.load() <= 1);
            });
        });
    EXPECT_MODEL_FAILS(r, check);
}

TEST(Replay, OfAFailureFailsInTheSameWay) {
    const auto first = own_and_steal(false);
    ASSERT_EQ(first.failure, model::failure_kind::check);
    model::overrides.replay = first.replay;
    model::overrides.preemptions = first.preemptions;
    const auto again = own_and_steal(false);
    model::overrides = {};
    EXPECT_EQ(again.executions, 1U);
    EXPECT_EQ(again.report, first.report);
}

} // namespace
