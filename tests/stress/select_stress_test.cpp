// SPDX-License-Identifier: Apache-2.0
//
// Goroutines and plain threads that select on both sides over three channels, with ends in time and
// a close at the end: every value that was sent is received exactly once.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "duration.hpp"
#include "support/fixture.hpp"
#include "support/seed.hpp"

namespace {

using gofer::chan;
using gofer::make_chan;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;
using gofer_test::run_test;
using gofer_test::stress_time;

using three = std::array<chan<std::uint64_t>, 3>;

/// Values of one peer: its number in the upper half, a count in the lower.
constexpr std::uint64_t value_of(std::uint64_t peer, std::uint64_t n) {
    return peer << 32 | n;
}

/// Sends numbered values until the time is over; gives how many were sent.
std::uint64_t send_all(const three& c, std::uint64_t peer, std::uint64_t seed,
                       const stress_time& time) {
    std::mt19937_64 random(seed + peer);
    std::uint64_t sent = 0;
    while (!time.is_over()) {
        const std::uint64_t value = value_of(peer, sent);
        bool is_sent = true;
        switch (random() % 5) {
        case 0:
            c[random() % 3].send(value);
            break;
        case 1:
            select(send_from(c[0], value), send_from(c[1], value), send_from(c[2], value));
            break;
        case 2:
            is_sent =
                select(send_from(c[2], value), send_from(c[0], value), gofer::otherwise()) != 2;
            break;
        case 3:
            is_sent =
                select(send_from(c[1], value), send_from(c[1], value), send_from(c[2], value)) != 3;
            break;
        default:
            is_sent = select(send_from(c[random() % 3], value), send_from(c[random() % 3], value),
                             gofer::timeout(std::chrono::nanoseconds(random() % 50'000))) != 2;
            break;
        }
        if (is_sent) ++sent;
        if (random() % 16 == 0) gofer::gosched();
    }
    return sent;
}

/// Receives until all three channels are closed and drained.
std::vector<std::uint64_t> receive_all(three c, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::uint64_t> received;
    while (c[0] || c[1] || c[2]) {
        std::optional<std::uint64_t> v;
        std::size_t chosen = 3;
        if (random() % 3 == 0) {
            chosen = static_cast<std::size_t>(
                select(recv_into(c[0], v), recv_into(c[1], v), recv_into(c[2], v),
                       gofer::timeout(std::chrono::nanoseconds(random() % 50'000))));
        } else {
            chosen = static_cast<std::size_t>(
                select(recv_into(c[0], v), recv_into(c[1], v), recv_into(c[2], v)));
        }
        if (chosen == 3) continue;
        if (v) {
            received.push_back(*v);
        } else {
            c[chosen] = {};
        }
    }
    return received;
}

/// Everybody's values, each exactly once and none that was not sent.
void expect_conserved(std::vector<std::uint64_t> received, const std::vector<std::uint64_t>& sent) {
    std::sort(received.begin(), received.end());
    auto next = received.begin();
    for (std::uint64_t peer = 0; peer < sent.size(); ++peer) {
        for (std::uint64_t n = 0; n < sent[peer]; ++n, ++next) {
            ASSERT_NE(next, received.end()) << "lost from peer " << peer << ", value " << n;
            ASSERT_EQ(*next, value_of(peer, n)) << "lost or doubled; peer " << peer;
        }
    }
    EXPECT_EQ(next, received.end()) << "more was received than sent";
    EXPECT_FALSE(received.empty());
}

TEST(select_stress, every_value_is_received_exactly_once) {
    const std::uint64_t seed = gofer_test::seed_of_test();
    run_test([=] {
        const stress_time time;
        const three c{make_chan<std::uint64_t>(), make_chan<std::uint64_t>(1),
                      make_chan<std::uint64_t>(7)};
        constexpr std::size_t goroutines = 6;
        constexpr std::size_t peers = goroutines + 2; // of which two are plain threads
        std::vector<std::uint64_t> sent(peers);
        std::vector<std::vector<std::uint64_t>> received(peers);
        std::vector<std::thread> threads;
        gofer::wait_group senders;
        gofer::wait_group receivers;
        for (std::size_t p = 0; p < peers; ++p) {
            const auto send = [&, c, p] { sent[p] = send_all(c, p, seed, time); };
            const auto receive = [&, c, p] { received[p] = receive_all(c, seed + p); };
            if (p < goroutines) {
                senders.go(send);
                receivers.go(receive);
                continue;
            }
            senders.add(1);
            receivers.add(1);
            threads.emplace_back([&, send] {
                send();
                senders.done();
            });
            threads.emplace_back([&, receive] {
                receive();
                receivers.done();
            });
        }
        senders.wait();
        for (const auto& one : c) one.close();
        receivers.wait();
        for (std::thread& thread : threads) thread.join();
        std::vector<std::uint64_t> all;
        for (const auto& some : received) all.insert(all.end(), some.begin(), some.end());
        expect_conserved(std::move(all), sent);
    });
}

/// Closing races with selects on both sides: a send that threw was not received, all others were.
TEST(select_stress, a_close_in_the_middle_loses_nothing_that_was_sent) {
    const std::uint64_t seed = gofer_test::seed_of_test();
    run_test([=] {
        const stress_time time;
        std::mt19937_64 random(seed);
        while (!time.is_over()) {
            const three c{make_chan<std::uint64_t>(), make_chan<std::uint64_t>(random() % 3),
                          make_chan<std::uint64_t>()};
            std::atomic<int> sent = 0;
            std::atomic<int> received = 0;
            gofer::wait_group senders;
            gofer::wait_group receivers;
            for (int p = 0; p < 3; ++p) {
                senders.go([&, c] {
                    try {
                        for (;; ++sent) {
                            select(send_from(c[0], 1u), send_from(c[1], 1u), send_from(c[2], 1u));
                        }
                    } catch (const gofer::channel_error&) {
                        return; // chosen after, or woken by, the close: not sent
                    }
                });
                receivers.go([&, c, p, seed] {
                    received += static_cast<int>(
                        receive_all(c, seed + static_cast<std::uint64_t>(p)).size());
                });
            }
            for (std::uint64_t i = random() % 50; i > 0; --i) gofer::gosched();
            for (const std::size_t i : {1u, 0u, 2u}) c[i].close();
            senders.wait();
            receivers.wait();
            ASSERT_EQ(sent, received);
        }
    });
}

} // namespace
