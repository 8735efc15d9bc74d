// SPDX-License-Identifier: Apache-2.0
//
// Channels: matching and closing. Each value is received exactly once, with everything that its
// sender did before; all see the close; nobody waits for ever; who waits first is served first. The
// source under test is chan_core.cpp itself, with plain threads as peers; with goroutines it is in
// goroutines_model_test.cpp.
#include "chan/chan_core.hpp"
#include "expect.hpp"
#include "protocols/world.hpp"

namespace {

using namespace gofer::detail;
using gofer::chan_status;
using model_shim::world;

constexpr element_type int_type{.bytes = sizeof(int), .align = alignof(int), .destroy = nullptr};

/// A channel of indices into an array of plain data: who receives an index reads what its sender
/// wrote there.
struct fixture {
    explicit fixture(std::size_t capacity) : w(1, 1), c(chan_make(int_type, capacity)) {}
    fixture(const fixture&) = delete;
    fixture& operator=(const fixture&) = delete;
    ~fixture() { chan_release(c); }

    void write(int index) { cargo[static_cast<std::size_t>(index)] = index + 1; }
    void send(int index) {
        world::begin_plain();
        write(index);
        chan_send(c, &index);
    }
    /// -1: closed and drained.
    int receive() {
        world::begin_plain();
        int index = -1;
        if (chan_recv(c, &index)) accept(index);
        return index;
    }
    void accept(int index) {
        model::var<int>& piece = cargo[static_cast<std::size_t>(index)];
        MODEL_CHECK(piece == index + 1); // or it was received before
        piece = 0;
    }
    [[nodiscard]] bool is_at_rest() const {
        return c->receivers.is_empty() && c->senders.is_empty() && !c->lock.is_locked();
    }

    world w;
    chan_core* c;
    std::array<model::var<int>, 4> cargo;
};

model::result two_and_two(const char* name, std::size_t capacity) {
    return model::explore({.name = name, .preemptions = 3, .is_counting_turns = true, .delays = 2},
                          [=](model::run& r) {
                              fixture f(capacity);
                              r.thread("sender 0", [&] { f.send(0); });
                              r.thread("sender 1", [&] { f.send(1); });
                              r.thread("receiver a", [&] { f.receive(); });
                              r.thread("receiver b", [&] { f.receive(); });
                              r.finally([&] {
                                  MODEL_CHECK(f.cargo[0] == 0 && f.cargo[1] == 0);
                                  MODEL_CHECK(f.is_at_rest() && f.c->len() == 0);
                              });
                          });
}

TEST(Channel, OfNoCapacityMatchesTwoSendersWithTwoReceivers) {
    EXPECT_MODEL_PASSES(two_and_two("chan: 2 to 2, capacity 0", 0));
}
TEST(Channel, OfCapacityOneMatchesTwoSendersWithTwoReceivers) {
    EXPECT_MODEL_PASSES(two_and_two("chan: 2 to 2, capacity 1", 1));
}

model::result in_order(const char* name, std::size_t capacity) {
    return model::explore({.name = name, .delays = 2}, [=](model::run& r) {
        fixture f(capacity);
        r.thread("sender", [&] {
            for (int i = 0; i < 3; ++i) f.send(i);
            chan_close(f.c);
        });
        r.thread("receiver", [&] {
            for (int i = 0; i < 3; ++i) MODEL_CHECK(f.receive() == i);
            MODEL_CHECK(f.receive() == -1);
        });
        r.finally([&] { MODEL_CHECK(f.is_at_rest()); });
    });
}

TEST(Channel, GivesWhatOneSenderSendsInItsOrderThenTheClose) {
    EXPECT_MODEL_PASSES(in_order("chan: in order, capacity 0", 0));
    EXPECT_MODEL_PASSES(in_order("chan: in order, capacity 1", 1));
}

TEST(Channel, ServesReceiversInTheOrderInWhichTheyCame) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "chan: FIFO of receivers", .delays = 2}, [](model::run& r) {
            fixture f(0);
            model::atomic<int> came{0};
            r.thread("first", [&] { MODEL_CHECK(f.receive() == 0); });
            r.thread("second", [&] {
                while (f.c->receivers.is_empty()) model::yield();
                came.store(1);
                MODEL_CHECK(f.receive() == 1);
            });
            r.thread("sender", [&] {
                while (came.load() == 0) model::yield();
                f.send(0);
                f.send(1);
            });
            r.finally([&] { MODEL_CHECK(f.is_at_rest()); });
        }));
}

