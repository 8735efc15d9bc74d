// SPDX-License-Identifier: Apache-2.0
//
// Go's classic programs of many small goroutines: the daisy chain and the prime sieve.
// Mirrors go/test/chan/goroutines.go and sieve1.go.
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::make_chan;
using gofer::recv_chan;
using gofer::send_chan;
using gofer_test::run_test;

TEST(daisy_chain, a_value_passes_through_ten_thousand_goroutines) {
    run_test([] {
        const int length = gofer_test::alive_at_once(10'000);
        const auto leftmost = make_chan<int>();
        chan<int> left = leftmost;
        for (int i = 0; i < length; ++i) {
            const auto right = make_chan<int>();
            gofer::go([left, right] { left.send(right.recv().value_or(-1) + 1); });
            left = right;
        }
        gofer::go([rightmost = left] { rightmost.send(0); });
        EXPECT_EQ(leftmost.recv(), length);
    });
}

void generate(send_chan<int> out, int last) {
    for (int i = 2; i <= last; ++i) out.send(i);
    out.close();
}

void filter(recv_chan<int> in, send_chan<int> out, int prime) {
    for (const int i : in) {
        if (i % prime != 0) out.send(i);
    }
    out.close();
}

TEST(prime_sieve, a_growing_chain_of_filters_gives_the_primes) {
    run_test([] {
        auto c = make_chan<int>();
        gofer::go(generate, c, 100);
        std::vector<int> primes;
        for (;;) {
            const auto prime = c.recv();
            if (!prime) break;
            primes.push_back(*prime);
            const auto next = make_chan<int>();
            gofer::go(filter, c, next, *prime);
            c = next;
        }
        EXPECT_EQ(primes, (std::vector{2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37, 41,
                                       43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97}));
    });
}

} // namespace
