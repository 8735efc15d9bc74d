// SPDX-License-Identifier: Apache-2.0
//
// Go's rules of select, in our words.
// Mirrors go/test/chan/select.go to select8.go and doubleselect.go, and TestSelectFairness,
// TestSelfSelect, TestSelectStress, TestSelectDuplicateChannel, TestPseudoRandomSend,
// TestNonblockSelectRace and TestNonblockSelectRace2 of go/src/runtime/chan_test.go.
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::chan;
using gofer::channel_error;
using gofer::make_chan;
using gofer::on_send;
using gofer::otherwise;
using gofer::recv_chan;
using gofer::recv_into;
using gofer::recv_signal;
using gofer::select;
using gofer::send_from;
using gofer_test::repetitions;
using gofer_test::run_test;
using gofer_test::wait_until_quiet;

/// Sends to a and b, once each, until neither can be sent to; counts how often a value was made.
/// (select.go)
TEST(select_rules, values_to_send_are_made_for_every_case_whichever_goes_on) {
    run_test([] {
        int made = 0;
        unsigned shift = 0;
        const auto next_value = [&] {
            ++made;
            return 1u << shift;
        };
        const auto send_to_both = [&](chan<unsigned> a, chan<unsigned> b) {
            int sent = 0;
            for (;; ++shift) {
                const int chosen =
                    select(send_from(a, next_value()), send_from(b, next_value()), otherwise());
                if (chosen == 2) return sent;
                ++sent;
                (chosen == 0 ? a : b) = chan<unsigned>();
            }
        };
        const auto a = make_chan<unsigned>(1);
        const auto b = make_chan<unsigned>(1);
        EXPECT_EQ(send_to_both(a, b), 2);
        const unsigned first = a.recv().value();
        EXPECT_EQ(first | b.recv().value(), 3u);
        EXPECT_EQ(send_to_both(a, {}), 1);
        EXPECT_EQ(made, 10);
        EXPECT_EQ(a.len(), 1u);
    });
}

/// (select2.go measures memory; here: the very same objects are used over and over, and end.)
TEST(select_rules, a_hundred_thousand_selects_on_a_busy_and_an_idle_channel_come_to_an_end) {
    run_test([] {
        const int n = repetitions(100'000);
        const auto busy = make_chan<int>();
        const auto idle = make_chan<int>();
        gofer::go([=] {
            for (int i = 0; i < n; ++i) busy.send(1);
        });
        int v = 0;
        for (int i = 0; i < n; ++i) ASSERT_EQ(select(recv_into(busy, v), recv_into(idle, v)), 0);
        EXPECT_EQ(idle.try_send(1), gofer::chan_status::full)
            << "a waiter was left on the idle channel";
    });
}

/// Whether `f` is still parked once all others are at rest. It is then given `release()`.
template <class F, class Release>
bool blocks(F f, Release release) {
    const auto ended = make_chan<bool>(1);
    gofer::go([=]() mutable {
        f();
        ended.send(true);
    });
    EXPECT_TRUE(wait_until_quiet());
    bool value = false;
    const bool is_blocked = ended.try_recv(value) == gofer::chan_status::empty;
    if (is_blocked) {
        release();
        EXPECT_EQ(ended.recv(), true);
    }
    return is_blocked;
}

/// (select3.go)
TEST(select_rules, one_with_only_nil_channels_waits_for_ever_and_needs_no_partner) {
    run_test([] {
        const auto stop = make_chan<void>();
        const chan<int> nil;
        int v = 0;
        const auto release = [=] { stop.close(); };
        EXPECT_TRUE(blocks(
            [=]() mutable { select(recv_into(nil, v), send_from(nil, 7), recv_signal(stop)); },
            release));
        EXPECT_FALSE(blocks(
            [=]() mutable { select(recv_into(nil, v), send_from(nil, 7), otherwise()); }, release));
        EXPECT_FALSE(blocks([] { select(otherwise()); }, release));
    });
}

TEST(select_rules, one_that_is_not_ready_waits_and_one_that_is_does_not) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto room = make_chan<int>(1);
        int v = 0;
        EXPECT_TRUE(blocks([=]() mutable { select(recv_into(c, v)); }, [=] { c.send(1); }));
        EXPECT_TRUE(blocks([=] { select(send_from(c, 1)); }, [=] { EXPECT_EQ(c.recv(), 1); }));
        EXPECT_FALSE(blocks([=] { select(send_from(room, 7), otherwise()); }, [] {}));
        EXPECT_FALSE(blocks([=]() mutable { select(recv_into(room, v), otherwise()); }, [] {}));
        EXPECT_EQ(room.len(), 0u);
    });
}

