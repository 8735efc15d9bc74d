// SPDX-License-Identifier: Apache-2.0
//
// Sleeping on a word of memory and waking its sleepers. EINTR ends here.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"

namespace gofer::rt {

/// Sleeps while the word holds `expected`, at most `timeout_ns` (negative: without end). Returns
/// early for no reason at all sometimes: look at the word again.
void futex_wait(atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t timeout_ns = -1);

/// Wakes up to n sleepers. The word may be gone already: then nobody is woken, or somebody for
/// nothing.
void futex_wake(atomic<std::uint32_t>& word, int n = 1);

} // namespace gofer::rt
