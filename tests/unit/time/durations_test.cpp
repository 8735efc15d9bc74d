// SPDX-License-Identifier: Apache-2.0
//
// Durations of every unit become nanoseconds without an overflow, and none becomes shorter.
#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::detail::to_ns;
using gofer_test::run_test;
using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds century = std::chrono::hours(24 * 365 * 100);

TEST(durations, are_rounded_up_to_nanoseconds) {
    EXPECT_EQ(to_ns(3s), 3'000'000'000ns);
    EXPECT_EQ(to_ns(1ns), 1ns);
    EXPECT_EQ(to_ns(std::chrono::duration<double, std::nano>(0.25)), 1ns);
    EXPECT_EQ(to_ns(std::chrono::duration<double>(1e-9)), 1ns);
    EXPECT_EQ(to_ns(std::chrono::duration<std::int64_t, std::pico>(1)), 1ns);
    EXPECT_EQ(to_ns(std::chrono::duration<std::int64_t, std::pico>(1'001)), 2ns);
    EXPECT_EQ(to_ns(std::chrono::duration<std::int64_t, std::femto>(5)), 1ns);
    EXPECT_EQ(to_ns(std::chrono::duration<std::int8_t, std::ratio<3600>>(2)), 2h);
    EXPECT_EQ(to_ns(std::chrono::duration<std::uint32_t, std::milli>(4'000'000'000u)), 4'000'000s);
}

TEST(durations, that_are_huge_become_a_century) {
    EXPECT_EQ(to_ns(std::chrono::hours(24 * 365 * 200)), century);
    EXPECT_EQ(to_ns(std::chrono::years(1000)), century);
    EXPECT_EQ(to_ns(std::chrono::nanoseconds::max()), century);
    EXPECT_EQ(to_ns(std::chrono::seconds::max()), century);
    EXPECT_EQ(to_ns(std::chrono::hours::max()), century);
    EXPECT_EQ(to_ns(std::chrono::days::max()), century);
    EXPECT_EQ(to_ns(std::chrono::years::max()), century);
    EXPECT_EQ(to_ns(std::chrono::duration<double>::max()), century);
    EXPECT_EQ(to_ns(std::chrono::duration<float>(std::numeric_limits<float>::infinity())), century);
}

TEST(durations, of_zero_or_less_become_zero) {
    EXPECT_EQ(to_ns(0h), 0ns);
    EXPECT_EQ(to_ns(-1ns), 0ns);
    EXPECT_EQ(to_ns(std::chrono::nanoseconds::min()), 0ns);
    EXPECT_EQ(to_ns(std::chrono::hours::min()), 0ns);
    EXPECT_EQ(to_ns(std::chrono::days::min()), 0ns);
    EXPECT_EQ(to_ns(std::chrono::years::min()), 0ns);
    EXPECT_EQ(to_ns(std::chrono::duration<std::int64_t, std::pico>(-1)), 0ns);
    EXPECT_EQ(to_ns(std::chrono::duration<double>::min()), 0ns);
}

/// A wait of d that something else ends: it must not have ended by itself before.
template <class Duration>
void expect_a_long_wait(Duration d) {
    const auto end = gofer::make_chan<void>();
    auto blocked = gofer::async([=] { static_cast<void>(end.recv()); });
    auto waiter = gofer::async([&] { return blocked.wait_for(d); });
    auto selecting =
        gofer::async([&] { return gofer::select(gofer::recv_signal(end), gofer::timeout(d)); });
    ASSERT_TRUE(gofer_test::wait_until_quiet());
    EXPECT_EQ(gofer::rt::testing::parked_count(), 3u) << "somebody has not waited";
    end.close();
    EXPECT_TRUE(waiter.get());
    EXPECT_EQ(selecting.get(), 0);
    blocked.get();
}

TEST(durations, that_are_huge_make_waits_that_do_not_end_by_themselves) {
    run_test([] {
        expect_a_long_wait(std::chrono::hours(24 * 365 * 200));
        expect_a_long_wait(std::chrono::years(300));
        expect_a_long_wait(std::chrono::nanoseconds::max());
        expect_a_long_wait(std::chrono::hours::max());
        expect_a_long_wait(std::chrono::years::max());
        expect_a_long_wait(std::chrono::duration<double>::max());
    });
}

} // namespace