TEST(Channel, ServesSendersInTheOrderInWhichTheyCame) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "chan: FIFO of senders", .delays = 2}, [](model::run& r) {
            fixture f(0);
            model::atomic<int> came{0};
            r.thread("first", [&] { f.send(0); });
            r.thread("second", [&] {
                while (f.c->senders.is_empty()) model::yield();
                came.store(1);
                f.send(1);
            });
            r.thread("receiver", [&] {
                while (came.load() == 0) model::yield();
                MODEL_CHECK(f.receive() == 0);
                MODEL_CHECK(f.receive() == 1);
            });
            r.finally([&] { MODEL_CHECK(f.is_at_rest()); });
        }));
}

model::result close_meanwhile(const char* name, std::size_t capacity) {
    return model::explore(
        {.name = name, .is_counting_turns = true, .delays = 2}, [=](model::run& r) {
            fixture f(capacity);
            std::array<model::var<int>, 2> was_sent;
            model::atomic<int> received{0};
            for (int i = 0; i < 2; ++i) {
                r.thread(i == 0 ? "sender 0" : "sender 1", [&f, &was_sent, i] {
                    world::begin_plain();
                    f.write(i);
                    int index = i;
                    const auto status = chan_send_or_closed(f.c, &index);
                    MODEL_CHECK(status == chan_status::ok || status == chan_status::closed);
                    was_sent[static_cast<std::size_t>(i)] = status == chan_status::ok ? 1 : 0;
                });
            }
            r.thread("receiver", [&] {
                while (f.receive() != -1) received.fetch_add(1);
            });
            r.thread("closer", [&] {
                world::begin_plain();
                chan_close(f.c);
            });
            r.finally([&] {
                MODEL_CHECK(received.load() == was_sent[0] + was_sent[1]);
                for (std::size_t i = 0; i < 2; ++i) {
                    MODEL_CHECK((f.cargo[i] == 0) == (was_sent[i] == 1));
                }
                MODEL_CHECK(f.is_at_rest());
            });
        });
}

TEST(Channel, ClosedMeanwhileLosesNothingThatWasSent) {
    EXPECT_MODEL_PASSES(close_meanwhile("chan: close, capacity 0", 0));
    EXPECT_MODEL_PASSES(close_meanwhile("chan: close, capacity 1", 1));
}

TEST(Channel, CloseReleasesAllThatWait) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "chan: close of two waiting", .delays = 2}, [](model::run& r) {
            fixture f(0);
            r.thread("receiver a", [&] { MODEL_CHECK(f.receive() == -1); });
            r.thread("receiver b", [&] { MODEL_CHECK(f.receive() == -1); });
            r.thread("closer", [&] {
                world::begin_plain();
                chan_close(f.c);
            });
            r.finally([&] { MODEL_CHECK(f.is_at_rest() && f.c->closed()); });
        }));
}

/// Tries on both sides against one blocking peer each.
model::result tries(const char* name, std::size_t capacity) {
    return model::explore({.name = name, .delays = 2}, [=](model::run& r) {
        fixture f(capacity);
        model::var<int> was_sent = 0;
        model::var<int> was_received = 0;
        r.thread("trying sender", [&] {
            world::begin_plain();
            f.write(0);
            int index = 0;
            const auto status = chan_try_send(f.c, &index);
            MODEL_CHECK(status == chan_status::ok || status == chan_status::full);
            was_sent = status == chan_status::ok ? 1 : 0;
        });
        r.thread("sender", [&] { f.send(1); });
        r.thread("trying receiver", [&] {
            world::begin_plain();
            int index = -1;
            const auto status = chan_try_recv(f.c, &index);
            MODEL_CHECK(status == chan_status::ok || status == chan_status::empty);
            if (status != chan_status::ok) return;
            f.accept(index);
            was_received = 1;
        });
        r.finally([&] {
            // The blocking sender may still be in the buffer; with no capacity it cannot have
            // come back unless somebody took its value.
            const auto left = static_cast<int>(f.c->len());
            MODEL_CHECK(was_sent + 1 == was_received + left);
            MODEL_CHECK(f.is_at_rest());
        });
    });
}

TEST(Channel, TriesAgainstABlockingSenderOfABufferedOne) {
    EXPECT_MODEL_PASSES(tries("chan: tries, capacity 2", 2));
}

TEST(Channel, TryOnAnUnbufferedOneMeetsOnlyWhoWaits) {
    EXPECT_MODEL_PASSES(
        model::explore({.name = "chan: try_send, capacity 0", .delays = 2}, [](model::run& r) {
            fixture f(0);
            r.thread("receiver", [&] { MODEL_CHECK(f.receive() == 0); });
            r.thread("trying sender", [&] {
                world::begin_plain();
                f.write(0);
                int index = 0;
                while (chan_try_send(f.c, &index) != chan_status::ok) model::yield();
            });
            r.finally([&] { MODEL_CHECK(f.cargo[0] == 0 && f.is_at_rest()); });
        }));
}

} // namespace
