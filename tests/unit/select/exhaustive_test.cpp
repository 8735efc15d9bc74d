// SPDX-License-Identifier: Apache-2.0
//
// select over up to three channels in every state, in every direction: the outcome is always one of
// those that a naive reference allows, each of these is seen, and everything else stays as it was.
#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::chan;
using gofer::make_chan;
using gofer::otherwise;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;
using gofer_test::run_test;

enum class peer_kind { none, sender, receiver, selecting_sender, selecting_receiver };

/// A state in which a channel may be found.
struct state {
    const char* name;
    bool is_nil = false;
    std::size_t capacity = 0;
    std::size_t buffered = 0;
    bool is_closed = false;
    peer_kind peer = peer_kind::none;
};

constexpr std::array all_states{
    state{.name = "nil", .is_nil = true},
    state{.name = "unbuffered"},
    state{.name = "full", .capacity = 1, .buffered = 1},
    state{.name = "half full", .capacity = 2, .buffered = 1},
    state{.name = "closed", .is_closed = true},
    state{.name = "closed with a value", .capacity = 1, .buffered = 1, .is_closed = true},
    state{.name = "a sender waits", .peer = peer_kind::sender},
    state{.name = "a receiver waits", .peer = peer_kind::receiver},
    // Not among three: what select does differs from the ones above in the peer only.
    state{.name = "empty with room", .capacity = 1},
    state{.name = "full, and a sender waits",
          .capacity = 1,
          .buffered = 1,
          .peer = peer_kind::sender},
    state{.name = "a receiver waits for the buffer", .capacity = 1, .peer = peer_kind::receiver},
    state{.name = "a select waits to send", .peer = peer_kind::selecting_sender},
    state{.name = "a select waits to receive", .peer = peer_kind::selecting_receiver},
};
constexpr std::size_t states_of_three = 8;

constexpr int buffered_value = 1;
constexpr int peer_value = 2;
constexpr int selected_value = 3;

/// What has become of a waiting peer: nothing, its value was taken, the channel was closed, or the
/// value that it received, plus `received`.
constexpr int pending = 0;
constexpr int sent = 1;
constexpr int saw_close = 2;
constexpr int received = 100;

/// The naive channel: what the specification says, by values.
struct naive {
    explicit naive(const state& s) : of(s), buffer(s.buffered, buffered_value) {}

    [[nodiscard]] bool has_sender() const {
        return peer == pending &&
               (of.peer == peer_kind::sender || of.peer == peer_kind::selecting_sender);
    }
    [[nodiscard]] bool has_receiver() const {
        return peer == pending &&
               (of.peer == peer_kind::receiver || of.peer == peer_kind::selecting_receiver);
    }
    [[nodiscard]] bool is_ready(bool is_send) const {
        if (of.is_nil) return false;
        if (of.is_closed) return true;
        if (is_send) return has_receiver() || buffer.size() < of.capacity;
        return has_sender() || !buffer.empty();
    }
    std::optional<int> receive() {
        std::optional<int> value;
        if (!buffer.empty()) {
            value = buffer.front();
            buffer.pop_front();
            if (has_sender()) buffer.push_back(peer_value);
        } else if (has_sender()) {
            value = peer_value;
        }
        if (has_sender()) peer = sent;
        return value;
    }
    void send(int value) {
        if (has_receiver()) {
            peer = received + value;
        } else {
            buffer.push_back(value);
        }
    }

    state of;
    std::deque<int> buffer;
    int peer = pending;
};

/// The real channel, brought into the state.
class real {
public:
    explicit real(const state& s) : of_(s) {
        if (s.is_nil) return;
        c_ = make_chan<int>(s.capacity);
        for (std::size_t i = 0; i < s.buffered; ++i) c_.send(buffered_value);
        if (s.is_closed) c_.close();
        if (s.peer != peer_kind::none) peer_.go([this] { wait_as_peer(); });
    }
    [[nodiscard]] const chan<int>& handle() const { return c_; }

