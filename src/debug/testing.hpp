// SPDX-License-Identifier: Apache-2.0
//
// What tests wait for instead of sleeping: named states of goroutines.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gofer::rt::testing {

/// How many goroutines wait. A snapshot under the gate. Outside.
std::size_t parked_count();
/// Whether this goroutine does.
bool is_parked(std::uint64_t goid);

} // namespace gofer::rt::testing
