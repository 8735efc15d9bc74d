// SPDX-License-Identifier: Apache-2.0
//
// Races on ordinary variables are found, in files that are compiled for it; and only races.
#include "expect.hpp"

namespace {

struct message {
    int body = 0;
    bool is_urgent = false;
    bool is_read = false;
};

model::result pass(std::memory_order give, std::memory_order take) {
    return model::explore({.name = "plain message"}, [=](model::run& r) {
        message m;
        model::atomic<message*> box{nullptr};
        r.thread("giver", [&] {
            m.body = 7;
            m.is_urgent = true;
            box.store(&m, give);
        });
        r.thread("taker", [&] {
            message* got = box.load(take);
            if (got == nullptr) return;
            MODEL_CHECK(got->body == 7);
            got->is_read = true;
        });
        r.finally([] {});
    });
}

TEST(PlainData, HandedOverByReleaseAndAcquireIsNoRace) {
    EXPECT_MODEL_PASSES(pass(std::memory_order_release, std::memory_order_acquire));
}
TEST(PlainData, HandedOverByRelaxedOrdersIsARace) {
    EXPECT_MODEL_FAILS(pass(std::memory_order_relaxed, std::memory_order_acquire), race);
    EXPECT_MODEL_FAILS(pass(std::memory_order_release, std::memory_order_relaxed), race);
}
TEST(PlainData, NeighboursInOneWordAreNoRace) {
    EXPECT_MODEL_PASSES(model::explore({.name = "neighbours"}, [](model::run& r) {
        message m;
        r.thread("a", [&] { m.is_urgent = true; });
        r.thread("b", [&] { m.is_read = true; });
        r.finally([&] { MODEL_CHECK(m.is_urgent && m.is_read); });
    }));
}
TEST(PlainData, WrittenAfterItWasHandedOnIsARace) {
    EXPECT_MODEL_FAILS(model::explore({.name = "written late"},
                                      [](model::run& r) {
                                          message m;
                                          model::atomic<message*> box{nullptr};
                                          r.thread("giver", [&] {
                                              box.store(&m, std::memory_order_release);
                                              m.body = 7;
                                          });
                                          r.thread("taker", [&] {
                                              const message* got =
                                                  box.load(std::memory_order_acquire);
                                              if (got != nullptr) MODEL_CHECK(got->body >= 0);
                                          });
                                          r.finally([] {});
                                      }),
                       race);
}

} // namespace
