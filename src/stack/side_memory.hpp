// SPDX-License-Identifier: Apache-2.0
//
// Memory for the arena's own records: cut off large mappings, never given back, no malloc.
#pragma once

#include <cstddef>

namespace gofer::rt {

/// Zeroed bytes, aligned to 64; null: no memory. Any thread.
void* side_allocate(std::size_t bytes);

} // namespace gofer::rt
