// SPDX-License-Identifier: Apache-2.0
//
// Starting goroutines, chains and trees of them, and yielding between two.
#include "bodies.hpp"

#include <gofer/gofer.hpp>

namespace bench {

sample spawn_join() {
    const std::int64_t batches = size(1'000, 10);
    constexpr int batch = 1'000;
    return time_per_op(batches * batch, [&] {
        gofer::wait_group running;
        for (std::int64_t i = 0; i < batches; ++i) {
            running.add(batch);
            for (int n = 0; n < batch; ++n) {
                gofer::go([&running] { running.done(); });
            }
            running.wait();
        }
    });
}

namespace {

/// Starts its successor and ends, unless it is the last of the chain.
void run_link(std::int64_t successors, gofer::wait_group& chain) {
    if (successors == 0) {
        chain.done();
        return;
    }
    gofer::go([successors, &chain] { run_link(successors - 1, chain); });
}

} // namespace

sample spawn_chain() {
    const std::int64_t length = size(1'000'000, 1'000);
    return time_per_op(length, [&] {
        gofer::wait_group chain;
        chain.add(1);
        gofer::go([length, &chain] { run_link(length - 1, chain); });
        chain.wait();
    });
}

namespace {

/// Sends the sum of the numbers of its leaves to its parent.
void run_skynet_node(const gofer::chan<std::int64_t>& parent, std::int64_t first,
                     std::int64_t leaves) {
    constexpr std::int64_t branching = 10;
    if (leaves == 1) {
        parent.send(first);
        return;
    }
    const auto sums = gofer::make_chan<std::int64_t>(branching);
    const std::int64_t leaves_each = leaves / branching;
    for (std::int64_t child = 0; child < branching; ++child) {
        gofer::go(run_skynet_node, sums, first + child * leaves_each, leaves_each);
    }
    std::int64_t sum = 0;
    for (std::int64_t child = 0; child < branching; ++child) sum += sums.recv().value();
    parent.send(sum);
}

} // namespace

sample skynet() {
    const std::int64_t leaves = size(1'000'000, 1'000);
    const auto result = gofer::make_chan<std::int64_t>(1);
    return time_in_ms([&] {
        gofer::go(run_skynet_node, result, 0, leaves);
        check("skynet", result.recv().value(), leaves * (leaves - 1) / 2);
    });
}

sample yield() {
    constexpr int goroutines = 2;
    const std::int64_t yields_each = size(1'000'000, 1'000);
    return time_per_op(goroutines * yields_each, [&] {
        gofer::wait_group running;
        for (int i = 0; i < goroutines; ++i) {
            running.go([yields_each] {
                for (std::int64_t n = 0; n < yields_each; ++n) gofer::gosched();
            });
        }
        running.wait();
    });
}

namespace {

std::int64_t fib(int n) {
    if (n <= 1) return n;
    gofer::task<std::int64_t> forked = gofer::async(fib, n - 1);
    const std::int64_t smaller = fib(n - 2);
    return forked.get() + smaller;
}

} // namespace

sample fib_forkjoin() {
    const int n = static_cast<int>(size(27, 12));
    const std::int64_t fib_of_n = size(196'418, 144);
    return time_in_ms([&] { check("fib_forkjoin", fib(n), fib_of_n); });
}

} // namespace bench
