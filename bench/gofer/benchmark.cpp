// SPDX-License-Identifier: Apache-2.0
//
// Sizes, checks and notes of the benchmark bodies.
#include "benchmark.hpp"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bench {

namespace {
// Written before the first runtime starts, by the main thread only.
bool is_tiny = false;
// Written by the main goroutine, read by the main thread when the runtime has ended.
std::vector<note> notes;
} // namespace

std::int64_t size(std::int64_t full, std::int64_t tiny) noexcept {
    return is_tiny ? tiny : full;
}

void use_tiny_sizes() noexcept {
    is_tiny = true;
}

void check(const char* what, std::int64_t got, std::int64_t want) {
    if (got == want) return;
    std::fprintf(stderr, "gofer_bench: %s: got %" PRId64 ", want %" PRId64 "\n", what, got, want);
    std::_Exit(1);
}

void add_note(std::string description, double value) {
    notes.push_back({std::move(description), value});
}

std::vector<note> take_notes() {
    return std::exchange(notes, {});
}

} // namespace bench
