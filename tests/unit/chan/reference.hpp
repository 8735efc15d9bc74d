// SPDX-License-Identifier: Apache-2.0
//
// A channel as naive as can be: the rules of Go's specification on two deques, one operation at a
// time. What the real one must agree with.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace gofer_test {

/// How an operation of a goroutine ended.
enum class outcome { waits, sent, received, refused, ended };

/// What is known of one operation that may wait.
struct operation {
    outcome state = outcome::waits;
    int value = -1; ///< what was received

    friend bool operator==(const operation&, const operation&) = default;
};

/// Operations are known by their number; waiting ones complete later, as a consequence of others.
class reference_chan {
public:
    explicit reference_chan(std::size_t capacity) : capacity_(capacity) {}

    [[nodiscard]] const std::vector<operation>& operations() const { return operations_; }
    [[nodiscard]] std::size_t len() const { return buffer_.size(); }
    [[nodiscard]] bool is_closed() const { return is_closed_; }
    [[nodiscard]] bool is_anybody_waiting() const {
        return !receivers_.empty() || !senders_.empty();
    }

    void start_send(int value) {
        operations_.emplace_back();
        if (is_closed_) {
            operations_.back().state = outcome::refused;
        } else if (deliver(value)) {
            operations_.back().state = outcome::sent;
        } else {
            senders_.emplace_back(operations_.size() - 1, value);
        }
    }

    void start_recv() {
        operations_.emplace_back();
        if (const auto value = take()) {
            operations_.back() = {outcome::received, *value};
        } else if (is_closed_) {
            operations_.back().state = outcome::ended;
        } else {
            receivers_.push_back(operations_.size() - 1);
        }
    }

    [[nodiscard]] outcome try_send(int value) {
        if (is_closed_) return outcome::refused;
        return deliver(value) ? outcome::sent : outcome::waits;
    }

    /// The value, or why there is none: ended or waits.
    [[nodiscard]] operation try_recv() {
        if (const auto value = take()) return {outcome::received, *value};
        return {is_closed_ ? outcome::ended : outcome::waits, -1};
    }

    /// False: it was closed already.
    [[nodiscard]] bool close() {
        if (is_closed_) return false;
        is_closed_ = true;
        for (const std::size_t r : receivers_) operations_[r].state = outcome::ended;
        for (const auto& [s, value] : senders_) operations_[s].state = outcome::refused;
        receivers_.clear();
        senders_.clear();
        return true;
    }

private:
    /// To the receiver that waits longest, else into the buffer. False: neither is there.
    bool deliver(int value) {
        if (!receivers_.empty()) {
            operations_[receivers_.front()] = {outcome::received, value};
            receivers_.pop_front();
            return true;
        }
        if (buffer_.size() == capacity_) return false;
        buffer_.push_back(value);
        return true;
    }

    /// The oldest value; the sender that waits longest goes on.
    std::optional<int> take() {
        if (!senders_.empty()) {
            buffer_.push_back(senders_.front().second); // one more than fits, for a moment
            operations_[senders_.front().first].state = outcome::sent;
            senders_.pop_front();
        }
        if (buffer_.empty()) return std::nullopt;
        const int value = buffer_.front();
        buffer_.pop_front();
        return value;
    }

    std::size_t capacity_;
    std::deque<int> buffer_;
    std::deque<std::pair<std::size_t, int>> senders_;
    std::deque<std::size_t> receivers_;
    std::vector<operation> operations_;
    bool is_closed_ = false;
};

} // namespace gofer_test
