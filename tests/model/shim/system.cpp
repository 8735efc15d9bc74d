// SPDX-License-Identifier: Apache-2.0
//
// The operating system as the runtime's sources see it in model tests: their functions, answered by
// the model.
#include <string>

#include "base/check.hpp"
#include "base/fatal.hpp"
#include "checker/explore.hpp"
#include "platform/futex.hpp"
#include "platform/membarrier.hpp"
#include "seam/byte_lock.hpp"

namespace gofer::rt {

void check_failed(const char* what, const char* file, int line) noexcept {
    model::check_failed(what, file, line);
}

void fatal(std::string_view what) noexcept {
    model::execution::current->fail(model::failure_kind::check, "fatal: " + std::string(what));
}

void rt_bug(std::string_view what) noexcept {
    model::execution::current->fail(model::failure_kind::check, "rt_bug: " + std::string(what));
}

void futex_wait(atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t timeout_ns) {
    model::futex_wait(word, expected, timeout_ns >= 0);
}

void futex_wake(atomic<std::uint32_t>& word, int n) {
    model::futex_wake(word, n < 0 ? model::thread_count_max : static_cast<std::uint32_t>(n));
}

void membarrier() {
    model::membarrier();
}

/// Waits by the model's yield instead of by time: the back-off is no part of the protocol.
void byte_lock::lock_slow() {
    while (!try_lock()) cpu_pause();
}

namespace seam {
std::uint64_t ticks_per_us = 1;
} // namespace seam

} // namespace gofer::rt
