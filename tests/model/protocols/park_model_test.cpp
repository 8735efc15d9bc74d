// SPDX-License-Identifier: Apache-2.0
//
// Parking and making ready: a goroutine that is made ready by one M while another is still parking
// it runs on when, and only when, its registers are on its stack; none runs twice, none is lost.
// The whole scheduler is under test (park.hpp, switch.cpp, find_work.cpp, entry.cpp, idle.cpp ...),
// with Ms as threads of the model and goroutines on fibers; only the assembly is mirrored
// (shim/goroutines.cpp).
#include "expect.hpp"
#include "protocols/world.hpp"

namespace {

using namespace gofer::rt;
using model_shim::world;

/// A place where one goroutine waits until another takes it out.
struct box {
    model::atomic<G*> waiting{nullptr};

    /// Parks the caller in here. Between the store and the switch anybody may take it out.
    M* park_in(M* m) {
        prepare_park(m->g, wait_reason::chan_receive, this);
        waiting.store(m->g); // seq_cst: before its look into the other box
        return park(m);
    }
    /// Makes ready who is in here.
    void empty(M* m) {
        if (G* g = waiting.exchange(nullptr)) ready(m, g);
    }
};

void start_ms(model::run& r, world& w) {
    r.thread("m0", [&w] { w.run_m(0); });
    r.thread("m1", [&w] { w.run_m(1); });
    r.thread("stopper", [&w] { w.stop_when_all_ended(); });
}

/// One goroutine parks; the other, on another M, makes it ready.
model::result park_and_ready(std::uint32_t preemptions) {
    return model::explore({.name = "park: one parks, one readies",
                           .preemptions = preemptions,
                           .is_counting_turns = true,
                           .delays = 1,
                           .clock_jumps = 0},
                          [](model::run& r) {
                              world w(2, 2);
                              box b;
                              model::var<int> steps{0, "steps"};
                              w.spawn_on(0, 0, [&] {
                                  M* m = current_m();
                                  enter(m);
                                  leave(b.park_in(m));
                                  ++steps;
                              });
                              w.spawn_on(1, 1, [&] {
                                  while (b.waiting.load(memory_order_relaxed) == nullptr)
                                      model::yield();
                                  M* m = current_m();
                                  enter(m);
                                  b.empty(m);
                                  leave(m);
                              });
                              start_ms(r, w);
                              r.finally([&] { MODEL_CHECK(steps == 1); });
                          });
}

TEST(Park, IsResumedOnceAndNotBeforeItsRegistersAreSaved) {
    EXPECT_MODEL_PASSES(park_and_ready(2));
}

TEST(Park, WithTheStackPointerStoredEarlyIsFound) {
    model_shim::is_sp_stored_early = true;
    EXPECT_MODEL_FAILS(park_and_ready(1), race);
    model_shim::is_sp_stored_early = false;
}

TEST(Park, OfTwoThatMakeEachOtherReadyComesToAnEnd) {
    EXPECT_MODEL_PASSES(model::explore(
        {.name = "park: two ready each other",
         .preemptions = 2,
         .is_counting_turns = true,
         .delays = 1,
         .clock_jumps = 0},
        [](model::run& r) {
            world w(2, 2);
            std::array<box, 2> boxes;
            for (std::uint32_t i = 0; i < 2; ++i) {
                w.spawn_on(i, i, [&boxes, i] {
                    M* m = current_m();
                    enter(m);
                    prepare_park(m->g, wait_reason::chan_receive, &boxes);
                    boxes[i].waiting.store(m->g); // seq_cst: before the look into the other box
                    boxes[1 - i].empty(m);
                    m = park(m);
                    boxes[1 - i].empty(m); // who was too late to be seen
                    leave(m);
                });
            }
            start_ms(r, w);
            r.finally([&] { MODEL_CHECK(w.ended.load() == 2); });
        }));
}

} // namespace
