// SPDX-License-Identifier: Apache-2.0
//
// select_in_order: of those that are ready the first as written.
#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::make_chan;
using gofer::otherwise;
using gofer::recv_into;
using gofer::select_in_order;
using gofer::send_from;
using gofer_test::run_test;

TEST(select_in_order, takes_the_first_of_those_that_are_ready_every_time) {
    run_test([] {
        for (unsigned ready = 1; ready < 8; ++ready) { // every set of ready cases but the empty one
            const int first = __builtin_ctz(ready);
            for (int round = 0; round < 50; ++round) {
                const auto a = make_chan<int>(1);
                const auto b = make_chan<int>(1); // sent to: ready while empty
                const auto c = make_chan<int>(1);
                if ((ready & 1) != 0) a.send(1);
                if ((ready & 2) == 0) b.send(1);
                if ((ready & 4) != 0) c.close();
                int v = 0;
                ASSERT_EQ(
                    select_in_order(recv_into(a, v), send_from(b, 2), recv_into(c, v), otherwise()),
                    first)
                    << "ready cases " << ready;
            }
        }
    });
}

TEST(select_in_order, goes_otherwise_when_nothing_is_ready) {
    run_test([] {
        const auto c = make_chan<int>();
        int v = 0;
        EXPECT_EQ(select_in_order(otherwise(), recv_into(c, v)), 0);
        EXPECT_EQ(select_in_order(recv_into(c, v), send_from(c, 1), otherwise()), 2);
    });
}

TEST(select_in_order, waits_as_select_does) {
    run_test([] {
        const auto a = make_chan<int>();
        const auto b = make_chan<int>();
        auto selecting = gofer::async([=] {
            int v = 0;
            const int chosen = select_in_order(recv_into(a, v), recv_into(b, v));
            return chosen * 100 + v;
        });
        ASSERT_TRUE(gofer_test::wait_until_quiet());
        b.send(5);
        EXPECT_EQ(selecting.get(), 105);
    });
}

TEST(select_in_order, drains_the_important_channel_before_the_other) {
    run_test([] {
        const auto important = make_chan<int>(100);
        const auto other = make_chan<int>(100);
        for (int i = 0; i < 100; ++i) {
            important.send(i);
            other.send(i);
        }
        int v = 0;
        for (int i = 0; i < 100; ++i)
            ASSERT_EQ(select_in_order(recv_into(important, v), recv_into(other, v)), 0);
        for (int i = 0; i < 100; ++i)
            ASSERT_EQ(select_in_order(recv_into(important, v), recv_into(other, v)), 1);
    });
}

} // namespace