    /// Compares with what the naive one became, and ends the peer. Everybody is at rest.
    [[nodiscard]] bool agrees(const naive& expected) {
        if (of_.is_nil) return true;
        bool is_same = c_.len() == expected.buffer.size() && outcome_ == expected.peer;
        EXPECT_EQ(c_.len(), expected.buffer.size()) << of_.name;
        EXPECT_EQ(outcome_, expected.peer) << of_.name << ": what the peer saw";
        if (!of_.is_closed) c_.close();
        peer_.wait();
        for (const int value : expected.buffer) {
            const auto found = c_.recv();
            EXPECT_EQ(found, value) << of_.name;
            is_same = is_same && found == value;
        }
        EXPECT_EQ(c_.recv(), std::nullopt) << of_.name;
        return is_same;
    }

private:
    void wait_as_peer() {
        const chan<int> never;
        std::optional<int> value;
        try {
            switch (of_.peer) {
            case peer_kind::sender:
                c_.send(peer_value);
                break;
            case peer_kind::selecting_sender:
                select(recv_into(never, value), send_from(c_, peer_value));
                break;
            case peer_kind::receiver:
                value = c_.recv();
                break;
            default:
                select(send_from(never, 0), recv_into(c_, value));
                break;
            }
        } catch (const gofer::channel_error&) {
            outcome_ = saw_close;
            return;
        }
        const bool is_sender =
            of_.peer == peer_kind::sender || of_.peer == peer_kind::selecting_sender;
        outcome_ = is_sender ? sent : value ? received + *value : saw_close;
    }

    state of_;
    chan<int> c_;
    gofer::wait_group peer_;
    std::atomic<int> outcome_{pending};
};

/// One case of the select: which channel, in which direction.
struct alternative {
    std::size_t channel;
    bool is_send;
};

enum class mode { otherwise, wait, timeout, in_order };

constexpr int nothing = -1;

/// A select over one to three cases on the given channels.
class experiment {
public:
    experiment(std::vector<state> states, std::vector<alternative> cases)
        : states_(std::move(states)), cases_(std::move(cases)) {
        for (std::size_t i = 0; i < cases_.size(); ++i) {
            if (naive(states_[cases_[i].channel]).is_ready(cases_[i].is_send)) {
                possible_.insert(static_cast<int>(i));
            }
        }
    }

    /// False: something disagreed.
    [[nodiscard]] bool run() {
        // Of three that are ready one stays unseen for so long once in 10^14 times.
        constexpr int rounds_max = 80;
        std::set<int> seen;
        for (int round = 0; round < rounds_max && seen != wanted(); ++round) {
            if (!run_once(mode::otherwise, &seen)) return false;
        }
        EXPECT_EQ(seen, wanted()) << describe() << ": not all possible outcomes were seen";
        if (seen != wanted() || !run_once(mode::timeout, &seen) ||
            !run_once(mode::in_order, &seen)) {
            return false;
        }
        return possible_.empty() || run_once(mode::wait, &seen);
    }

private:
    [[nodiscard]] std::set<int> wanted() const {
        return possible_.empty() ? std::set<int>{nothing} : possible_;
    }

