// SPDX-License-Identifier: Apache-2.0
//
// Runs one sequence of operations on a real channel and on the naive one, and demands that they
// agree after each step: outcomes, values, length, and who still waits.
//
// An operation that may wait is done by a goroutine of its own. Before each comparison the driver
// waits until every goroutine has ended or is parked, so that the outcome is determined.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kinds.hpp"
#include "reference.hpp"
#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace gofer_test {

enum class step { send, recv, try_send, try_recv, close };
inline constexpr int steps = 5;

template <class T>
class comparison {
public:
    explicit comparison(std::size_t capacity)
        : real_(gofer::make_chan<T>(capacity)), naive_(capacity) {}

    /// Lets those go on that still wait, without looking at what they get.
    ~comparison() {
        if (!naive_.is_closed()) real_.close();
        EXPECT_TRUE(eventually([] { return gofer::num_goroutine() == 1; }));
    }
    comparison(const comparison&) = delete;
    comparison& operator=(const comparison&) = delete;

    /// Does one step on both. False: they disagree, and the test has failed.
    bool take(step s) {
        trace_ += name(s);
        switch (s) {
        case step::send:
            start_send(next_++);
            break;
        case step::recv:
            start_recv();
            break;
        case step::try_send:
            compare_try_send(next_++);
            break;
        case step::try_recv:
            compare_try_recv();
            break;
        case step::close:
            compare_close();
            break;
        }
        EXPECT_TRUE(wait_until_quiet());
        compare_all();
        if (::testing::Test::HasFailure()) {
            ADD_FAILURE() << "capacity " << real_.cap() << ", steps" << trace_;
            return false;
        }
        return true;
    }

private:
    static const char* name(step s) {
        static constexpr const char* names[] = {" send", " recv", " try_send", " try_recv",
                                                " close"};
        return names[static_cast<int>(s)];
    }

    /// How the operation of a goroutine ended: written by it, looked at by the driver.
    class result {
    public:
        void complete(outcome how, int value = -1) {
            value_ = value;
            state_.store(how, std::memory_order_release); // pairs: look
        }
        [[nodiscard]] operation look() const {
            const outcome now = state_.load(std::memory_order_acquire); // pairs: complete
            return now == outcome::waits ? operation{} : operation{now, value_};
        }

    private:
        std::atomic<outcome> state_{outcome::waits};
        int value_ = -1;
    };

    void start_send(int value) {
        naive_.start_send(value);
        auto done = results_.emplace_back(std::make_shared<result>());
        gofer::go([c = real_, value, done] {
            try {
                c.send(kind<T>::make(value));
                done->complete(outcome::sent);
            } catch (const gofer::channel_error&) {
                done->complete(outcome::refused);
            }
        });
    }

    void start_recv() {
        naive_.start_recv();
        auto done = results_.emplace_back(std::make_shared<result>());
        gofer::go([c = real_, done] {
            if (const auto value = c.recv()) {
                done->complete(outcome::received, kind<T>::number(*value));
            } else {
                done->complete(outcome::ended);
            }
        });
    }

    void compare_try_send(int number) {
        T value = kind<T>::make(number);
        const auto status = real_.try_send(value);
        const outcome expected = naive_.try_send(number);
        EXPECT_EQ(status, expected == outcome::sent      ? gofer::chan_status::ok
                          : expected == outcome::refused ? gofer::chan_status::closed
                                                         : gofer::chan_status::full);
        if (status != gofer::chan_status::ok) {
            EXPECT_EQ(kind<T>::number(value), number);
        }
    }

    void compare_try_recv() {
        T value = kind<T>::make(0);
        const auto status = real_.try_recv(value);
        const operation expected = naive_.try_recv();
        EXPECT_EQ(status, expected.state == outcome::received ? gofer::chan_status::ok
                          : expected.state == outcome::ended  ? gofer::chan_status::closed
                                                              : gofer::chan_status::empty);
        if (status == gofer::chan_status::ok) {
            EXPECT_EQ(kind<T>::number(value), expected.value);
        }
    }

    void compare_close() {
        bool is_refused = false;
        try {
            real_.close();
        } catch (const gofer::channel_error&) {
            is_refused = true;
        }
        EXPECT_EQ(is_refused, !naive_.close());
    }

    void compare_all() {
        EXPECT_EQ(real_.len(), naive_.len());
        ASSERT_EQ(results_.size(), naive_.operations().size());
        for (std::size_t i = 0; i < results_.size(); ++i) {
            const operation& expected = naive_.operations()[i];
            const operation got = results_[i]->look();
            EXPECT_EQ(static_cast<int>(got.state), static_cast<int>(expected.state))
                << "operation " << i;
            EXPECT_EQ(got.value, expected.value) << "operation " << i;
        }
    }

    gofer::chan<T> real_;
    reference_chan naive_;
    std::vector<std::shared_ptr<result>> results_;
    int next_ = 1;
    std::string trace_;
};

} // namespace gofer_test