TEST(select_rules, closed_channels_behave_as_in_single_operations) {
    run_test([] {
        const auto closed = make_chan<int>();
        closed.close();
        std::optional<int> v = 1;
        EXPECT_EQ(select(recv_into(closed, v)), 0);
        EXPECT_EQ(v, std::nullopt);
        EXPECT_THROW(select(send_from(closed, 7)), channel_error);
    });
}

TEST(select_rules, one_that_sees_itself_is_not_confused_and_waits) {
    run_test([] {
        const auto c = make_chan<int>();
        EXPECT_TRUE(blocks(
            [=] {
                int v = 0;
                select(send_from(c, 1), recv_into(c, v));
            },
            [=] { EXPECT_EQ(c.recv(), 1); }));
    });
}

/// Where a value goes to is looked at only if its case goes on. (select4.go, select5.go)
TEST(select_rules, the_target_of_a_case_that_does_not_go_on_is_not_touched) {
    run_test([] {
        const auto c = make_chan<int>(1);
        const auto never = make_chan<int>();
        int untouched = 5;
        int received = 0;
        for (int n = 0; n < 20; ++n) {
            c.send(n);
            EXPECT_EQ(select(recv_into(never, untouched), recv_into(c, received),
                             send_from(never, 1), recv_into(chan<int>(), untouched)),
                      1);
            EXPECT_EQ(received, n);
        }
        EXPECT_EQ(untouched, 5);
    });
}

/// (select6.go: a select that goes on leaves the queue of its other channel in order.)
TEST(select_rules, a_waiter_behind_a_select_that_went_on_elsewhere_is_still_found) {
    run_test([] {
        const auto c1 = make_chan<bool>();
        const auto c2 = make_chan<bool>();
        const auto c3 = make_chan<bool>();
        gofer::go([=] { EXPECT_EQ(c1.recv(), true); });
        ASSERT_TRUE(wait_until_quiet());
        gofer::go([=] {
            bool v = false;
            EXPECT_EQ(select(recv_into(c1, v), recv_into(c2, v)), 1);
            c3.send(true);
            EXPECT_EQ(c1.recv(), true);
        });
        ASSERT_TRUE(wait_until_quiet());
        gofer::go([=] { c2.send(true); });
        EXPECT_EQ(c3.recv(), true);
        c1.send(true);
        c1.send(true);
    });
}

/// All ways to receive against all ways to send. (select7.go)
TEST(select_rules, every_way_to_send_meets_every_way_to_receive) {
    using receiver = void (*)(const recv_chan<int>&);
    using sender = void (*)(const chan<int>&);
    constexpr std::array<receiver, 3> receivers{
        [](const recv_chan<int>& c) { EXPECT_EQ(c.recv(), 1); },
        [](const recv_chan<int>& c) {
            int v = 0;
            EXPECT_EQ(select(recv_into(c, v)), 0);
            EXPECT_EQ(v, 1);
        },
        [](const recv_chan<int>& c) {
            const auto other = make_chan<int>();
            int v = 0;
            EXPECT_EQ(select(recv_into(other, v), recv_into(c, v)), 1);
            EXPECT_EQ(v, 1);
        }};
    constexpr std::array<sender, 3> senders{
        [](const chan<int>& c) { c.send(1); }, [](const chan<int>& c) { select(send_from(c, 1)); },
        [](const chan<int>& c) {
            const auto other = make_chan<int>();
            EXPECT_EQ(select(send_from(c, 1), send_from(other, 2)), 0);
        }};
    run_test([&] {
        for (const receiver receive : receivers) {
            for (const sender send : senders) {
                for (const bool is_receiver_first : {false, true}) {
                    const auto c = make_chan<int>();
                    gofer::wait_group other;
                    if (is_receiver_first) {
                        other.go([=] { receive(c); });
                    } else {
                        other.go([=] { send(c); });
                    }
                    ASSERT_TRUE(wait_until_quiet());
                    if (is_receiver_first) {
                        send(c);
                    } else {
                        receive(c);
                    }
                    other.wait();
                }
            }
        }
    });
}

