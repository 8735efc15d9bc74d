// SPDX-License-Identifier: Apache-2.0
//
// What handlers of select's cases may do: be called once, throw, park, select again.
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::make_chan;
using gofer::on_recv;
using gofer::on_send;
using gofer::otherwise;
using gofer::select;
using gofer_test::balance;
using gofer_test::run_test;
using gofer_test::tracked;
using gofer_test::wait_until_quiet;
using namespace std::chrono_literals;

TEST(handlers, of_the_chosen_case_alone_is_called_once) {
    run_test([] {
        const auto never = make_chan<int>();
        const auto c = make_chan<int>(1);
        int wrong = 0;
        int sent = 0;
        int received = 0;
        const auto count_wrong = [&](auto&&...) { ++wrong; };
        EXPECT_EQ(select(on_recv(never, count_wrong), on_send(c, 3, [&] { ++sent; }),
                         otherwise(count_wrong)),
                  1);
        EXPECT_EQ(select(on_send(never, 1, count_wrong), gofer::timeout(1h, count_wrong),
                         on_recv(c, [&](std::optional<int> v) { received += v.value(); })),
                  2);
        EXPECT_EQ(select(on_recv(never, count_wrong), gofer::timeout(1us, [&] { ++sent; })), 1);
        EXPECT_EQ(wrong, 0);
        EXPECT_EQ(sent, 2);
        EXPECT_EQ(received, 3);
    });
}

TEST(handlers, that_throw_throw_out_of_select_after_the_exchange) {
    run_test([] {
        const balance<tracked> nothing_leaks;
        const auto c = make_chan<tracked>(2);
        EXPECT_THROW(select(on_send(c, tracked(1), [] { throw std::runtime_error("sent"); })),
                     std::runtime_error);
        EXPECT_EQ(c.len(), 1u);
        EXPECT_THROW(select(on_recv(c, [](std::optional<tracked> v) { throw v->value; })), int);
        EXPECT_EQ(c.len(), 0u);
        EXPECT_THROW(select(on_recv(c, [](auto) {}), otherwise([] { throw 1; })), int);
        EXPECT_THROW(select(on_recv(c, [](auto) {}), gofer::timeout(1us, [] { throw 2; })), int);
        EXPECT_EQ(c.try_send(tracked(2)), gofer::chan_status::ok) << "nobody may wait any more";
    });
}

TEST(handlers, that_throw_after_a_wait_leave_no_waiter_behind) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto other = make_chan<int>();
        auto selecting = gofer::async([=] {
            select(on_recv(other, [](auto) {}), on_recv(c, [](std::optional<int> v) { throw *v; }));
        });
        ASSERT_TRUE(wait_until_quiet());
        c.send(7);
        try {
            selecting.get();
            ADD_FAILURE() << "the handler's exception was lost";
        } catch (int thrown) {
            EXPECT_EQ(thrown, 7);
        }
        EXPECT_EQ(other.try_send(1), gofer::chan_status::full);
        EXPECT_EQ(c.try_send(1), gofer::chan_status::full);
    });
}

TEST(handlers, may_park) {
    run_test([] {
        const auto requests = make_chan<int>();
        const auto replies = make_chan<int>();
        gofer::go([=] {
            for (int i = 0; i < 10; ++i) {
                select(on_recv(requests, [&](std::optional<int> v) {
                    gofer::gosched();
                    replies.send(*v + 1);
                }));
            }
        });
        for (int i = 0; i < 10; ++i) {
            requests.send(i);
            EXPECT_EQ(replies.recv(), i + 1);
        }
    });
}

TEST(handlers, may_use_the_channel_that_they_are_called_for) {
    run_test([] {
        const auto c = make_chan<int>(2);
        select(on_send(c, 1, [&] { c.send(2); }));
        EXPECT_EQ(c.len(), 2u);
        select(on_recv(c, [&](std::optional<int> v) {
            EXPECT_EQ(v, 1);
            EXPECT_EQ(c.recv(), 2);
            c.close();
        }));
        EXPECT_EQ(c.recv(), std::nullopt);
    });
}

TEST(handlers, may_select_again) {
    run_test([] {
        const auto outer = make_chan<std::string>(1);
        const auto inner = make_chan<std::string>(1);
        outer.send("outer");
        inner.send("inner");
        std::string seen;
        EXPECT_EQ(select(on_recv(outer,
                                 [&](std::optional<std::string> a) {
                                     select(on_recv(inner, [&](std::optional<std::string> b) {
                                         seen = *a + " " + *b;
                                     }));
                                 })),
                  0);
        EXPECT_EQ(seen, "outer inner");
    });
}

TEST(handlers, may_be_lvalues_and_movable_only) {
    run_test([] {
        const auto c = make_chan<int>(2);
        int calls = 0;
        const auto counting = [&] { ++calls; };
        select(on_send(c, 1, counting));
        select(on_send(c, 1, [&, owner = std::make_unique<int>(1)] { calls += *owner; }));
        EXPECT_EQ(calls, 2);
    });
}

} // namespace
