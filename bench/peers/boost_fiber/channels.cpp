// SPDX-License-Identifier: Apache-2.0
//
// Channels between fibers: rendezvous, buffered, in rings and in chains.
#include "benchmarks.hpp"
#include "body.hpp"
#include "wait_group.hpp"

#include <atomic>
#include <cstdint>
#include <deque>

namespace {

template <class Channel>
void produce(Channel& channel, std::int64_t items) {
    for (std::int64_t value = 0; value < items; ++value) channel.push(value);
}

template <class Channel>
std::int64_t sum_until_closed(Channel& channel) {
    std::int64_t total = 0;
    std::int64_t value;
    while (channel.pop(value) == channel_op_status::success) total += value;
    return total;
}

// Starts the fibers, closes the channel when the producers have finished, and checks what was
// received.
template <class Channel>
double produce_and_consume(Channel& channel, std::size_t producers, std::size_t consumers,
                           std::int64_t items_each) {
    WaitGroup producing(producers);
    WaitGroup consuming(consumers);
    std::atomic<std::int64_t> total{0};
    const auto start = Clock::now();
    for (std::size_t producer = 0; producer < producers; ++producer) {
        spawn([&] {
            produce(channel, items_each);
            producing.done();
        });
    }
    for (std::size_t consumer = 0; consumer < consumers; ++consumer) {
        spawn([&] {
            total += sum_until_closed(channel);
            consuming.done();
        });
    }
    producing.wait();
    channel.close();
    consuming.wait();
    const double figure = ns_per_op(start, producers * static_cast<std::size_t>(items_each));
    const auto sum_of_one_producer = items_each * (items_each - 1) / 2;
    require(total == static_cast<std::int64_t>(producers) * sum_of_one_producer,
            "a sum of received items");
    return figure;
}

} // namespace

double chan_pingpong() {
    constexpr std::int64_t round_trips = 50'000;
    Unbuffered<std::int64_t> pings;
    Unbuffered<std::int64_t> pongs;
    WaitGroup group(2);
    const auto start = Clock::now();
    spawn([&] {
        std::int64_t value;
        while (pings.pop(value) == channel_op_status::success) pongs.push(value);
        group.done();
    });
    spawn([&] {
        for (std::int64_t value = 0; value < round_trips; ++value) {
            pings.push(value);
            require(pongs.value_pop() == value, "chan_pingpong");
        }
        pings.close();
        group.done();
    });
    group.wait();
    return ns_per_op(start, round_trips);
}

double chan_buffered() {
    Buffered<std::int64_t> channel(128);
    return produce_and_consume(channel, 1, 1, 500'000);
}

double chan_mpmc() {
    Buffered<std::int64_t> channel(128);
    return produce_and_consume(channel, 8, 8, 125'000);
}

double chan_fanin() {
    Unbuffered<std::int64_t> channel;
    return produce_and_consume(channel, 100, 1, 2'000);
}

double select_default() {
    constexpr std::size_t tries = 20'000'000;
    Buffered<std::int64_t> channel(2);
    std::int64_t value;
    const auto start = Clock::now();
    for (std::size_t i = 0; i < tries; ++i) {
        require(channel.try_pop(value) == channel_op_status::empty, "select_default");
    }
    return ns_per_op(start, tries);
}

double ring() {
    constexpr std::size_t count = 1'000;
    constexpr std::size_t laps = 100;
    // The fiber of this pass is one of the ring: it counts the laps.
    std::deque<Unbuffered<std::size_t>> channels(count);
    WaitGroup group(count - 1);
    for (std::size_t i = 0; i + 1 < count; ++i) {
        spawn([&group, &previous = channels[i], &next = channels[i + 1]] {
            std::size_t hops;
            while (previous.pop(hops) == channel_op_status::success) next.push(hops + 1);
            next.close();
            group.done();
        });
    }
    const auto start = Clock::now();
    std::size_t hops = 0;
    for (std::size_t lap = 0; lap < laps; ++lap) {
        channels.front().push(hops + 1);
        hops = channels.back().value_pop();
    }
    const double figure = ns_per_op(start, count * laps);
    require(hops == count * laps, "ring");
    channels.front().close();
    group.wait();
    return figure;
}

double sieve() {
    constexpr std::size_t primes = 1'500;
    constexpr std::uint32_t last_prime = 12'553;
    // A closed channel refuses items, so the chain unwinds from its end after the time is taken.
    std::deque<Unbuffered<std::uint32_t>> channels(1);
    WaitGroup group(1 + primes);
    spawn([&group, &candidates = channels.front()] {
        for (std::uint32_t candidate = 2; candidates.push(candidate) == channel_op_status::success;)
            ++candidate;
        group.done();
    });
    const auto start = Clock::now();
    std::uint32_t prime = 0;
    for (std::size_t i = 0; i < primes; ++i) {
        Unbuffered<std::uint32_t>& candidates = channels.back();
        prime = candidates.value_pop();
        spawn([&group, prime, &candidates, &survivors = channels.emplace_back()] {
            std::uint32_t candidate;
            while (candidates.pop(candidate) == channel_op_status::success) {
                if (candidate % prime != 0 &&
                    survivors.push(candidate) != channel_op_status::success)
                    break;
            }
            candidates.close();
            group.done();
        });
    }
    const double elapsed = milliseconds(start);
    require(prime == last_prime, "sieve");
    channels.back().close();
    group.wait();
    return elapsed;
}