/// One sender selects over four channels, whose values come together again. (doubleselect.go)
TEST(select_rules, no_value_is_sent_twice) {
    run_test([] {
        const int n = repetitions(100'000);
        const std::array<chan<int>, 4> c{make_chan<int>(), make_chan<int>(), make_chan<int>(),
                                         make_chan<int>()};
        const auto merged = make_chan<int>();
        gofer::go([=] {
            for (int i = 0; i < n; ++i) {
                select(send_from(c[0], i), send_from(c[1], i), send_from(c[2], i),
                       send_from(c[3], i));
            }
            for (const auto& one : c) one.close();
        });
        gofer::wait_group forwarders;
        for (const auto& one : c) {
            forwarders.go([=] {
                for (const int v : one) merged.send(v);
            });
        }
        gofer::go([&, merged] {
            forwarders.wait();
            merged.close();
        });
        std::vector<bool> is_seen(static_cast<std::size_t>(n));
        int count = 0;
        for (const int v : merged) {
            ASSERT_FALSE(is_seen.at(static_cast<std::size_t>(v))) << v << " came twice";
            is_seen[static_cast<std::size_t>(v)] = true;
            ++count;
        }
        EXPECT_EQ(count, n);
    });
}

/// A goroutine between two full channels takes from both alike. (TestSelectFairness)
TEST(select_fairness, two_full_channels_are_drained_alike) {
    run_test([] {
        const int trials = 10'000;
        const auto ones = make_chan<unsigned char>(trials + 1);
        const auto twos = make_chan<unsigned char>(trials + 1);
        for (int i = 0; i < trials + 1; ++i) {
            ones.send(1);
            twos.send(2);
        }
        const auto never = make_chan<unsigned char>();
        const auto out = make_chan<unsigned char>();
        const auto done = make_chan<void>();
        gofer::wait_group taker;
        taker.go([=] {
            for (;;) {
                unsigned char b = 0;
                select(recv_into(never, b), recv_into(ones, b), recv_into(twos, b));
                if (select(send_from(out, b), recv_signal(done)) == 1) return;
            }
        });
        std::array<int, 3> counts{};
        for (int i = 0; i < trials; ++i) ++counts.at(out.recv().value());
        EXPECT_EQ(counts[0], 0);
        EXPECT_NEAR(counts[1], trials / 2.0, 10 * std::sqrt(trials * 0.25)); // ten sigma
        done.close();
        taker.wait();
    });
}

/// (TestPseudoRandomSend)
TEST(select_fairness, two_sends_on_one_channel_are_chosen_alike) {
    run_test([] {
        const int n = 1000;
        for (const std::size_t capacity : {std::size_t{0}, std::size_t{n}}) {
            const auto c = make_chan<int>(capacity);
            int zeros = 0;
            gofer::wait_group receiver;
            receiver.go([&, c] {
                for (int i = 0; i < n; ++i) {
                    gofer::gosched();
                    if (c.recv() == 0) ++zeros;
                }
            });
            for (int i = 0; i < n; ++i) select(send_from(c, 1), send_from(c, 0));
            receiver.wait();
            EXPECT_NEAR(zeros, n / 2.0, 10 * std::sqrt(n * 0.25)) << "capacity " << capacity;
        }
    });
}

/// (TestSelfSelect)
TEST(select_self, two_that_select_both_ways_never_receive_what_they_sent_themselves) {
    run_test([] {
        for (const std::size_t capacity : {0u, 10u}) {
            const auto c = make_chan<int>(capacity);
            gofer::wait_group both;
            for (int p = 0; p < 2; ++p) {
                both.go([=] {
                    for (int i = 0; i < repetitions(1000); ++i) {
                        int v = 1 - p;
                        if (p == 0 || i % 2 == 0) {
                            select(send_from(c, p), recv_into(c, v));
                        } else {
                            select(recv_into(c, v), send_from(c, p));
                        }
                        if (capacity == 0) {
                            EXPECT_EQ(v, 1 - p) << "received from itself";
                        }
                    }
                });
            }
            both.wait();
        }
    });
}

/// (TestSelectDuplicateChannel)
TEST(select_duplicate, a_channel_in_two_cases_does_not_disturb_who_waits_behind) {
    run_test([] {
        const auto c = make_chan<int>();
        const auto d = make_chan<int>();
        const auto e = make_chan<int>();
        gofer::go([=] {
            int v = 0;
            EXPECT_EQ(select(recv_into(c, v), recv_into(c, v), recv_into(d, v)), 2);
            e.send(9);
        });
        ASSERT_TRUE(wait_until_quiet());
        gofer::go([=] { EXPECT_EQ(c.recv(), 8); });
        ASSERT_TRUE(wait_until_quiet());
        d.send(7);
        EXPECT_EQ(e.recv(), 9);
        c.send(8);
    });
}

using four = std::array<chan<int>, 4>;

/// `operate(channels)` says which of the four it went through; each is used `each` times, then nil.
template <class Operate>
void select_until_all_are_used_up(four c, int each, Operate operate) {
    std::array<int, 4> used{};
    for (int i = 0; i < 4 * each; ++i) {
        const auto index = static_cast<std::size_t>(operate(c));
        if (++used.at(index) == each) c[index] = chan<int>();
    }
}

/// (TestSelectStress)
TEST(select_stress, plain_and_selecting_senders_and_receivers_on_four_channels_balance) {
    run_test([] {
        const int each = repetitions(10'000);
        const four c{make_chan<int>(), make_chan<int>(), make_chan<int>(2), make_chan<int>(3)};
        gofer::wait_group all;
        for (const auto& one : c) {
            all.go([=] {
                for (int i = 0; i < each; ++i) one.send(0);
            });
            all.go([=] {
                for (int i = 0; i < each; ++i) EXPECT_EQ(one.recv(), 0);
            });
        }
        all.go([=] {
            select_until_all_are_used_up(c, each, [](const four& to) {
                const int chosen = select(send_from(to[3], 0), send_from(to[2], 0),
                                          send_from(to[0], 0), send_from(to[1], 0));
                return std::array{3, 2, 0, 1}.at(static_cast<std::size_t>(chosen));
            });
        });
        all.go([=] {
            select_until_all_are_used_up(c, each, [](const four& from) {
                int v = 0;
                return select(recv_into(from[0], v), recv_into(from[1], v), recv_into(from[2], v),
                              recv_into(from[3], v));
            });
        });
        all.wait();
        for (const auto& one : c) EXPECT_EQ(one.len(), 0u);
    });
}

/// Two channels of which one is ready at every moment. (TestNonblockSelectRace, ...Race2)
template <class MakeReady>
void expect_that_select_is_never_otherwise(std::size_t capacity, MakeReady&& make_ready) {
    run_test([&] {
        const auto done = make_chan<bool>(1);
        for (int i = 0; i < repetitions(20'000); ++i) {
            const auto c1 = make_chan<int>(1);
            const auto c2 = make_chan<int>(capacity);
            c1.send(1);
            gofer::go([=] {
                int v = 0;
                done.send(select(recv_into(c1, v), recv_into(c2, v), otherwise()) != 2);
            });
            make_ready(c2);
            int v = 0;
            select(recv_into(c1, v), otherwise());
            ASSERT_EQ(done.recv(), true) << "no channel was ready in round " << i;
        }
    });
}

TEST(select_race, one_of_two_is_always_ready_when_the_second_is_filled_first) {
    expect_that_select_is_never_otherwise(1, [](const chan<int>& c) { c.send(1); });
}

TEST(select_race, one_of_two_is_always_ready_when_the_second_is_closed_first) {
    expect_that_select_is_never_otherwise(0, [](const chan<int>& c) { c.close(); });
}

} // namespace
