// SPDX-License-Identifier: Apache-2.0
//
// Sharing and stealing: every goroutine is taken exactly once and none is lost, whether the owner
// answers, is robbed while it is outside, drops its P, or takes one that is just being robbed. The
// sources under test are steal.hpp, run_queue.hpp and enter.cpp themselves; goroutines are not run
// here, only taken.
#include <utility>

#include "expect.hpp"
#include "protocols/world.hpp"

namespace {

using namespace gofer::rt;
using model_shim::world;

/// As in find_work.cpp.
struct spin_patience {
    seam::spin_deadline deadline;

    [[nodiscard]] bool is_over() const { return deadline.is_over(); }
    static void pause() { cpu_pause(); }
    static void wait() { cpu_pause(); }
};

/// Who took what; plain data, so that two takers of one goroutine race.
struct takings {
    std::array<model::var<int>, model_shim::goroutine_most> times;

    void take(const G* g) {
        if (g != nullptr) ++times[g->id - 1];
    }
    void take_chain(G* chain) {
        while (chain != nullptr) take(std::exchange(chain, chain->next));
    }
};

G* rob(world& w, std::uint32_t thief, std::uint32_t victim, steal_wish wish) {
    auto& mine = static_cast<context<G, ring_capacity>&>(w.p[thief]);
    auto& other = static_cast<context<G, ring_capacity>&>(w.p[victim]);
    constexpr std::uint64_t patience_us = 20;
    return steal(mine, other, wish, spin_patience{seam::spin_deadline(patience_us)},
                 spin_patience{seam::spin_deadline(patience_us)});
}

void be_thief(world& w, std::uint32_t i, takings& got, steal_wish wish) {
    w.begin_m(i);
    M* m = &w.m[i];
    enter(m);
    own_p(m, &w.p[i]);
    got.take_chain(rob(w, i, 0, wish));
    leave(m);
}

/// What is left in the queues counts as taken by the test.
void check_all_taken_once(world& w, takings& got, std::uint32_t goroutines) {
    for (P& p : w.p) {
        auto rest = p.queue.take_all();
        while (G* g = rest.pop()) got.take(g);
        MODEL_CHECK(p.share.load() == 0);
        MODEL_CHECK(p.inbox.load() == nullptr);
    }
    for (std::uint32_t i = 0; i < goroutines; ++i) MODEL_CHECK(got.times[i] == 1);
}

constexpr steal_wish everything{.ring = true, .newborns = true, .runnext = true};
constexpr steal_wish ring_only{.ring = true};

/// The owner has three in its ring, comes in some times to take one, and stays in user code.
model::result owner_against_thieves(const char* name, std::uint32_t thieves, int entries) {
    return model::explore({.name = name, .is_counting_turns = true, .delays = 1},
                          [=](model::run& r) {
                              world w(thieves + 1, thieves + 1);
                              takings got;
                              for (std::uint32_t i = 0; i < 3; ++i)
                                  w.p[0].queue.push(w.make(i, nullptr));
                              w.p[0].owner.store(&w.m[0]);
                              w.m[0].p = &w.p[0];
                              r.thread("owner", [&] {
                                  w.begin_m(0);
                                  M* m = &w.m[0];
                                  for (int i = 0; i < entries; ++i) {
                                      enter(m);
                                      got.take(m->p->queue.pop());
                                      leave(m);
                                  }
                              });
                              r.thread("thief 1", [&] { be_thief(w, 1, got, everything); });
                              if (thieves == 2)
                                  r.thread("thief 2", [&] { be_thief(w, 2, got, everything); });
                              r.finally([&] { check_all_taken_once(w, got, 3); });
                          });
}

TEST(Steal, FromAnOwnerThatComesAndGoes) {
    EXPECT_MODEL_PASSES(owner_against_thieves("steal: 1 thief", 1, 2));
}
TEST(Steal, ByTwoThievesAtOnce) {
    EXPECT_MODEL_PASSES(owner_against_thieves("steal: 2 thieves", 2, 1));
}

TEST(Steal, OfNewbornsAndRunnextWhileTheOwnerPushes) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "steal: owner pushes", .delays = 1}, [](model::run& r) {
            world w(2, 2);
            takings got;
            for (std::uint32_t i = 0; i < 2; ++i) w.spawn_on(0, i, nullptr);
            G* last = w.make(2, nullptr);
            w.p[0].owner.store(&w.m[0]);
            w.m[0].p = &w.p[0];
            r.thread("owner", [&] {
                w.begin_m(0);
                M* m = &w.m[0];
                enter(m);
                m->p->queue.exchange_runnext(last);
                leave(m);
                enter(m);
                got.take(m->p->queue.pop_newest());
                leave(m);
            });
            r.thread("thief", [&] { be_thief(w, 1, got, everything); });
            r.finally([&] { check_all_taken_once(w, got, 3); });
        }));
}

TEST(Steal, WhileTheOwnerDropsItsPAndAnotherMTakesIt) {
    EXPECT_MODEL_PASSES(model::explore(
        {.name = "steal: P changes hands", .is_counting_turns = true, .delays = 1},
        [](model::run& r) {
            world w(3, 2);
            takings got;
            for (std::uint32_t i = 0; i < 2; ++i) w.p[0].queue.push(w.make(i, nullptr));
            G* last = w.make(2, nullptr);
            w.p[0].owner.store(&w.m[0]);
            w.m[0].p = &w.p[0];
            model::atomic<bool> is_dropped{false};
            r.thread("owner", [&] {
                w.begin_m(0);
                M* m = &w.m[0];
                enter(m);
                got.take(m->p->queue.pop());
                drop_context(*m->p);
                m->p = nullptr;
                is_dropped.store(true, memory_order_release); // in earnest: sched.lock
                leave(m);
            });
            r.thread("next owner", [&] {
                w.begin_m(2);
                M* m = &w.m[2];
                while (!is_dropped.load(memory_order_acquire)) model::yield();
                enter(m);
                own_p(m, &w.p[0]);
                m->p->queue.push(last);
                got.take(m->p->queue.pop());
                leave(m);
            });
            r.thread("thief", [&] { be_thief(w, 1, got, ring_only); });
            r.finally([&] { check_all_taken_once(w, got, 3); });
        }));
}

TEST(Steal, WhileAnMTakesTheIdleP) {
    EXPECT_MODEL_PASSES(model::explore(
        {.name = "steal: idle P is taken", .preemptions = 3, .delays = 2}, [](model::run& r) {
            world w(2, 2);
            takings got;
            for (std::uint32_t i = 0; i < 2; ++i) w.p[0].queue.push(w.make(i, nullptr));
            r.thread("taker", [&] {
                w.begin_m(0);
                M* m = &w.m[0];
                enter(m);
                own_p(m, &w.p[0]);
                leave(m);
                enter(m);
                got.take(m->p->queue.pop());
                leave(m);
            });
            r.thread("thief", [&] { be_thief(w, 1, got, ring_only); });
            r.finally([&] { check_all_taken_once(w, got, 2); });
        }));
}

} // namespace
