// SPDX-License-Identifier: Apache-2.0
//
// What capacities a channel may have.
#include <array>
#include <cstdint>
#include <limits>
#include <new>
#include <string>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer::usage_error;
using gofer_test::text_of;

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();

TEST(capacity, that_no_memory_could_hold_is_a_usage_error_that_names_it) {
    for (const std::size_t capacity : {largest, largest / 8, largest / 8 + 1, largest / 16}) {
        const auto text =
            text_of<usage_error>([=] { static_cast<void>(make_chan<std::int64_t>(capacity)); });
        EXPECT_NE(text.find(std::to_string(capacity)), std::string::npos) << text;
    }
}

TEST(capacity, overflow_is_found_for_every_element_size) {
    EXPECT_THROW(static_cast<void>(make_chan<char>(largest)), usage_error);
    EXPECT_THROW(static_cast<void>(make_chan<std::string>(largest / 4)), usage_error);
    using kilobyte = std::array<char, 1024>;
    EXPECT_THROW(static_cast<void>(make_chan<kilobyte>(largest / 1024 + 1)), usage_error);
    EXPECT_THROW(static_cast<void>(make_chan<kilobyte>(std::size_t{1} << 54)), usage_error);
    EXPECT_THROW(static_cast<void>(gofer::make_ends<std::int64_t>(largest / 8)), usage_error);
}

TEST(capacity, of_one_million_holds_one_million) {
    const auto c = make_chan<int>(1'000'000);
    int sent = 0;
    while (c.try_send(sent) == chan_status::ok) ++sent;
    EXPECT_EQ(sent, 1'000'000);
    int value = 0;
    for (int i = 0; i < sent; ++i) {
        ASSERT_EQ(c.try_recv(value), chan_status::ok);
        ASSERT_EQ(value, i);
    }
    EXPECT_EQ(c.try_recv(value), chan_status::empty);
}

TEST(capacity, a_ring_goes_round_in_order_at_every_small_size) {
    for (std::size_t capacity = 1; capacity <= 9; ++capacity) {
        const auto c = make_chan<int>(capacity);
        int sent = 0;
        int received = 0;
        for (int round = 0; round < 50; ++round) {
            const int burst = 1 + round % static_cast<int>(capacity);
            for (int i = 0; i < burst; ++i) ASSERT_EQ(c.try_send(sent++), chan_status::ok);
            ASSERT_EQ(c.len(), static_cast<std::size_t>(burst));
            for (int i = 0; i < burst; ++i) {
                int value = -1;
                ASSERT_EQ(c.try_recv(value), chan_status::ok);
                ASSERT_EQ(value, received++);
            }
        }
    }
}

} // namespace
