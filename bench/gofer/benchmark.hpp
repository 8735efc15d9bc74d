// SPDX-License-Identifier: Apache-2.0
//
// What a benchmark body is given: sizes, a clock, checks and notes; and what it gives back.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// The outcome of running a body once.
struct sample {
    double figure;           ///< in the benchmark's unit
    std::int64_t iterations; ///< operations done
    std::chrono::nanoseconds elapsed;
};

enum class placement {
    on_all_workers, ///< every sample in this process, on WORKERS contexts
    on_one_worker,  ///< the same on one context, whatever WORKERS says
    fresh_process,  ///< each sample in a process that has run nothing before it, without a warm-up
};

struct benchmark {
    const char* name;
    const char* unit;
    sample (*body)();
    placement where = placement::on_all_workers;
};

/// How much a body does: `full`, or `tiny` under --tiny, where only the results are of interest.
std::int64_t size(std::int64_t full, std::int64_t tiny) noexcept;
void use_tiny_sizes() noexcept;

/// Ends the program if a benchmark computed a wrong result.
void check(const char* what, std::int64_t got, std::int64_t want);

/// A secondary figure. Its median over the samples goes to standard error, on a line with a '#'.
struct note {
    std::string description;
    double value;
};
void add_note(std::string description, double value);
/// The notes since the last call.
std::vector<note> take_notes();

template <class Body>
std::chrono::nanoseconds time_of(Body&& body) {
    const auto start = std::chrono::steady_clock::now();
    body();
    return std::chrono::steady_clock::now() - start;
}

inline double per_op(std::chrono::nanoseconds elapsed, std::int64_t ops) {
    return static_cast<double>(elapsed.count()) / static_cast<double>(ops);
}

/// The nanoseconds that each of `ops` operations took.
template <class Body>
sample time_per_op(std::int64_t ops, Body&& body) {
    const auto elapsed = time_of(body);
    return {per_op(elapsed, ops), ops, elapsed};
}

/// The milliseconds that the whole body took.
template <class Body>
sample time_in_ms(Body&& body) {
    const auto elapsed = time_of(body);
    return {std::chrono::duration<double, std::milli>(elapsed).count(), 1, elapsed};
}

} // namespace bench
