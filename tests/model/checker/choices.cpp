// SPDX-License-Identifier: Apache-2.0
//
// The walk through the tree of choices.
#include "checker/choices.hpp"

#include <stdexcept>

namespace model {

namespace {
constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
} // namespace

void choices::start_search() {
    mode_ = mode::search;
    path_.clear();
    next_ = 0;
}

void choices::start_random(std::uint64_t seed) {
    mode_ = mode::random;
    random_.seed(seed);
    path_.clear();
    next_ = 0;
}

void choices::start_replay(const std::string& text) {
    mode_ = mode::replay;
    path_.clear();
    next_ = 0;
    for (const char digit : text) {
        const auto picked = digits.find(digit);
        if (picked == std::string_view::npos) {
            throw std::invalid_argument("--replay: a choice is one of 0-9 and a-z, not '" +
                                        std::string(1, digit) + "'");
        }
        path_.push_back({.picked = static_cast<std::uint32_t>(picked), .count = 0});
    }
}

std::uint32_t choices::pick(std::uint32_t count, std::uint32_t preferred) {
    if (count == 0 || count > digits.size())
        throw std::logic_error("model: a choice among too many");
    if (count == 1) return 0;
    if (next_ == path_.size()) {
        std::uint32_t picked = 0;
        if (mode_ == mode::random) {
            picked = preferred != no_preference ? preferred
                                                : static_cast<std::uint32_t>(random_() % count);
        }
        path_.push_back({.picked = picked, .count = count});
    }
    node& now = path_[next_++];
    if (now.count == 0) now.count = count;
    if (now.count != count || now.picked >= count) {
        throw std::logic_error("model: the body does not repeat itself: it reads a clock, an "
                               "address, a random number, or state left by the execution before");
    }
    return now.picked;
}

bool choices::advance() {
    next_ = 0;
    if (mode_ == mode::random) {
        path_.clear();
        return true;
    }
    if (mode_ == mode::replay) return false;
    while (!path_.empty() && path_.back().picked + 1 == path_.back().count) path_.pop_back();
    if (path_.empty()) return false;
    ++path_.back().picked;
    return true;
}

std::string choices::text() const {
    std::string text;
    for (std::size_t i = 0; i < next_; ++i) text += digits[path_[i].picked];
    text.erase(text.find_last_not_of('0') + 1);
    return text.empty() ? "0" : text;
}

} // namespace model
