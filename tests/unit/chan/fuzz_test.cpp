// SPDX-License-Identifier: Apache-2.0
//
// Long random sequences of operations agree with the naive channel; and when many goroutines and
// threads do random operations at the same time, every value sent is received exactly once, and
// each receiver gets the values of one sender in the order in which they were sent.
#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "against_reference.hpp"
#include "support/seed.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer_test::comparison;
using gofer_test::repetitions;
using gofer_test::run_test;
using gofer_test::seed_of_test;
using gofer_test::step;

/// Closing ends a sequence, so it is drawn rarely.
step draw(std::mt19937_64& random) {
    if (random() % 100 == 0) return step::close;
    return static_cast<step>(random() % 4);
}

template <class T>
class fuzz : public ::testing::Test {};
using kinds = ::testing::Types<int, gofer_test::triple, std::unique_ptr<int>, std::string,
                               gofer_test::tracked_move_only>;
TYPED_TEST_SUITE(fuzz, kinds);

TYPED_TEST(fuzz, long_random_sequences_agree_with_the_naive_channel) {
    std::mt19937_64 random(seed_of_test());
    const gofer_test::balance<gofer_test::tracked> nothing_leaks;
    run_test([&] {
        for (int round = 0; round < repetitions(100); ++round) {
            comparison<TypeParam> both(random() % 5);
            for (int i = 0; i < 100; ++i) {
                if (!both.take(draw(random))) return;
            }
        }
    });
}

/// A value that says who sent it and as which one.
struct letter {
    int sender;
    int number;
};

/// What all receivers got, and the demand that each letter came once.
class mailbox {
public:
    mailbox(int senders, int each) : each_(each), seen_(static_cast<std::size_t>(senders * each)) {}

    std::atomic<int>& of(const letter& l) {
        return seen_[static_cast<std::size_t>(l.sender * each_ + l.number)];
    }
    void expect_each_once() {
        for (std::size_t i = 0; i < seen_.size(); ++i) {
            ASSERT_EQ(seen_[i].load(), 1) << "letter " << i % static_cast<std::size_t>(each_)
                                          << " of sender " << i / static_cast<std::size_t>(each_);
        }
    }

private:
    int each_;
    std::vector<std::atomic<int>> seen_;
};

/// Tries to send without waiting, a random number of times.
bool is_sent_by_trying(const gofer::chan<letter>& c, letter l, std::mt19937_64& random) {
    while (random() % 2 == 0) {
        if (c.try_send(l) == chan_status::ok) return true;
        if (random() % 4 == 0) gofer::gosched();
    }
    return false;
}

/// Sends its letters in order, each by randomly chosen operations.
void send_letters(const gofer::chan<letter>& c, int sender, int each, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (int number = 0; number < each; ++number) {
        if (!is_sent_by_trying(c, {sender, number}, random)) c.send({sender, number});
        if (c.len() > c.cap()) ADD_FAILURE() << "more is buffered than fits";
    }
}

/// Receives by randomly chosen operations until the end; checks the order of each sender.
void receive_letters(const gofer::chan<letter>& c, mailbox& box, int senders, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<int> latest(static_cast<std::size_t>(senders), -1);
    for (;;) {
        letter l{};
        const chan_status status = random() % 2 == 0 ? c.try_recv(l) : chan_status::empty;
        if (status == chan_status::closed) return;
        if (status == chan_status::empty) {
            const auto received = c.recv();
            if (!received) return;
            l = *received;
        }
        box.of(l).fetch_add(1);
        int& last = latest[static_cast<std::size_t>(l.sender)];
        if (l.number <= last) ADD_FAILURE() << "letter " << l.number << " came after " << last;
        last = l.number;
    }
}

struct crowd {
    int goroutines; ///< on each side
    int threads;    ///< on each side
};

void run_crowd(const crowd& who, std::size_t capacity, std::uint64_t seed) {
    const int each = repetitions(3000);
    const int senders = who.goroutines + who.threads;
    run_test([&] {
        mailbox box(senders, each);
        const auto c = make_chan<letter>(capacity);
        gofer::wait_group sending;
        gofer::wait_group receiving;
        std::vector<std::thread> threads;
        for (int s = 0; s < senders; ++s) {
            const std::uint64_t own_seed = seed + static_cast<std::uint64_t>(s);
            auto send = [&, s, own_seed] { send_letters(c, s, each, own_seed); };
            auto receive = [&, own_seed] { receive_letters(c, box, senders, ~own_seed); };
            if (s < who.goroutines) {
                sending.go(send);
                receiving.go(receive);
                continue;
            }
            sending.add(1);
            receiving.add(1);
            threads.emplace_back([&, send] {
                send();
                sending.done();
            });
            threads.emplace_back([&, receive] {
                receive();
                receiving.done();
            });
        }
        sending.wait();
        c.close();
        receiving.wait();
        for (std::thread& thread : threads) thread.join();
        box.expect_each_once();
    });
}

TEST(crowd, of_goroutines_loses_doubles_and_reorders_nothing) {
    const std::uint64_t seed = seed_of_test();
    for (const std::size_t capacity : {0u, 1u, 7u}) {
        run_crowd({.goroutines = 8, .threads = 0}, capacity, seed);
    }
}

TEST(crowd, of_goroutines_and_threads_loses_doubles_and_reorders_nothing) {
    const std::uint64_t seed = seed_of_test();
    for (const std::size_t capacity : {0u, 1u, 7u}) {
        run_crowd({.goroutines = 4, .threads = 3}, capacity, seed);
    }
}

// Closing at a random moment: what was accepted arrives, what was refused does not.
TEST(crowd, interrupted_by_close_receives_exactly_what_was_accepted) {
    std::mt19937_64 random(seed_of_test());
    run_test([&] {
        for (int round = 0; round < repetitions(300); ++round) {
            const auto c = make_chan<int>(random() % 4);
            std::atomic<int> accepted = 0;
            std::atomic<int> received = 0;
            gofer::wait_group all;
            for (int i = 0; i < 4; ++i) {
                all.go([&] {
                    try {
                        for (;;) {
                            c.send(1);
                            ++accepted;
                        }
                    } catch (const gofer::channel_error&) {
                    }
                });
                all.go([&] {
                    for (const int v : c) received += v;
                });
            }
            for (std::uint64_t n = random() % 200; n > 0; --n) gofer::gosched();
            c.close();
            all.wait();
            ASSERT_EQ(received, accepted) << "in round " << round;
        }
    });
}

} // namespace
