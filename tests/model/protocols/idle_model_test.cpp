// SPDX-License-Identifier: Apache-2.0
//
// Sleeping and waking: whoever pushes onto a queue that is not empty executes no fence, and still
// an M that goes to sleep meanwhile does not sleep on. The sources under test are idle.cpp and
// park.hpp themselves; sysmon, which would mend a lost wake-up after a while, is left out.
#include "expect.hpp"
#include "protocols/world.hpp"

namespace {

using namespace gofer::rt;
using model_shim::world;

/// The pusher makes two goroutines ready and stays in user code: somebody must come for them.
void push_two(world& w, std::array<G*, 2> waiting) {
    w.begin_m(0);
    M* m = &w.m[0];
    enter(m);
    for (G* g : waiting) ready(m, g);
    leave(m);
}

/// Goes to sleep with a P in hand; if nobody wakes it, the search ends in a deadlock.
void sleep_with_p(world& w, std::uint32_t i, bool is_searching) {
    w.begin_m(i);
    M* m = &w.m[i];
    enter(m);
    own_p(m, &w.p[i]);
    if (is_searching) {
        m->is_searching = true;
        sched.searching.fetch_add(1);
    }
    MODEL_CHECK(sleep_until_woken(m));
    MODEL_CHECK(m->p != nullptr);
    MODEL_CHECK(m->is_searching);
    m->is_searching = false; // it has found the two
    sched.searching.fetch_sub(1);
    leave(m);
}

model::result push_against_sleep(const char* name, bool is_searching, std::uint32_t preemptions) {
    return model::explore({.name = name, .preemptions = preemptions, .delays = 2},
                          [=](model::run& r) {
                              world w(2, 2);
                              const std::array<G*, 2> waiting{w.make_waiting(0), w.make_waiting(1)};
                              w.p[0].owner.store(&w.m[0]);
                              w.m[0].p = &w.p[0];
                              r.thread("pusher", [&] { push_two(w, waiting); });
                              r.thread("sleeper", [&] { sleep_with_p(w, 1, is_searching); });
                              r.finally([&] {
                                  MODEL_CHECK(w.p[0].queue.size() == 2);
                                  MODEL_CHECK(sched.searching.load() == 0);
                              });
                          });
}

TEST(Idle, AnMThatGoesToSleepIsWoken) {
    EXPECT_MODEL_PASSES(push_against_sleep("idle: not searching", false, 3));
}
TEST(Idle, TheLastSearcherLooksAgain) {
    EXPECT_MODEL_PASSES(push_against_sleep("idle: searching", true, 3));
}

TEST(Idle, APlainThreadWakesASleeper) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "idle: push by a plain thread", .delays = 2}, [](model::run& r) {
            world w(2, 2);
            G* g = w.make(0, nullptr);
            r.thread("plain", [&] {
                world::begin_plain();
                thread_enter();
                item_chain<G> one;
                one.append(g);
                push_global(one);
                wake_one_from_thread();
                thread_leave();
            });
            r.thread("sleeper", [&] {
                w.begin_m(1);
                M* m = &w.m[1];
                enter(m);
                own_p(m, &w.p[1]);
                MODEL_CHECK(sleep_until_woken(m));
                MODEL_CHECK(m->p != nullptr);
                MODEL_CHECK(take_global(m) == g);
                leave(m);
            });
            r.finally([] {});
        }));
}

TEST(Idle, OneOfTwoSleepersIsWoken) {
    EXPECT_MODEL_PASSES(model::explore(
        {.name = "idle: two sleepers", .is_counting_turns = true, .delays = 2}, [](model::run& r) {
            world w(3, 3);
            const std::array<G*, 2> waiting{w.make_waiting(0), w.make_waiting(1)};
            w.p[0].owner.store(&w.m[0]);
            w.m[0].p = &w.p[0];
            model::atomic<std::uint32_t> woken{0};
            const auto sleep = [&](std::uint32_t i) {
                w.begin_m(i);
                M* m = &w.m[i];
                enter(m);
                own_p(m, &w.p[i]);
                if (!sleep_until_woken(m)) return; // the other one was woken, and ended this one
                if (woken.fetch_add(1) == 0) {
                    // Whoever comes first takes the two, and lets the other one go.
                    M* other = &w.m[3 - i];
                    leave(m);
                    gate.close();
                    other->is_told_to_end = true;
                    gate.open();
                    other->wake_word.store(1, memory_order_release);
                    futex_wake(other->wake_word);
                    return;
                }
                leave(m);
            };
            r.thread("pusher", [&] { push_two(w, waiting); });
            r.thread("sleeper 1", [&] { sleep(1); });
            r.thread("sleeper 2", [&] { sleep(2); });
            r.finally([&] { MODEL_CHECK(woken.load() >= 1); });
        }));
}

} // namespace
