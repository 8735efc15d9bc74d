// SPDX-License-Identifier: Apache-2.0
//
// One execution of a body: its threads, who of them goes on, and what ends it.
//
// I1  Threads are fibers of one OS thread. They change only at operations on shared state, before
//     the operation; what lies between two of them is one step.
// I2  Leaving a thread that could go on is a pre-emption; their number is bounded in a search.
//     Going on elsewhere when a thread sleeps, yields or ends costs nothing.
// I3  A thread that yielded goes on when another has stored something since it last did, or, if
//     nobody else can go on, when time passes: that helps only those that looked at the clock.
// I4  A failed or pruned execution is abandoned where it stands: destructors on the stacks of its
//     threads do not run, so what they own must not be more than memory on those stacks.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "checker/fiber.hpp"
#include "checker/memory.hpp"
#include "checker/options.hpp"

namespace model {

/// Why the body is left early; caught by explore. Only the test's own context throws it.
struct execution_ended {};

/// States of all executions so far, with the fewest pre-emptions by which each was reached; once
/// with the thread that was running, once without.
using visited_states = std::unordered_map<std::uint64_t, std::uint32_t>;

class execution {
public:
    execution(choices& c, const options& o);

    /// The running one; null outside of explore. Operations on atomics then are plain.
    static execution* current;
    /// Counts all executions: an object made in an earlier one is not known to this one.
    static inline std::uint32_t number = 0;

    void begin(std::uint32_t preemptions_max, visited_states* visited);
    void add_thread(std::string name, std::function<void()> body);
    /// Runs all threads to their ends. Throws execution_ended if that fails or is pruned.
    void run_threads();

    /// The door of every operation: who goes on? Returns when the caller does.
    void before_operation();
    void yield();
    /// False: the word did not hold `expected`, or time ran out.
    bool futex_wait(location_id where, word expected, bool has_timeout);
    std::uint32_t futex_wake(location_id where, std::uint32_t count);
    std::uint32_t choose(std::uint32_t count);
    std::uint64_t now_ns();

    /// Ends the execution as failed. `other` is the thread that it is about beside `by`.
    [[noreturn]] void fail(failure_kind kind, const std::string& what, thread_id other,
                           thread_id by);
    [[noreturn]] void fail(failure_kind kind, const std::string& what);

    [[nodiscard]] thread_id running() const { return running_; }
    [[nodiscard]] bool is_pruned() const { return is_pruned_; }
    [[nodiscard]] failure_kind failure() const { return failure_; }
    [[nodiscard]] std::size_t steps() const { return trace_.size(); }
    [[nodiscard]] std::uint32_t preemptions() const { return preemptions_; }
    [[nodiscard]] std::string report() const;

    memory shared;
    trace& steps_done() { return trace_; }

private:
    enum class status : std::uint8_t { ready, yielded, sleeping, ended };
    struct thread {
        fiber flow;
        std::string name;
        std::function<void()> body;
        status state = status::ready;
        std::uint32_t stores_seen = 0; ///< of others, when it last came back from a yield
        bool has_read_clock = false;   ///< since its last yield: passing time helps it
        location_id sleeps_on = 0;
        bool has_timeout = false;
        bool was_woken = false;
        std::uint64_t priority = 0; ///< random mode
    };
    struct candidates {
        std::array<thread_id, thread_count_max> ids{};
        std::uint32_t count = 0;
    };

    static void thread_main(void* self);
    void end_thread();
    void go_on(bool can_stay);
    void switch_to(thread_id next);
    [[noreturn]] void leave();
    bool prune(bool can_stay);
    candidates who_can_go_on(bool can_stay);
    [[nodiscard]] bool can_go_on(thread_id t) const;
    [[nodiscard]] std::uint32_t stores_of_others(thread_id t) const;
    bool let_time_pass();
    [[nodiscard]] std::uint32_t preference(const candidates& c);
    [[nodiscard]] std::uint64_t state_hash() const;
    [[nodiscard]] std::string who_waits() const;

    choices& choices_;
    const options& options_;
    trace trace_;
    std::array<thread, thread_count_max> threads_;
    std::vector<thread_id> sleepers_; ///< in futexes, first come first
    thread_id running_ = main_thread;
    bool is_launching_ = false;
    std::uint32_t preemptions_ = 0;
    std::uint32_t preemptions_max_ = 0;
    std::uint32_t forced_visible_ = 0; ///< stores that became visible since nobody could go on
    std::uint32_t jumps_ = 0;          ///< of the clock, early
    std::uint64_t now_ns_ = 0;
    visited_states* visited_ = nullptr;
    bool is_pruned_ = false;
    failure_kind failure_ = failure_kind::none;
    std::string failure_text_;
    std::array<std::size_t, random_changes> change_points_{};
    std::size_t steps_most_ = random_steps_guess;
};

} // namespace model