    [[nodiscard]] bool run_once(mode how, std::set<int>* seen) {
        std::vector<naive> expected(states_.begin(), states_.end());
        std::vector<std::unique_ptr<real>> channels;
        for (const state& s : states_) channels.push_back(std::make_unique<real>(s));
        const bool has_peers = std::any_of(states_.begin(), states_.end(), [](const state& s) {
            return s.peer != peer_kind::none;
        });
        if (has_peers && !gofer_test::wait_until_quiet()) return false;

        std::array<std::optional<int>, 3> values{77, 77, 77};
        bool is_refused = false;
        const int chosen = choose(how, channels, values, is_refused);
        seen->insert(chosen);
        bool is_right = wanted().contains(chosen);
        EXPECT_TRUE(is_right) << describe() << ": went through case " << chosen;
        if (how == mode::in_order && chosen != *wanted().begin()) {
            ADD_FAILURE() << describe() << ": case " << chosen << " is not the first that is ready";
            is_right = false;
        }
        if (!is_right) return false;
        if (chosen != nothing) apply(chosen, expected, values, is_refused);
        if (has_peers && !gofer_test::wait_until_quiet()) return false;
        for (std::size_t i = 0; i < channels.size(); ++i) {
            if (channels[i]->agrees(expected[i])) continue;
            ADD_FAILURE() << describe() << ": after case " << chosen;
            return false;
        }
        return !::testing::Test::HasFailure();
    }

    /// Goes through the case in the naive world, and compares what came of it.
    void apply(int chosen, std::vector<naive>& expected,
               const std::array<std::optional<int>, 3>& values, bool is_refused) const {
        const auto index = static_cast<std::size_t>(chosen);
        const alternative& a = cases_[index];
        naive& channel = expected[a.channel];
        EXPECT_EQ(is_refused, a.is_send && channel.of.is_closed) << describe();
        if (!a.is_send) {
            EXPECT_EQ(values[index], channel.receive()) << describe();
        } else if (!is_refused) {
            channel.send(selected_value);
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i != index || a.is_send) {
                EXPECT_EQ(values[i], 77) << describe() << ": case " << i;
            }
        }
    }

    /// Each case is written in both directions, one of them on the nil channel.
    int choose(mode how, const std::vector<std::unique_ptr<real>>& channels,
               std::array<std::optional<int>, 3>& v, bool& is_refused) const {
        std::array<chan<int>, 3> from;
        std::array<chan<int>, 3> to;
        for (std::size_t i = 0; i < cases_.size(); ++i) {
            (cases_[i].is_send ? to : from)[i] = channels[cases_[i].channel]->handle();
        }
        constexpr int x = selected_value;
        constexpr int channel_cases = 6;
        int position = 0;
        try {
            switch (how) {
            case mode::otherwise:
                position = select(recv_into(from[0], v[0]), send_from(to[0], x),
                                  recv_into(from[1], v[1]), send_from(to[1], x),
                                  recv_into(from[2], v[2]), send_from(to[2], x), otherwise());
                break;
            case mode::timeout:
                position =
                    select(recv_into(from[0], v[0]), send_from(to[0], x), recv_into(from[1], v[1]),
                           send_from(to[1], x), recv_into(from[2], v[2]), send_from(to[2], x),
                           gofer::timeout(std::chrono::seconds(0)));
                break;
            case mode::in_order:
                position = gofer::select_in_order(recv_into(from[0], v[0]), send_from(to[0], x),
                                                  recv_into(from[1], v[1]), send_from(to[1], x),
                                                  recv_into(from[2], v[2]), send_from(to[2], x),
                                                  otherwise());
                break;
            case mode::wait:
                position =
                    select(recv_into(from[0], v[0]), send_from(to[0], x), recv_into(from[1], v[1]),
                           send_from(to[1], x), recv_into(from[2], v[2]), send_from(to[2], x));
                break;
            }
        } catch (const gofer::channel_error&) {
            is_refused = true;
            return refused_case(how);
        }
        return position == channel_cases ? nothing : position / 2;
    }

    /// Which send threw: not said by select. Only one of them can be closed, or it does not matter.
    [[nodiscard]] int refused_case(mode how) const {
        std::vector<int> closed;
        for (std::size_t i = 0; i < cases_.size(); ++i) {
            if (cases_[i].is_send && states_[cases_[i].channel].is_closed) {
                closed.push_back(static_cast<int>(i));
            }
        }
        if (closed.empty()) return static_cast<int>(cases_.size()); // never among the possible
        if (how == mode::in_order) return closed.front();
        return closed[next_closed_++ % closed.size()];
    }

    [[nodiscard]] std::string describe() const {
        std::string text;
        for (const alternative& a : cases_) {
            text +=
                (text.empty() ? "" : ", ") + std::string(a.is_send ? "send to " : "receive from ");
            text += std::to_string(a.channel) + " (" + states_[a.channel].name + ")";
        }
        return text;
    }

    std::vector<state> states_;
    std::vector<alternative> cases_;
    std::set<int> possible_;
    mutable std::size_t next_closed_ = 0;
};

