// SPDX-License-Identifier: Apache-2.0
//
// The answers of the channel operations that may refuse.
#pragma once

#include <cstdint>

namespace gofer {

enum class chan_status : std::uint8_t {
    ok,       ///< the value changed hands
    empty,    ///< nothing to receive just now
    full,     ///< no room and no receiver just now
    closed,   ///< closed; for a receive: and drained
    canceled, ///< the context ended first
    timeout,  ///< the time ran out first
};

} // namespace gofer
