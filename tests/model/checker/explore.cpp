// SPDX-License-Identifier: Apache-2.0
//
// The loop over executions.
#include "checker/explore.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace model {

command_line overrides;
std::uint32_t failures_found = 0;

const char* text_of(failure_kind kind) {
    switch (kind) {
    case failure_kind::none:
        return "no failure";
    case failure_kind::check:
        return "check failed";
    case failure_kind::race:
        return "data race";
    case failure_kind::deadlock:
        return "deadlock";
    case failure_kind::livelock:
        return "livelock";
    case failure_kind::exception:
        return "exception";
    }
    return "?";
}

void check_failed(const char* what, const char* file, int line) {
    if (execution::current == nullptr) {
        std::fprintf(stderr, "%s:%d: %s does not hold, outside of an execution\n", file, line,
                     what);
        std::abort();
    }
    const std::string text =
        std::string(what) + " does not hold, " + file + ":" + std::to_string(line) + ", in";
    const thread_id by = execution::current->running();
    execution::current->fail(failure_kind::check, text, by, by);
}

namespace {

using steady = std::chrono::steady_clock;

/// The state of one call of explore.
class search {
public:
    search(const options& o, const body& b)
        : options_(o), body_(b), execution_(choices_, options_) {
        if (overrides.seconds_max > 0) options_.seconds_max = overrides.seconds_max;
        if (overrides.preemptions != ~0U) options_.preemptions = overrides.preemptions;
        if (overrides.seed != 0) options_.seed = overrides.seed;
        bound_ = options_.preemptions;
    }

    result replay() {
        choices_.start_replay(overrides.replay);
        execute(bound_, nullptr);
        std::printf("replayed %s:\n%s", options_.name, execution_.report().c_str());
        result_.is_complete = true;
        return finish();
    }

    result randomly() {
        choices_.start_random(options_.seed);
        while (result_.executions < options_.random_executions && !is_out_of_time()) {
            if (!execute(bound_, nullptr)) return finish();
            choices_.advance();
        }
        result_.is_complete = result_.executions >= options_.random_executions;
        return finish();
    }

    /// By rising bounds, so that a failure is found with as few pre-emptions as it needs.
    result exhaustively() {
        for (bound_ = 0; bound_ <= options_.preemptions; ++bound_) {
            visited_states visited;
            choices_.start_search();
            do {
                if (is_out_of_time()) return finish();
                if (!execute(bound_, options_.is_pruning ? &visited : nullptr)) return finish();
            } while (choices_.advance());
        }
        result_.is_complete = true;
        return finish();
    }

private:
    bool is_out_of_time() {
        // A look at the clock each time would cost as much as a short execution.
        constexpr std::uint64_t executions_between = 64;
        if (result_.executions % executions_between != 0) return false;
        return seconds() > options_.seconds_max;
    }

    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(steady::now() - started_).count();
    }

    /// False: it failed.
    bool execute(std::uint32_t preemptions, visited_states* visited) {
        if (execution::current != nullptr) throw std::logic_error("model: explore inside explore");
        execution_.begin(preemptions, visited);
        execution::current = &execution_;
        ++result_.executions;
        run r(execution_);
        try {
            body_(r);
        } catch (const execution_ended&) {
            // Its reason is in the execution.
        } catch (...) {
            execution::current = nullptr;
            throw;
        }
        execution::current = nullptr;
        if (execution_.is_pruned()) ++result_.pruned;
        if (execution_.failure() == failure_kind::none && !r.is_finished()) {
            throw std::logic_error("model: the body does not call finally");
        }
        return execution_.failure() == failure_kind::none;
    }

    result finish() {
        result_.seconds = seconds();
        result_.failure = execution_.failure();
        result_.preemptions = std::min(bound_, options_.preemptions);
        std::printf("model %s: %llu executions (%llu pruned), %.2f s, ", options_.name,
                    static_cast<unsigned long long>(result_.executions),
                    static_cast<unsigned long long>(result_.pruned), result_.seconds);
        if (result_.failure != failure_kind::none) {
            ++failures_found;
            result_.replay = choices_.text();
            result_.report = options_.name + std::string(": ") + execution_.report() + "with " +
                             std::to_string(execution_.preemptions()) +
                             " pre-emptions; to replay it: --replay=" + result_.replay +
                             " --preemptions=" + std::to_string(bound_) +
                             " --seed=" + std::to_string(options_.seed) + "\n";
            std::printf("%s\n", text_of(result_.failure));
        } else if (!result_.is_complete) {
            std::printf("CUT: the budget of %g s ended the search; what was not searched may "
                        "fail\n",
                        options_.seconds_max);
        } else if (options_.random_executions != 0) {
            std::printf("random, seed %llu\n", static_cast<unsigned long long>(options_.seed));
        } else {
            std::printf("complete at %u pre-emptions", options_.preemptions);
            if (options_.delays != ~0U) std::printf(" and %u delays", options_.delays);
            std::printf("\n");
        }
        std::fflush(stdout);
        return result_;
    }

    options options_;
    const body& body_;
    choices choices_;
    execution execution_;
    result result_;
    std::uint32_t bound_ = 0; ///< pre-emptions of the current round
    steady::time_point started_ = steady::now();
};

} // namespace

result explore(const options& o, const body& b) {
    search s(o, b);
    if (!overrides.replay.empty()) return s.replay();
    return o.random_executions != 0 ? s.randomly() : s.exhaustively();
}

} // namespace model