/// Runs an experiment and counts it, so that a test can tell that none was left out.
class laboratory {
public:
    [[nodiscard]] bool run(std::vector<state> states, std::vector<alternative> cases) {
        if (!experiment(std::move(states), std::move(cases)).run()) {
            ADD_FAILURE() << "experiment " << done_;
            return false;
        }
        ++done_;
        return true;
    }
    [[nodiscard]] std::size_t done() const { return done_; }

private:
    std::size_t done_ = 0;
};

TEST(every_select, over_one_channel_has_the_outcomes_of_the_naive_one) {
    run_test([] {
        laboratory lab;
        for (const state& s : all_states) {
            for (const bool is_send : {false, true}) {
                if (!lab.run({s}, {{0, is_send}})) return;
            }
        }
        EXPECT_EQ(lab.done(), 2 * all_states.size());
    });
}

TEST(every_select, with_two_cases_on_one_channel_has_the_outcomes_of_the_naive_one) {
    run_test([] {
        laboratory lab;
        for (const state& s : all_states) {
            for (unsigned sends = 0; sends < 4; ++sends) {
                if (!lab.run({s}, {{0, (sends & 1) != 0}, {0, (sends & 2) != 0}})) return;
            }
        }
        EXPECT_EQ(lab.done(), 4 * all_states.size());
    });
}

TEST(every_select, over_two_channels_has_the_outcomes_of_the_naive_one) {
    run_test([] {
        laboratory lab;
        for (const state& a : all_states) {
            for (const state& b : all_states) {
                for (unsigned sends = 0; sends < 4; ++sends) {
                    if (!lab.run({a, b}, {{0, (sends & 1) != 0}, {1, (sends & 2) != 0}})) return;
                }
            }
        }
        EXPECT_EQ(lab.done(), 4 * all_states.size() * all_states.size());
    });
}

TEST(every_select, with_three_cases_on_two_channels_has_the_outcomes_of_the_naive_one) {
    run_test([] {
        laboratory lab;
        for (std::size_t a = 0; a < states_of_three; ++a) {
            for (std::size_t b = 0; b < states_of_three; ++b) {
                for (unsigned sends = 0; sends < 8; ++sends) {
                    if (!lab.run({all_states[a], all_states[b]}, {{0, (sends & 1) != 0},
                                                                  {1, (sends & 2) != 0},
                                                                  {0, (sends & 4) != 0}})) {
                        return;
                    }
                }
            }
        }
        EXPECT_EQ(lab.done(), 8 * states_of_three * states_of_three);
    });
}

/// The order of the channels is left out: choices are symmetric, which the fairness tests show.
TEST(every_select, over_three_channels_has_the_outcomes_of_the_naive_one) {
    run_test([] {
        laboratory lab;
        constexpr std::size_t options = 2 * states_of_three;
        for (std::size_t a = 0; a < options; ++a) {
            for (std::size_t b = a; b < options; ++b) {
                for (std::size_t c = b; c < options; ++c) {
                    if (!lab.run({all_states[a / 2], all_states[b / 2], all_states[c / 2]},
                                 {{0, a % 2 != 0}, {1, b % 2 != 0}, {2, c % 2 != 0}})) {
                        return;
                    }
                }
            }
        }
        EXPECT_EQ(lab.done(), options * (options + 1) * (options + 2) / 6);
    });
}

} // namespace
