// SPDX-License-Identifier: Apache-2.0
//
// What a goroutine keeps across parks, seen from compiled code: registers, the frame, what is being
// computed; and that backtraces from a goroutine end at its entry.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include <dlfcn.h>
#include <execinfo.h>
#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::make_chan;
using gofer_test::repetitions;
using gofer_test::run_test;

/// More live values than there are registers, of integers and floating point, across many yields.
std::uint64_t mix_across_yields(std::uint64_t seed, bool is_yielding) {
    std::uint64_t a = seed, b = seed + 1, c = seed + 2, d = seed + 3, e = seed + 4, f = seed + 5,
                  g = seed + 6, h = seed + 7;
    double x = static_cast<double>(seed), y = x + 1, z = x + 2;
    for (int i = 0; i < 200; ++i) {
        a += b * 3, b ^= c >> 1, c += d, d ^= e << 1, e += f, f ^= g, g += h, h ^= a;
        x = std::sqrt(y * y + 1), y = z / 1.5, z = x + static_cast<double>(a & 15);
        if (is_yielding) gofer::gosched();
    }
    std::uint64_t bits = 0;
    const double sum = x + y + z;
    std::memcpy(&bits, &sum, sizeof bits);
    return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ bits;
}

TEST(goroutine_state, of_registers_survives_yields_among_many) {
    run_test([] {
        gofer::wait_group all;
        for (std::uint64_t i = 0; i < 50; ++i) {
            all.go([=] {
                const std::uint64_t expected = mix_across_yields(i, false);
                for (int n = 0; n < repetitions(20); ++n) {
                    ASSERT_EQ(mix_across_yields(i, true), expected);
                }
            });
        }
        all.wait();
    });
}

TEST(goroutine_state, of_the_frame_survives_parks_among_many) {
    run_test([] {
        const auto c = make_chan<std::uint64_t>();
        gofer::wait_group all;
        for (std::uint64_t i = 0; i < 20; ++i) {
            const auto check = [=](auto&& park) {
                std::array<std::uint64_t, 500> frame;
                for (std::size_t k = 0; k < frame.size(); ++k) frame[k] = i * 1000 + k;
                asm volatile("" : "+m"(frame));
                for (int n = 0; n < repetitions(200); ++n) park();
                for (std::size_t k = 0; k < frame.size(); ++k) ASSERT_EQ(frame[k], i * 1000 + k);
            };
            all.go([=] { check([&] { c.send(i); }); });
            all.go([=] { check([&] { static_cast<void>(c.recv()); }); });
        }
        all.wait();
    });
}

constexpr int frames_max = 200;

[[gnu::noinline]] int count_frames(int depth, void** addresses) {
    int n = depth == 0 ? backtrace(addresses, frames_max) : count_frames(depth - 1, addresses);
    asm volatile("" : "+r"(n)); // no tail call
    return n;
}

TEST(goroutine_backtrace, ends_at_the_entry_with_every_frame_in_known_code) {
    run_test([] {
        const auto check = [] {
            std::array<void*, frames_max> addresses{};
            const int shallow = count_frames(0, addresses.data());
            const int deep = count_frames(30, addresses.data());
            EXPECT_EQ(deep, shallow + 30);
            EXPECT_LT(deep, frames_max);
            for (int i = 0; i < deep; ++i) {
                Dl_info info{};
                const void* address = addresses[static_cast<std::size_t>(i)];
                EXPECT_NE(dladdr(address, &info), 0) << "frame " << i << " of " << deep;
            }
        };
        check(); // the main goroutine
        gofer::wait_group all;
        all.go(check);
        all.go([&] { // and after a park, perhaps on another thread
            gofer::gosched();
            check();
        });
        all.wait();
    });
}

TEST(goroutine_backtrace, has_the_same_depth_in_every_goroutine) {
    run_test([] {
        const auto depths = make_chan<int>();
        for (int i = 0; i < 20; ++i) {
            gofer::go([=] {
                std::array<void*, frames_max> addresses{};
                depths.send(count_frames(0, addresses.data()));
            });
        }
        const auto first = depths.recv();
        for (int i = 1; i < 20; ++i) EXPECT_EQ(depths.recv(), first);
    });
}

} // namespace
