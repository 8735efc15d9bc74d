// SPDX-License-Identifier: Apache-2.0
//
// select on plain threads: each side of an exchange may be one, and may select.
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::make_chan;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;
using gofer_test::run_test;
using namespace std::chrono_literals;

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

TEST(select_on_threads, takes_what_is_ready) {
    run_test([] {
        on_a_thread([] {
            const auto c = make_chan<std::string>(1);
            std::string v;
            EXPECT_EQ(select(recv_into(c, v), gofer::otherwise()), 1);
            EXPECT_EQ(select(recv_into(c, v), send_from(c, std::string("x"))), 1);
            EXPECT_EQ(select(recv_into(c, v), gofer::otherwise()), 0);
            EXPECT_EQ(v, "x");
        });
    });
}

TEST(select_on_threads, waits_for_the_clock) {
    run_test([] {
        on_a_thread([] {
            const auto c = make_chan<int>();
            int v = 0;
            for (const auto d : {0us, 50us, 3000us}) {
                const auto begin = std::chrono::steady_clock::now();
                EXPECT_EQ(select(recv_into(c, v), gofer::timeout(d)), 1);
                EXPECT_GE(std::chrono::steady_clock::now() - begin, d);
            }
        });
    });
}

/// `selecting` and `partner` play rounds over two channels, one of them on a plain thread.
void play(bool selects_on_a_thread, bool partner_selects) {
    const auto a = make_chan<std::string>();
    const auto b = make_chan<std::string>();
    const auto never = make_chan<std::string>();
    const int rounds = gofer_test::repetitions(500);
    const auto selecting = [=] {
        for (int i = 0; i < rounds; ++i) {
            std::string v;
            ASSERT_EQ(select(recv_into(a, v), recv_into(never, v)), 0);
            ASSERT_EQ(select(send_from(never, std::string()), send_from(b, v + "!")), 1);
        }
        std::optional<std::string> end;
        EXPECT_EQ(select(recv_into(never, end), recv_into(a, end)), 1);
        EXPECT_EQ(end, std::nullopt);
    };
    const auto partner = [=] {
        for (int i = 0; i < rounds; ++i) {
            const std::string text = "no. " + std::to_string(i);
            std::string answer;
            if (partner_selects) {
                ASSERT_EQ(select(send_from(a, text), recv_into(b, answer)), 0);
                ASSERT_EQ(select(gofer::timeout(1h), recv_into(b, answer)), 1);
            } else {
                a.send(text);
                answer = b.recv().value();
            }
            ASSERT_EQ(answer, text + "!");
        }
        a.close();
    };
    gofer::wait_group other;
    if (selects_on_a_thread) {
        other.go(partner);
        on_a_thread(selecting);
    } else {
        other.go(selecting);
        on_a_thread(partner);
    }
    other.wait();
}

TEST(select_on_threads, meets_goroutines_that_wait_plainly) {
    run_test([] { play(true, false); });
}

TEST(select_on_threads, meets_goroutines_that_select) {
    run_test([] { play(true, true); });
}

TEST(select_in_goroutines, meets_threads_that_wait_plainly) {
    run_test([] { play(false, false); });
}

TEST(select_in_goroutines, meets_threads_that_select) {
    run_test([] { play(false, true); });
}

TEST(select_on_threads, meets_another_thread_that_selects) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto never = make_chan<int>();
        std::thread sender([=] {
            int v = 0;
            for (int i = 0; i < 200; ++i)
                EXPECT_EQ(select(send_from(c, i), recv_into(gofer::chan<int>(), v)), 0);
        });
        on_a_thread([=] {
            for (int i = 0; i < 200; ++i) {
                int v = -1;
                EXPECT_EQ(select(send_from(never, 1), recv_into(c, v)), 1);
                EXPECT_EQ(v, i);
            }
        });
        sender.join();
    });
}

TEST(select_on_threads, is_ended_by_a_close_from_a_goroutine_and_the_other_way_round) {
    run_test([] {
        const auto from_goroutine = make_chan<int>();
        const auto from_thread = make_chan<int>();
        const auto never = make_chan<int>();
        std::thread thread([=] {
            std::optional<int> v = 1;
            EXPECT_EQ(select(recv_into(from_goroutine, v), recv_into(never, v)), 0);
            EXPECT_EQ(v, std::nullopt);
            from_thread.close();
        });
        gofer::wait_group selecting;
        selecting.go(
            [=] { EXPECT_THROW(select(send_from(from_thread, 1)), gofer::channel_error); });
        from_goroutine.close(); // before or while the thread waits
        selecting.wait();
        thread.join();
    });
}

} // namespace
