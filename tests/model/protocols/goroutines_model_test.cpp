// SPDX-License-Identifier: Apache-2.0
//
// Everything together: goroutines on two Ms that talk over channels, with stealing, sleeping and
// waking, to the end of the runtime. The sources under test are those of src/sched and src/chan;
// only the assembly, the operating system and sysmon are replaced (shim/).
#include "chan/chan_core.hpp"
#include "expect.hpp"
#include "protocols/world.hpp"

namespace {

using namespace gofer::detail;
using model_shim::world;

constexpr element_type int_type{.bytes = sizeof(int), .align = alignof(int), .destroy = nullptr};

struct fixture {
    explicit fixture(std::size_t capacity) : w(2, 2), c(chan_make(int_type, capacity)) {}
    fixture(const fixture&) = delete;
    fixture& operator=(const fixture&) = delete;
    ~fixture() { chan_release(c); }

    /// Sends 0 .. n-1, each with a piece of plain data, and closes.
    void send_all(int n) {
        for (int i = 0; i < n; ++i) {
            cargo[static_cast<std::size_t>(i)] = i + 1;
            chan_send(c, &i);
        }
        chan_close(c);
    }
    void receive_all(int n) {
        int next = 0;
        for (int index = -1; chan_recv(c, &index); ++next) {
            MODEL_CHECK(index == next);
            MODEL_CHECK(cargo[static_cast<std::size_t>(index)] == index + 1);
        }
        MODEL_CHECK(next == n);
        is_received = 1;
    }
    void start(model::run& r) {
        r.thread("m0", [this] { w.run_m(0); });
        r.thread("m1", [this] { w.run_m(1); });
        r.thread("stopper", [this] { w.stop_when_all_ended(); });
    }
    void check() {
        MODEL_CHECK(is_received == 1);
        MODEL_CHECK(c->receivers.is_empty() && c->senders.is_empty());
        for (auto& p : w.p) MODEL_CHECK(p.queue.is_empty());
        for (auto& m : w.m) MODEL_CHECK(m.in_rt.load() == 0);
    }

    world w;
    chan_core* c;
    std::array<model::var<int>, 4> cargo;
    model::var<int> is_received = 0;
};

/// Sender and receiver begin on the Ps `from` and `to`.
model::result talk(model::options o, std::size_t capacity, std::uint32_t from, std::uint32_t to,
                   int values) {
    return model::explore(o, [=](model::run& r) {
        fixture f(capacity);
        f.w.spawn_on(from, 0, [&f, values] { f.send_all(values); });
        f.w.spawn_on(to, 1, [&f, values] { f.receive_all(values); });
        f.start(r);
        r.finally([&] { f.check(); });
    });
}

constexpr model::options bounded(const char* name) {
    return {
        .name = name, .preemptions = 1, .is_counting_turns = true, .delays = 1, .clock_jumps = 1};
}

TEST(Goroutines, OnTwoMsTalkOverAnUnbufferedChannel) {
    EXPECT_MODEL_PASSES(talk(bounded("goroutines: capacity 0"), 0, 0, 1, 1));
}
TEST(Goroutines, OnTwoMsTalkOverABufferedChannel) {
    EXPECT_MODEL_PASSES(talk(bounded("goroutines: capacity 1"), 1, 0, 1, 2));
}
TEST(Goroutines, OfOnePAreStolenOrNot) {
    EXPECT_MODEL_PASSES(talk(bounded("goroutines: both on one P"), 0, 0, 0, 1));
}
TEST(Goroutines, TalkUnderRandomSchedules) {
    constexpr std::uint64_t executions = 20'000;
    EXPECT_MODEL_PASSES(talk({.name = "goroutines: random, capacity 0",
                              .clock_jumps = 3,
                              .random_executions = executions,
                              .seed = 20},
                             0, 0, 1, 3));
    EXPECT_MODEL_PASSES(talk({.name = "goroutines: random, capacity 1, one P",
                              .clock_jumps = 3,
                              .random_executions = executions,
                              .seed = 21},
                             1, 0, 0, 3));
}

} // namespace
