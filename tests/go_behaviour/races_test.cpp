// SPDX-License-Identifier: Apache-2.0
//
// Go's rule: an operation that does not wait acts on the channel at one moment, so that it cannot
// miss what was ready all the time.
// Mirrors TestNonblockRecvRace and TestNonblockSelectRace of go/src/runtime/chan_test.go. Without
// select, two channels are tried one after the other: the second was ready before the first was
// drained, so one of the two tries must succeed.
#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer_test::repetitions;
using gofer_test::run_test;

TEST(nonblocking_race, a_receive_never_misses_a_value_while_the_channel_is_closed_and_drained) {
    run_test([] {
        for (int i = 0; i < repetitions(10'000); ++i) {
            const auto c = make_chan<int>(1);
            c.send(1);
            gofer::wait_group other;
            other.go([&] {
                int value = 0;
                EXPECT_NE(c.try_recv(value), chan_status::empty);
            });
            c.close();
            static_cast<void>(c.recv());
            other.wait();
            ASSERT_FALSE(::testing::Test::HasFailure()) << "in round " << i;
        }
    });
}

/// `make_ready(second)` is called before the first channel is drained.
template <class MakeReady>
void expect_that_one_try_succeeds(MakeReady&& make_ready) {
    run_test([&] {
        const auto done = make_chan<bool>(1);
        for (int i = 0; i < repetitions(20'000); ++i) {
            const auto first = make_chan<int>(1);
            const auto second = make_chan<int>(1);
            first.send(1);
            gofer::go([=] {
                int value = 0;
                done.send(first.try_recv(value) != chan_status::empty ||
                          second.try_recv(value) != chan_status::empty);
            });
            make_ready(second);
            int value = 0;
            static_cast<void>(first.try_recv(value));
            ASSERT_EQ(done.recv(), true) << "no channel was ready in round " << i;
        }
    });
}

TEST(nonblocking_race, one_of_two_channels_is_ready_when_the_second_is_filled_first) {
    expect_that_one_try_succeeds([](const gofer::chan<int>& second) { second.send(1); });
}

TEST(nonblocking_race, one_of_two_channels_is_ready_when_the_second_is_closed_first) {
    expect_that_one_try_succeeds([](const gofer::chan<int>& second) { second.close(); });
}

} // namespace
