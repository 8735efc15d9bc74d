// SPDX-License-Identifier: Apache-2.0
//
// Starting fibers, chains and trees of them, and yielding between two.
#include "benchmarks.hpp"
#include "body.hpp"
#include "wait_group.hpp"

#include <boost/fiber/future/async.hpp>
#include <boost/fiber/operations.hpp>
#include <cstdint>

double spawn_join() {
    constexpr std::size_t batches = 500;
    constexpr std::size_t batch = 1'000;
    const auto start = Clock::now();
    for (std::size_t i = 0; i < batches; ++i) {
        WaitGroup group(batch);
        for (std::size_t fiber = 0; fiber < batch; ++fiber) spawn([&group] { group.done(); });
        group.wait();
    }
    return ns_per_op(start, batches * batch);
}

static void spawn_link(std::size_t remaining, WaitGroup& end) {
    spawn([remaining, &end] {
        if (remaining == 1) {
            end.done();
        } else {
            spawn_link(remaining - 1, end);
        }
    });
}

double spawn_chain() {
    constexpr std::size_t length = 1'000'000;
    WaitGroup end(1);
    const auto start = Clock::now();
    spawn_link(length, end);
    end.wait();
    return ns_per_op(start, length);
}

static void skynet_node(Buffered<std::uint64_t>& parent, std::uint64_t first_leaf,
                        std::uint64_t leaves) {
    constexpr std::uint64_t children = 10;
    constexpr std::size_t capacity = 16; // the power of two that holds 10 sums
    if (leaves == 1) {
        parent.push(first_leaf);
        return;
    }
    Buffered<std::uint64_t> sums(capacity);
    const std::uint64_t leaves_each = leaves / children;
    for (std::uint64_t child = 0; child < children; ++child) {
        spawn([&sums, first = first_leaf + child * leaves_each,
               leaves_each] { skynet_node(sums, first, leaves_each); },
              fibers::launch::dispatch);
    }
    std::uint64_t total = 0;
    for (std::uint64_t child = 0; child < children; ++child) total += sums.value_pop();
    parent.push(total);
}

double skynet() {
    constexpr std::uint64_t leaves = 1'000'000;
    Buffered<std::uint64_t> result(2);
    const auto start = Clock::now();
    spawn([&result] { skynet_node(result, 0, leaves); });
    const std::uint64_t total = result.value_pop();
    const double elapsed = milliseconds(start);
    require(total == leaves * (leaves - 1) / 2, "skynet");
    return elapsed;
}

double yield_between_two() {
    constexpr std::size_t count = 2;
    constexpr std::size_t yields_each = 2'500'000;
    WaitGroup group(count);
    const auto start = Clock::now();
    for (std::size_t fiber = 0; fiber < count; ++fiber) {
        spawn([&group] {
            for (std::size_t i = 0; i < yields_each; ++i) boost::this_fiber::yield();
            group.done();
        });
    }
    group.wait();
    return ns_per_op(start, count * yields_each);
}

static std::uint64_t fib(std::uint64_t n) {
    if (n <= 1) return n;
    auto larger =
        fibers::async(fibers::launch::dispatch, std::allocator_arg, PooledStack(), fib, n - 1);
    const std::uint64_t smaller = fib(n - 2);
    return larger.get() + smaller;
}

double fib_forkjoin() {
    constexpr std::uint64_t n = 27;
    constexpr std::uint64_t fib_of_n = 196'418;
    const auto start = Clock::now();
    const std::uint64_t result = fib(n);
    const double elapsed = milliseconds(start);
    require(result == fib_of_n, "fib_forkjoin");
    return elapsed;
}
