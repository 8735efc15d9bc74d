// SPDX-License-Identifier: Apache-2.0
//
// Go's rules when many share a channel: every value is consumed once, and a goroutine may use much
// of its stack between its operations.
// Mirrors TestMultiConsumer and TestShrinkStackDuringBlockedSend of go/src/runtime/chan_test.go.
#include <array>
#include <cstdint>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::make_chan;
using gofer_test::run_test;

TEST(consumers, many_workers_pass_on_every_value_exactly_once) {
    constexpr int workers = 23;
    constexpr std::array<int, 10> primes{2, 3, 7, 11, 13, 17, 19, 23, 27, 31};
    const int values = gofer_test::repetitions(271'828);
    run_test([=] {
        const auto queue = make_chan<int>(workers * 3);
        const auto results = make_chan<int>(workers * 3);
        gofer::wait_group working;
        for (std::size_t w = 0; w < workers; ++w) {
            working.go([=] {
                for (const int v : queue) {
                    // Falling back now and then mixes the order in which workers are served.
                    if (primes[w % primes.size()] == v) gofer::gosched();
                    results.send(v);
                }
            });
        }
        std::int64_t expected = 0;
        gofer::wait_group feeding;
        feeding.go([&] {
            for (std::size_t i = 0; i < static_cast<std::size_t>(values); ++i) {
                const int v = primes[i % primes.size()];
                expected += v;
                queue.send(v);
            }
            queue.close();
            working.wait();
            results.close();
        });
        int seen = 0;
        std::int64_t sum = 0;
        for (const int v : results) {
            ++seen;
            sum += v;
        }
        feeding.wait();
        EXPECT_EQ(seen, values);
        EXPECT_EQ(sum, expected);
    });
}

/// Writes to about a kilobyte of stack a level.
[[gnu::noinline]] int use_stack(int levels) {
    volatile char room[1024];
    for (std::size_t i = 0; i < sizeof room; i += 64) room[i] = static_cast<char>(levels);
    return levels == 0 ? room[0] : use_stack(levels - 1) + room[64] * 0;
}

TEST(consumers, a_sender_may_use_much_stack_between_sends_that_wait) {
    run_test([] {
        constexpr int values = 10;
        const auto c = make_chan<int>();
        const auto done = make_chan<void>();
        gofer::go([=] {
            for (int i = 0; i < values; ++i) {
                c.send(i);
                EXPECT_EQ(use_stack(100), 0);
            }
            done.send();
        });
        for (int i = 0; i < values; ++i) {
            ASSERT_TRUE(gofer_test::wait_until_quiet());
            EXPECT_EQ(c.recv(), i);
        }
        EXPECT_TRUE(done.recv());
    });
}

} // namespace
