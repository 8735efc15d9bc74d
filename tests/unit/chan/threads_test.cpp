// SPDX-License-Identifier: Apache-2.0
//
// Plain threads as peers of goroutines: they wait by blocking, are served in order like all others,
// and no value is lost or doubled between the two worlds.
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::make_chan;
using gofer_test::run_test;

/// Runs `body` on a plain thread while the caller, a goroutine, waits for it by parking.
void on_a_thread(const std::function<void()>& body) {
    gofer::wait_group ended;
    ended.add(1);
    std::thread thread([&] {
        body();
        ended.done();
    });
    ended.wait();
    thread.join();
}

TEST(threads, a_thread_sends_to_a_goroutine_that_waits) {
    run_test([] {
        const auto c = make_chan<std::string>();
        const auto echo = make_chan<std::string>(1);
        gofer::go([=] { echo.send(c.recv().value()); });
        ASSERT_TRUE(gofer_test::wait_until_quiet());
        on_a_thread([=] { c.send("from a thread"); });
        EXPECT_EQ(echo.recv(), "from a thread");
    });
}

TEST(threads, a_thread_that_waits_receives_from_a_goroutine) {
    run_test([] {
        const auto c = make_chan<std::string>();
        gofer::go([=] {
            for (int i = 0; i < 100; ++i) c.send(std::to_string(i));
        });
        on_a_thread([=] {
            for (int i = 0; i < 100; ++i) EXPECT_EQ(c.recv(), std::to_string(i));
        });
    });
}

TEST(threads, a_thread_plays_ping_pong_with_a_goroutine) {
    run_test([] {
        const auto ping = make_chan<int>();
        const auto pong = make_chan<int>();
        gofer::go([=] {
            for (const int v : ping) pong.send(v + 1);
            pong.close();
        });
        on_a_thread([=] {
            for (int i = 0; i < gofer_test::repetitions(1000); ++i) {
                ping.send(i);
                ASSERT_EQ(pong.recv(), i + 1);
            }
            ping.close();
            EXPECT_EQ(pong.recv(), std::nullopt);
        });
    });
}

TEST(threads, two_threads_meet_on_a_channel_while_a_runtime_lives) {
    run_test([] {
        const auto c = make_chan<int>();
        std::thread receiver([=] {
            for (int i = 0; i < 100; ++i) EXPECT_EQ(c.recv(), i);
        });
        on_a_thread([=] {
            for (int i = 0; i < 100; ++i) c.send(i);
        });
        receiver.join();
    });
}

TEST(threads, close_throws_at_a_thread_whose_send_waits) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto is_refused = make_chan<bool>(1);
        std::thread sender([=] {
            try {
                c.send(1);
                is_refused.send(false);
            } catch (const gofer::channel_error&) {
                is_refused.send(true);
            }
        });
        c.close(); // before or while the thread waits: both must throw
        EXPECT_EQ(is_refused.recv(), true);
        sender.join();
    });
}

/// Sends the numbers from `first` on, `each` of them, to `to`.
void send_numbers(const gofer::send_chan<int>& to, int first, int each) {
    for (int i = 0; i < each; ++i) to.send(first + i);
}

TEST(threads, threads_and_goroutines_on_both_sides_lose_and_double_nothing) {
    constexpr int peers = 3; // of each of the four sorts
    const int each = gofer_test::repetitions(2000);
    for (const std::size_t capacity : {0u, 1u, 16u}) {
        run_test([=] {
            const auto c = make_chan<int>(capacity);
            const auto sums = make_chan<std::int64_t>(2 * peers);
            gofer::wait_group senders;
            std::vector<std::thread> threads;
            const auto receive_all = [=] {
                std::int64_t sum = 0;
                for (const int v : c) sum += v;
                sums.send(sum);
            };
            for (int p = 0; p < peers; ++p) {
                gofer::go(receive_all);
                threads.emplace_back(receive_all);
                senders.go([=] { send_numbers(c, 2 * p * each, each); });
                senders.add(1);
                threads.emplace_back([=, &senders] {
                    send_numbers(c, (2 * p + 1) * each, each);
                    senders.done();
                });
            }
            senders.wait();
            c.close();
            std::int64_t total = 0;
            for (int i = 0; i < 2 * peers; ++i) total += sums.recv().value();
            for (std::thread& thread : threads) thread.join();
            const std::int64_t n = 2LL * peers * each;
            EXPECT_EQ(total, n * (n - 1) / 2);
        });
    }
}

} // namespace
