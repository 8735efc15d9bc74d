// SPDX-License-Identifier: Apache-2.0
//
// Channels between goroutines: rendezvous, buffered, many to many, in rings and in chains.
#include "bodies.hpp"

#include <gofer/gofer.hpp>

#include <atomic>

namespace bench {

using gofer::chan;
using gofer::make_chan;
using gofer::wait_group;

sample chan_pingpong() {
    const std::int64_t round_trips = size(1'000'000, 1'000);
    const auto pings = make_chan<std::int64_t>();
    const auto pongs = make_chan<std::int64_t>();
    wait_group echoing;
    echoing.go([pings, pongs] {
        for (const std::int64_t value : pings) pongs.send(value);
    });
    const sample result = time_per_op(round_trips, [&] {
        for (std::int64_t i = 0; i < round_trips; ++i) {
            pings.send(i);
            check("chan_pingpong", pongs.recv().value(), i);
        }
    });
    pings.close();
    echoing.wait();
    return result;
}

namespace {

void send_numbers(const chan<std::int64_t>& channel, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) channel.send(i);
}

std::int64_t count_until_closed(const chan<std::int64_t>& channel) {
    std::int64_t count = 0;
    for ([[maybe_unused]] const std::int64_t value : channel) ++count;
    return count;
}

struct transfer_plan {
    int producers;
    int consumers;
    std::int64_t items;
    std::size_t capacity;
};

/// Moves the items through one channel; the time of each.
sample transfer(const transfer_plan& plan) {
    const std::int64_t items_each = plan.items / plan.producers;
    return time_per_op(plan.items, [&] {
        const auto channel = make_chan<std::int64_t>(plan.capacity);
        wait_group producing;
        wait_group consuming;
        std::atomic<std::int64_t> received{0};
        for (int i = 0; i < plan.consumers; ++i) {
            consuming.go([&] { received += count_until_closed(channel); });
        }
        for (int i = 0; i < plan.producers; ++i) {
            producing.go([&] { send_numbers(channel, items_each); });
        }
        producing.wait();
        channel.close();
        consuming.wait();
        check("items received", received, plan.items);
    });
}

} // namespace

sample chan_buffered() {
    return transfer(
        {.producers = 1, .consumers = 1, .items = size(6'000'000, 10'000), .capacity = 128});
}

sample chan_mpmc() {
    return transfer(
        {.producers = 8, .consumers = 8, .items = size(3'200'000, 16'000), .capacity = 128});
}

sample chan_fanin() {
    return transfer(
        {.producers = 100, .consumers = 1, .items = size(1'500'000, 10'000), .capacity = 0});
}

sample select2() {
    constexpr std::int64_t producers = 2;
    const std::int64_t items = size(1'000'000, 1'000);
    const std::int64_t items_each = items / producers;
    return time_per_op(items, [&] {
        const auto left = make_chan<std::int64_t>();
        const auto right = make_chan<std::int64_t>();
        for (const auto& channel : {left, right}) {
            gofer::go([channel, items_each] { send_numbers(channel, items_each); });
        }
        std::int64_t sum = 0;
        std::int64_t value = 0;
        for (std::int64_t i = 0; i < items; ++i) {
            gofer::select(gofer::recv_into(left, value), gofer::recv_into(right, value));
            sum += value;
        }
        check("select2", sum, producers * (items_each * (items_each - 1) / 2));
    });
}

sample select_default() {
    const std::int64_t attempts = size(50'000'000, 10'000);
    const auto empty = make_chan<std::int64_t>();
    return time_per_op(attempts, [&] {
        std::int64_t misses = 0;
        std::int64_t value = 0;
        for (std::int64_t i = 0; i < attempts; ++i) {
            if (empty.try_recv(value) == gofer::chan_status::empty) ++misses;
        }
        check("select_default", misses, attempts);
    });
}

namespace {

void pass_token(const chan<std::int64_t>& from, const chan<std::int64_t>& to) {
    for (const std::int64_t token : from) to.send(token + 1);
    to.close();
}

} // namespace

sample ring() {
    const std::int64_t goroutines = size(1'000, 20);
    const std::int64_t laps = size(1'500, 20);
    const auto first = make_chan<std::int64_t>();
    auto last = first;
    // The caller is the remaining goroutine of the ring.
    for (std::int64_t i = 1; i < goroutines; ++i) {
        auto next = make_chan<std::int64_t>();
        gofer::go(pass_token, last, next);
        last = std::move(next);
    }
    const sample result = time_per_op(goroutines * laps, [&] {
        std::int64_t token = 0;
        for (std::int64_t lap = 0; lap < laps; ++lap) {
            first.send(token);
            token = last.recv().value() + 1;
        }
        check("ring", token, goroutines * laps);
    });
    first.close();
    check("ring, values after the close", count_until_closed(last), 0);
    return result;
}

namespace {

/// Sends 2, 3, 4, ... until it is told to stop.
void generate(const chan<std::int64_t>& numbers, const std::atomic<bool>& stop) {
    for (std::int64_t n = 2; !stop.load(std::memory_order_relaxed); ++n) numbers.send(n);
    numbers.close();
}

/// Passes on what `prime` does not divide.
void filter(std::int64_t prime, const chan<std::int64_t>& numbers,
            const chan<std::int64_t>& survivors) {
    for (const std::int64_t n : numbers) {
        if (n % prime != 0) survivors.send(n);
    }
    survivors.close();
}

} // namespace

sample sieve() {
    const std::int64_t primes = size(1'500, 25);
    const std::int64_t last_prime = size(12'553, 97);
    std::atomic<bool> stop{false};
    auto numbers = make_chan<std::int64_t>();
    const sample result = time_in_ms([&] {
        gofer::go(generate, numbers, std::cref(stop));
        std::int64_t prime = 0;
        for (std::int64_t i = 0; i < primes; ++i) {
            prime = numbers.recv().value();
            auto survivors = make_chan<std::int64_t>();
            gofer::go(filter, prime, numbers, survivors);
            numbers = std::move(survivors);
        }
        check("sieve", prime, last_prime);
    });
    // Off the clock: the end runs down the chain until the last filter has closed its channel.
    stop.store(true, std::memory_order_relaxed);
    count_until_closed(numbers);
    return result;
}

} // namespace bench
