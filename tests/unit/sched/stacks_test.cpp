// SPDX-License-Identifier: Apache-2.0
//
// How much stack a goroutine gets. That too little is reported is in tests/program.
#include <cstddef>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::make_chan;
using gofer::usage_error;
using gofer_test::run_test;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

/// Goes down until `bytes` of stack below `top` are used, whatever a frame takes; writes to each.
[[gnu::noinline]] std::size_t descend(std::uintptr_t top, std::size_t bytes) {
    volatile char room[4 * kib];
    for (std::size_t i = 0; i < sizeof room; i += kib) room[i] = static_cast<char>(i);
    const std::size_t used = top - reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    const std::size_t deepest = used >= bytes ? used : descend(top, bytes);
    return deepest + static_cast<std::size_t>(room[0]);
}

/// Uses at least so much stack, and says how much.
std::size_t use_stack(std::size_t bytes) {
    return descend(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)), bytes);
}

void expect_room(const gofer::go_options& options, std::size_t bytes) {
    const auto used = make_chan<std::size_t>();
    gofer::go(options, [=] { used.send(use_stack(bytes)); });
    EXPECT_GE(used.recv().value(), bytes);
}

TEST(stacks, the_default_has_room_for_most_of_a_quarter_megabyte) {
    run_test([] { expect_room({}, 160 * kib); });
}

TEST(stacks, of_four_megabytes_have_room_for_three) {
    run_test([] {
        for (int i = 0; i < 10; ++i) expect_room({.stack = 4 * mib}, 3 * mib);
    });
}

TEST(stacks, of_every_size_asked_for_can_be_used_but_for_a_page) {
    run_test([] {
        for (const std::size_t bytes :
             {64 * kib, 100'000 * std::size_t{1}, 256 * kib, mib, 5 * mib, 64 * mib}) {
            expect_room({.stack = bytes}, bytes - 16 * kib);
        }
    });
}

TEST(stacks, of_different_sizes_live_beside_each_other) {
    run_test([] {
        const auto go_on = make_chan<void>();
        gofer::wait_group all;
        for (std::size_t i = 1; i <= 64; ++i) {
            all.add(1);
            gofer::go({.stack = i * 64 * kib}, [=, &all] {
                const std::size_t bytes = i * 64 * kib - 24 * kib;
                EXPECT_GE(use_stack(bytes), bytes);
                static_cast<void>(go_on.recv());
                EXPECT_GE(use_stack(bytes), bytes);
                all.done();
            });
        }
        go_on.close();
        all.wait();
    });
}

TEST(stacks, the_size_for_all_goroutines_is_an_option_of_the_run) {
    gofer::options o;
    o.stack = 2 * mib;
    run_test(o, [] { expect_room({}, 2 * mib - 128 * kib); });
}

// Symptom: a second runtime in one process, with a larger options.stack, overflowed at the first
// one's size. Cause: the contexts kept the stacks of the first runtime for reuse.
TEST(stacks, of_an_earlier_run_are_not_used_by_a_run_with_another_size) {
    gofer::options larger;
    larger.stack = 2 * mib;
    run_test([] { expect_room({}, 160 * kib); });
    run_test(larger, [] { expect_room({}, 2 * mib - 128 * kib); });
    run_test([] { expect_room({}, 160 * kib); });
}

TEST(stacks, the_main_goroutine_has_eight_megabytes) {
    run_test([] { EXPECT_GE(use_stack(7 * mib), 7 * mib); });
}

TEST(stacks, of_the_main_goroutine_can_be_larger) {
    gofer::options o;
    o.main_stack = 64 * mib;
    run_test(o, [] { EXPECT_GE(use_stack(60 * mib), 60 * mib); });
}

TEST(stacks, of_absurd_size_are_refused_with_the_limit_and_nothing_is_started) {
    run_test([] {
        constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
        for (const std::size_t bytes : {1025 * mib, std::size_t{1} << 40, most / 2, most}) {
            const auto text = gofer_test::text_of<usage_error>(
                [&] { gofer::go({.stack = bytes}, [] { ADD_FAILURE() << "was started"; }); });
            EXPECT_NE(text.find("stack"), std::string::npos) << text;
            EXPECT_NE(text.find("1 GiB"), std::string::npos) << text;
            EXPECT_EQ(gofer::num_goroutine(), 1u);
        }
    });
}

TEST(stacks, that_are_smaller_than_useful_are_rounded_up) {
    run_test([] { expect_room({.stack = 1}, 8 * kib); });
}

TEST(stacks, are_aligned_for_every_goroutine) {
    run_test([] {
        gofer::wait_group all;
        for (int i = 0; i < 100; ++i) {
            all.go([] {
                alignas(64) volatile char line[64];
                line[0] = 1;
                EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&line[0]) % 64, 0u);
                EXPECT_EQ(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) % 16, 0u);
            });
        }
        all.wait();
    });
}

TEST(stacks, are_used_again_after_a_goroutine_has_ended) {
    run_test([] {
        std::uintptr_t first = 0;
        int again = 0;
        for (int i = 0; i < 100; ++i) {
            gofer::wait_group wg;
            wg.go([&] {
                char here = 0;
                const auto at = reinterpret_cast<std::uintptr_t>(&here) / (256 * kib);
                if (first == 0) first = at;
                again += at == first ? 1 : 0;
            });
            wg.wait();
        }
        EXPECT_GE(again, gofer::gomaxprocs(0) == 1 ? 90 : 1);
    });
}

} // namespace
