// SPDX-License-Identifier: Apache-2.0
//
// All kinds of channels at once, many goroutines and threads on each, for a while: what was sent is
// what was received, and nothing hangs.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "duration.hpp"
#include "support/fixture.hpp"
#include "support/seed.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::make_chan;
using gofer_test::run_test;
using gofer_test::stress_time;
using gofer_test::tracked;

/// Sums of what was sent and received, and their number.
struct ledger {
    std::atomic<std::int64_t> sent{0};
    std::atomic<std::int64_t> received{0};

    void expect_balance() const { EXPECT_EQ(sent.load(), received.load()); }
};

/// Peers of one channel of elements T, made from numbers and read back to them.
template <class T, class Make, class Read>
void add_peers(gofer::wait_group& senders, gofer::wait_group& receivers, const chan<T>& c,
               ledger& book, const stress_time& time, Make make, Read read) {
    for (int i = 0; i < 6; ++i) {
        senders.go([&, c, i, make] {
            std::mt19937 random(static_cast<unsigned>(i));
            while (!time.is_over()) {
                const auto n = static_cast<int>(random() % 1000);
                T value = make(n);
                if (random() % 3 != 0 || c.try_send(value) != chan_status::ok) {
                    c.send(std::move(value));
                }
                book.sent += n;
                if (random() % 16 == 0) gofer::gosched();
            }
        });
        receivers.go([&, c, read] {
            for (const T& value : c) book.received += read(value);
        });
    }
}

TEST(chan_stress, all_kinds_of_elements_and_capacities_at_once) {
    const gofer_test::balance<tracked> nothing_leaks;
    run_test([] {
        const stress_time time;
        ledger book;
        gofer::wait_group senders;
        gofer::wait_group receivers;
        const auto ints = make_chan<int>();
        const auto buffered = make_chan<int>(100);
        const auto pointers = make_chan<std::unique_ptr<int>>(3);
        const auto texts = make_chan<std::string>(1);
        const auto boxes = make_chan<tracked>();
        const auto same = [](int n) { return n; };
        add_peers<int>(senders, receivers, ints, book, time, same, same);
        add_peers<int>(senders, receivers, buffered, book, time, same, same);
        add_peers<std::unique_ptr<int>>(
            senders, receivers, pointers, book, time,
            [](int n) { return std::make_unique<int>(n); },
            [](const std::unique_ptr<int>& p) { return *p; });
        add_peers<std::string>(
            senders, receivers, texts, book, time, [](int n) { return std::to_string(n); },
            [](const std::string& s) { return std::stoi(s); });
        add_peers<tracked>(
            senders, receivers, boxes, book, time, [](int n) { return tracked(n); },
            [](const tracked& t) { return t.value; });
        senders.wait();
        ints.close();
        buffered.close();
        pointers.close();
        texts.close();
        boxes.close();
        receivers.wait();
        book.expect_balance();
    });
}

TEST(chan_stress, channels_are_made_and_closed_and_dropped_all_the_time) {
    const gofer_test::balance<tracked> nothing_leaks;
    const std::uint64_t seed = gofer_test::seed_of_test();
    run_test([=] {
        const stress_time time;
        gofer::wait_group all;
        for (std::uint64_t i = 0; i < 8; ++i) {
            all.go([&, i] {
                std::mt19937_64 random(seed + i);
                while (!time.is_over()) {
                    auto [tx, rx] = gofer::make_ends<tracked>(random() % 3);
                    gofer::wait_group peers;
                    const int senders = static_cast<int>(random() % 4);
                    for (int s = 0; s < senders; ++s) {
                        peers.go([tx = tx] {
                            while (tx.send(tracked(1)) == chan_status::ok) {
                            }
                        });
                    }
                    tx.reset();
                    for (std::uint64_t n = random() % 20; n > 0; --n) static_cast<void>(rx.recv());
                    rx.reset();
                    peers.wait();
                }
            });
        }
        all.wait();
    });
}

TEST(chan_stress, threads_and_goroutines_in_a_ring) {
    run_test([] {
        const stress_time time;
        constexpr std::size_t length = 12;
        std::array<chan<std::int64_t>, length> links;
        for (auto& link : links) link = make_chan<std::int64_t>();
        gofer::wait_group all;
        std::vector<std::thread> threads;
        // The first stops the token when the time is over; the others pass on until closed.
        const auto pass_on = [&](std::size_t i) {
            for (const std::int64_t v : links[i]) links[(i + 1) % length].send(v + 1);
            if (i + 1 < length) links[i + 1].close();
            all.done();
        };
        all.add(length - 1);
        for (std::size_t i = 1; i < length; ++i) {
            if (i % 4 == 0) {
                threads.emplace_back(pass_on, i);
            } else {
                gofer::go(pass_on, i);
            }
        }
        std::int64_t rounds = 0;
        while (!time.is_over()) {
            links[1].send(0);
            ASSERT_EQ(links[0].recv(), static_cast<std::int64_t>(length - 1));
            ++rounds;
        }
        links[1].close();
        all.wait();
        for (std::thread& thread : threads) thread.join();
        EXPECT_GT(rounds, 0);
    });
}

} // namespace
