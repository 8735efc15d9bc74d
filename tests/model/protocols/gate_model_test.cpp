// SPDX-License-Identifier: Apache-2.0
//
// The gate: while it is closed nobody is inside, when it is open nobody is kept out. The sources
// under test are gate.cpp, enter.cpp and door.hpp themselves.
//
// Each M has a piece of plain data that it writes while it is inside; who holds the gate writes
// all of them. Were both at it at once, or were one not ordered after the other, that is a race.
#include "expect.hpp"
#include "protocols/world.hpp"

namespace {

using model_shim::world;

struct pieces {
    std::array<model::var<int>, model_shim::thread_most> of_m;
    model::var<int> of_plain_thread{0, "the plain thread's piece"};

    void write_all() {
        for (auto& piece : of_m) ++piece;
        ++of_plain_thread;
    }
};

void go_in_and_out(world& w, std::uint32_t i, pieces& data) {
    w.begin_m(i);
    gofer::rt::enter(&w.m[i]);
    ++data.of_m[i];
    gofer::rt::leave(&w.m[i]);
}

void close_and_open(pieces& data) {
    world::begin_plain();
    gofer::rt::gate.close();
    data.write_all();
    gofer::rt::gate.open();
}

TEST(Gate, KeepsTwoMsOutWhileItIsClosed) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "gate: 2 Ms, 1 closer", .delays = 2}, [](model::run& r) {
            world w(2, 1);
            pieces data;
            r.thread("m0", [&] {
                go_in_and_out(w, 0, data);
                go_in_and_out(w, 0, data);
            });
            r.thread("m1", [&] { go_in_and_out(w, 1, data); });
            r.thread("closer", [&] { close_and_open(data); });
            r.finally([&] { MODEL_CHECK(data.of_m[0] == 3 && data.of_m[1] == 2); });
        }));
}

TEST(Gate, HasOneCloserAtATimeAndLeavesNobodyOutside) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "gate: 1 M, 2 closers", .delays = 2}, [](model::run& r) {
            world w(1, 1);
            pieces data;
            r.thread("m0", [&] {
                go_in_and_out(w, 0, data);
                go_in_and_out(w, 0, data);
            });
            r.thread("closer a", [&] { close_and_open(data); });
            r.thread("closer b", [&] { close_and_open(data); });
            r.finally([&] { MODEL_CHECK(data.of_m[0] == 4); });
        }));
}

TEST(Gate, KeepsPlainThreadsOutToo) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "gate: 1 plain thread, 2 closers", .delays = 2}, [](model::run& r) {
            world w(1, 1);
            pieces data;
            r.thread("plain", [&] {
                world::begin_plain();
                gofer::rt::thread_enter();
                ++data.of_plain_thread;
                gofer::rt::thread_leave();
            });
            r.thread("closer a", [&] { close_and_open(data); });
            r.thread("closer b", [&] { close_and_open(data); });
            r.finally([&] { MODEL_CHECK(data.of_plain_thread == 3); });
        }));
}

TEST(Gate, IsClosedByAnMThatIsOutside) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "gate: 2 Ms that close it", .delays = 2}, [](model::run& r) {
            world w(2, 1);
            pieces data;
            for (std::uint32_t i = 0; i < 2; ++i) {
                r.thread(i == 0 ? "m0" : "m1", [&w, &data, i] {
                    go_in_and_out(w, i, data);
                    gofer::rt::gate.close();
                    data.write_all();
                    gofer::rt::gate.open();
                    go_in_and_out(w, i, data);
                });
            }
            r.finally([&] { MODEL_CHECK(data.of_m[0] == 4); });
        }));
}

} // namespace
