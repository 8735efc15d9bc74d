// SPDX-License-Identifier: Apache-2.0
//
// Handles: shared ownership of one channel, directions, equality; what is buffered ends with the
// last one.
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::make_chan;
using gofer::recv_chan;
using gofer::send_chan;
using gofer_test::run_test;
using gofer_test::tracked;

static_assert(std::is_nothrow_copy_constructible_v<chan<int>>);
static_assert(std::is_nothrow_move_constructible_v<chan<int>>);
static_assert(std::is_nothrow_default_constructible_v<chan<int>>);
static_assert(sizeof(chan<int>) == sizeof(void*));
static_assert(std::is_convertible_v<chan<int>, send_chan<int>>);
static_assert(std::is_convertible_v<chan<int>, recv_chan<int>>);
static_assert(!std::is_convertible_v<send_chan<int>, chan<int>>);
static_assert(!std::is_constructible_v<chan<int>, send_chan<int>>);
static_assert(!std::is_constructible_v<chan<int>, recv_chan<int>>);
static_assert(!std::is_constructible_v<recv_chan<int>, send_chan<int>>);
static_assert(!std::is_constructible_v<send_chan<int>, recv_chan<int>>);
static_assert(!std::is_constructible_v<chan<long>, chan<int>>);
static_assert(!std::is_assignable_v<chan<int>&, recv_chan<int>>);

TEST(handles, copies_are_of_one_channel) {
    const auto c = make_chan<int>(1);
    const chan<int> copy = c; // NOLINT: the copy is what is tested
    EXPECT_EQ(copy.try_send(5), chan_status::ok);
    int value = 0;
    EXPECT_EQ(c.try_recv(value), chan_status::ok);
    EXPECT_EQ(value, 5);
    EXPECT_EQ(c, copy);
}

TEST(handles, a_moved_from_handle_is_nil) {
    auto c = make_chan<int>(1);
    const chan<int> taken = std::move(c);
    EXPECT_FALSE(c); // NOLINT: its state after the move is what is tested
    EXPECT_TRUE(taken);
    c = make_chan<int>();
    EXPECT_TRUE(c);
}

TEST(handles, two_channels_are_not_equal) {
    EXPECT_NE(make_chan<int>(), make_chan<int>());
}

TEST(handles, the_directions_of_one_channel_are_equal) {
    const auto c = make_chan<int>();
    const send_chan<int> tx = c;
    const recv_chan<int> rx = c;
    EXPECT_EQ(tx, c);
    EXPECT_EQ(rx, c);
}

TEST(handles, assignment_to_itself_changes_nothing) {
    auto c = make_chan<int>(1);
    auto& same = c;
    c = same;
    EXPECT_EQ(c.try_send(1), chan_status::ok);
    c = std::move(same);
    EXPECT_EQ(c.len(), 1u);
}

TEST(handles, what_is_buffered_lives_until_the_last_handle_goes) {
    const int before = tracked::all.live();
    auto c = make_chan<tracked>(3);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(c.try_send(tracked(i)), chan_status::ok);
    recv_chan<tracked> rx = c;
    c = chan<tracked>();
    EXPECT_EQ(tracked::all.live(), before + 3);
    rx = recv_chan<tracked>();
    EXPECT_EQ(tracked::all.live(), before);
}

TEST(handles, a_closed_channel_destroys_what_is_buffered_too) {
    const int before = tracked::all.live();
    {
        const auto c = make_chan<tracked>(3);
        for (int i = 0; i < 3; ++i) EXPECT_EQ(c.try_send(tracked(i)), chan_status::ok);
        c.close();
    }
    EXPECT_EQ(tracked::all.live(), before);
}

TEST(handles, a_handle_in_a_static_object_outlives_its_runtime) {
    static chan<tracked> outliving;
    run_test([] {
        outliving = make_chan<tracked>(2);
        outliving.send(tracked(1));
    });
    tracked value;
    EXPECT_EQ(outliving.try_recv(value), chan_status::ok);
    EXPECT_EQ(value.value, 1);
    run_test([] {
        outliving.send(tracked(2));
        EXPECT_EQ(outliving.recv()->value, 2);
    });
}

TEST(handles, may_be_copied_and_dropped_by_many_at_once) {
    const int before = tracked::all.live();
    run_test([] {
        auto c = make_chan<tracked>(1);
        c.send(tracked(1));
        gofer::wait_group all;
        for (int i = 0; i < 100; ++i) {
            all.go([c] {
                for (int n = 0; n < 100; ++n) {
                    const recv_chan<tracked> copy = c;
                    if (copy != c) ADD_FAILURE();
                    if (n % 10 == 0) gofer::gosched();
                }
            });
        }
        c = chan<tracked>();
        all.wait();
    });
    EXPECT_EQ(tracked::all.live(), before);
}

} // namespace
