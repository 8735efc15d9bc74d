// SPDX-License-Identifier: Apache-2.0
//
// The front of the checker: executes a body under every interleaving within the bounds.
//
//     auto r = model::explore({.name = "handover"}, [](model::run& run) {
//         model::atomic<int> ready{0};
//         model::var<int> data{0};
//         run.thread("giver", [&] { data = 1; ready.store(1, std::memory_order_release); });
//         run.thread("taker", [&] {
//             if (ready.load(std::memory_order_acquire) == 1) MODEL_CHECK(data == 1);
//         });
//         run.finally([&] { MODEL_CHECK(data == 1); });
//     });
//     EXPECT_MODEL_PASSES(r);
#pragma once

#include <functional>
#include <string>

#include "checker/execution.hpp"
#include "checker/options.hpp"

namespace model {

/// What a body says about one execution.
class run {
public:
    explicit run(execution& e) : execution_(e) {}

    /// A thread; it starts in `finally`. At most seven.
    void thread(std::string name, std::function<void()> body) {
        execution_.add_thread(std::move(name), std::move(body));
    }
    /// Runs the threads to their ends, then `check`, which sees everything that they did. The last
    /// thing that a body does.
    void finally(const std::function<void()>& check) {
        is_finished_ = true;
        execution_.run_threads();
        check();
    }
    [[nodiscard]] bool is_finished() const { return is_finished_; }

private:
    execution& execution_;
    bool is_finished_ = false;
};

/// Bodies do the same in every execution, but for what the model chooses.
using body = std::function<void(run&)>;

/// Searches, prints one line of figures, and for a failure its steps and how to replay it.
result explore(const options& o, const body& b);

/// MODEL_CHECK's.
[[noreturn]] void check_failed(const char* what, const char* file, int line);

} // namespace model

#define MODEL_CHECK(condition)                                                                     \
    (static_cast<bool>(condition) ? static_cast<void>(0)                                           \
                                  : ::model::check_failed(#condition, __FILE__, __LINE__))
