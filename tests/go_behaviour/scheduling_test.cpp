// SPDX-License-Identifier: Apache-2.0
//
// Go's rules of the scheduler, as far as they do not need time slicing: yielding makes progress,
// runnable goroutines run in parallel, the number of contexts may change meanwhile, a goroutine
// bound to a thread communicates like any other.
// Mirrors go/src/runtime/proc_test.go.
#include <atomic>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer_test::repetitions;
using gofer_test::run_test;

/// Starts its own successor until told to stop.
void start_the_next_one(gofer::recv_chan<bool> stop, gofer::wait_group& all) {
    bool value = false;
    if (stop.try_recv(value) == chan_status::empty) {
        all.go([=, &all] { start_the_next_one(stop, all); });
    }
}

TEST(scheduling, the_number_of_contexts_may_be_set_again_and_again_while_goroutines_start) {
    run_test([] {
        const int before = gofer::gomaxprocs(3);
        const auto finished = make_chan<void>(2);
        const auto stop = make_chan<bool>(1);
        for (int i = 0; i < 2; ++i) {
            gofer::go([=] {
                for (int n = 0; n < repetitions(1000); ++n) gofer::gomaxprocs(3);
                finished.send();
            });
        }
        gofer::wait_group all;
        all.go([=, &all] { start_the_next_one(stop, all); });
        EXPECT_TRUE(finished.recv());
        EXPECT_TRUE(finished.recv());
        stop.send(true);
        all.wait();
        EXPECT_EQ(gofer::gomaxprocs(before), 3);
    });
}

void expect_progress_by_yielding(const gofer::go_options& options) {
    run_test([&] {
        const auto question = make_chan<bool>();
        const auto answer = make_chan<bool>();
        std::atomic<int> yields = 0;
        gofer::go(options, [=, &yields] {
            bool value = false;
            while (question.try_recv(value) != chan_status::ok) {
                gofer::gosched();
                ++yields;
            }
            answer.send(true);
        });
        EXPECT_TRUE(gofer_test::eventually([&] { return yields > 100; }));
        question.send(true);
        EXPECT_EQ(answer.recv(), true);
    });
}

TEST(scheduling, a_goroutine_that_yields_in_a_loop_lets_others_make_progress) {
    expect_progress_by_yielding({});
}

TEST(scheduling, a_pinned_goroutine_that_yields_in_a_loop_lets_others_make_progress) {
    expect_progress_by_yielding({.pinned = true});
}

TEST(scheduling, a_pinned_goroutine_communicates_like_any_other) {
    run_test([] {
        constexpr int values = 10;
        const auto c = make_chan<int>();
        gofer::go({.pinned = true}, [=] {
            for (int i = 0; i < values; ++i) {
                gofer::gosched();
                c.send(i);
            }
        });
        for (int i = 0; i < values; ++i) EXPECT_EQ(c.recv(), i);
    });
}

/// Takes its turns among `players` by spinning, without ever yielding.
void play(std::atomic<unsigned>& turn, unsigned player, unsigned players) {
    for (unsigned round = 0; round < 3; ++round) {
        const unsigned mine = players * round + player;
        while (turn.load() != mine) {
        }
        turn.store(mine + 1);
    }
}

TEST(scheduling, as_many_goroutines_as_contexts_run_at_the_same_time) {
    constexpr unsigned players = 4;
    run_test(int{players}, [] {
        for (int attempt = 0; attempt < 10; ++attempt) {
            const auto done = make_chan<void>();
            std::atomic<unsigned> turn = 0;
            for (unsigned p = 0; p < players; ++p) {
                gofer::go([=, &turn] {
                    play(turn, p, players);
                    done.send();
                });
            }
            for (unsigned p = 0; p < players; ++p) EXPECT_TRUE(done.recv());
        }
    });
}

TEST(scheduling, goroutines_started_by_goroutines_run_at_the_same_time_after_a_load) {
    constexpr unsigned players = 4;
    run_test(int{players}, [] {
        for (int attempt = 0; attempt < 10; ++attempt) {
            gofer::wait_group load;
            std::atomic<unsigned> running = 0;
            for (unsigned p = 0; p < players; ++p) {
                load.go([&] {
                    for (++running; running.load() != players;) {
                    }
                });
            }
            load.wait(); // now the threads have work no more and go to sleep

            const auto done = make_chan<void>();
            std::atomic<unsigned> turn = 0;
            for (unsigned outer = 0; outer < players / 2; ++outer) {
                gofer::go([=, &turn] {
                    for (unsigned inner = 0; inner < 2; ++inner) {
                        gofer::go([=, &turn] {
                            play(turn, outer * 2 + inner, players);
                            done.send();
                        });
                    }
                });
            }
            for (unsigned p = 0; p < players; ++p) EXPECT_TRUE(done.recv());
        }
    });
}

} // namespace
