// SPDX-License-Identifier: Apache-2.0
//
// What a search is told, and what it answers.
#pragma once

#include <cstdint>
#include <string>

namespace model {

struct options {
    const char* name = "model";
    /// Every schedule with at most so many pre-emptions is searched. Most bugs need one or two.
    std::uint32_t preemptions = 2;
    /// Who goes on when a thread sleeps, yields or ends is a pre-emption too, unless it is the next
    /// one in turn: delay bounding (Emmi, Qadeer, Rakamaric 2011). For bodies with many spins.
    bool is_counting_turns = false;
    /// So many times in an execution stores may be kept in a buffer although somebody looks at
    /// their locations. As long as the buffer's thread does not go on, that is once.
    std::uint32_t delays = ~0U;
    /// The clock may run on at a moment of its own choosing so many times in an execution.
    std::uint32_t clock_jumps = 1;
    /// futex_wait may return for no reason; each time counts as a pre-emption.
    bool has_spurious_wakes = false;
    /// An execution of more steps than this is a livelock.
    std::uint32_t steps_max = 5000;
    /// A search that takes longer is cut, and says so.
    double seconds_max = 60;
    /// Leave out what is reached by two ways the second time.
    bool is_pruning = true;
    /// Not 0: instead of the search, so many executions with random priorities.
    std::uint64_t random_executions = 0;
    std::uint64_t seed = 1;
};

enum class failure_kind : std::uint8_t { none, check, race, deadlock, livelock, exception };

const char* text_of(failure_kind kind);

struct result {
    failure_kind failure = failure_kind::none;
    /// Everything within the bounds was searched (or all random executions were done).
    bool is_complete = false;
    std::uint64_t executions = 0;
    std::uint64_t pruned = 0; ///< of these, given up since their state was known
    double seconds = 0;
    std::uint32_t preemptions = 0; ///< the bound that was reached, or under which it failed
    std::string replay;            ///< of the failure
    std::string report;            ///< of the failure: what, and every step that led there

    [[nodiscard]] bool has_passed() const { return failure == failure_kind::none && is_complete; }
};

/// Set from the command line by main.cpp; they go before the options in the test.
struct command_line {
    std::string replay; ///< not empty: this one execution only, printed
    double seconds_max = 0;
    std::uint32_t preemptions = ~0U;
    std::uint64_t seed = 0;
};
extern command_line overrides;
/// How many searches have failed in this process.
extern std::uint32_t failures_found;

/// Places where a random execution changes the priorities, as PCT does (Burckhardt et al. 2010).
inline constexpr std::uint32_t random_changes = 3;
/// Steps of an execution, before the first one has shown its length.
inline constexpr std::uint32_t random_steps_guess = 64;

} // namespace model
