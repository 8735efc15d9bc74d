// SPDX-License-Identifier: Apache-2.0
//
// Go's rules of WaitGroup. Mirrors go/src/sync/waitgroup_test.go.
#include <atomic>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer::wait_group;
using gofer_test::run_test;

/// Sixteen goroutines reach `arrived`, then wait until `released` has been counted down.
void barrier_round(wait_group& arrived, wait_group& released) {
    constexpr int n = 16;
    arrived.add(n);
    released.add(n);
    const auto exited = make_chan<bool>(n);
    for (int i = 0; i < n; ++i) {
        gofer::go([&, exited] {
            arrived.done();
            released.wait();
            exited.send(true);
        });
    }
    arrived.wait();
    for (int i = 0; i < n; ++i) {
        bool too_soon = false;
        EXPECT_EQ(exited.try_recv(too_soon), chan_status::empty) << "released after " << i;
        released.done();
    }
    for (int i = 0; i < n; ++i) EXPECT_EQ(exited.recv(), true);
}

TEST(wait_group_rules, nobody_passes_before_the_count_is_zero_and_all_pass_then) {
    run_test([] {
        wait_group arrived;
        wait_group released;
        for (int round = 0; round < 8; ++round) barrier_round(arrived, released);
    });
}

TEST(wait_group_rules, one_done_too_many_fails) {
    run_test([] {
        wait_group wg;
        wg.add(1);
        wg.done();
        EXPECT_THROW(wg.done(), gofer::usage_error);
    });
}

TEST(wait_group_rules, a_waiter_sees_what_was_done_before_done) {
    run_test([] {
        for (int i = 0; i < gofer_test::repetitions(1000); ++i) {
            wait_group wg;
            int first = 0;
            int second = 0;
            wg.add(1);
            gofer::go([&] {
                first = 1;
                wg.done();
            });
            wg.add(1);
            gofer::go([&] {
                second = 1;
                wg.done();
            });
            wg.wait();
            ASSERT_EQ(first + second, 2) << "woken too early in round " << i;
        }
    });
}

TEST(wait_group_rules, it_works_at_any_address_inside_an_object) {
    struct offset {
        char before = 'x';
        wait_group wg;
    };
    run_test([] {
        offset x;
        x.wg.add(1);
        gofer::go([&x] { x.wg.done(); });
        x.wg.wait();
        EXPECT_EQ(x.before, 'x');
    });
}

TEST(wait_group_rules, go_counts_the_goroutine_until_it_has_ended) {
    run_test([] {
        wait_group wg;
        int i = 0;
        wg.go([&] { ++i; });
        wg.wait();
        EXPECT_EQ(i, 1);
    });
}

} // namespace
