// SPDX-License-Identifier: Apache-2.0
//
// The choices of one execution, and the walk through the tree of all of them.
//
// An execution is a function of its choices: which thread goes on, whether a buffered store becomes
// visible, what choose() answers. The search executes the body again and again; each time all
// choices but the last are repeated, and the last one that has an alternative left takes it (depth
// first). One choice is one character of the replay string, '0' being the least surprising.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace model {

class choices {
public:
    /// Depth first from the beginning.
    void start_search();
    /// Random ones, the same for the same seed.
    void start_random(std::uint64_t seed);
    /// These, then zeros.
    void start_replay(const std::string& text);

    /// Goes back to the first choice, for the next execution.
    void rewind() { next_ = 0; }
    /// One of `count` (at least 1) alternatives. Random mode takes `preferred` where one is given.
    std::uint32_t pick(std::uint32_t count, std::uint32_t preferred = no_preference);
    /// The next pick is a new one: not repeated from the execution before.
    [[nodiscard]] bool is_at_frontier() const { return next_ == path_.size(); }
    /// Goes on to the next path of the search. False: every path has been walked.
    bool advance();
    [[nodiscard]] bool is_random() const { return mode_ == mode::random; }
    [[nodiscard]] std::mt19937_64& random() { return random_; }
    /// The choices made since rewind, for --replay.
    [[nodiscard]] std::string text() const;

    static constexpr std::uint32_t no_preference = ~0U;

private:
    enum class mode : std::uint8_t { search, random, replay };
    struct node {
        std::uint32_t picked;
        std::uint32_t count;
    };

    mode mode_ = mode::search;
    std::vector<node> path_;
    std::size_t next_ = 0;
    std::mt19937_64 random_;
};

} // namespace model
