// SPDX-License-Identifier: Apache-2.0
//
// The untyped half of select, implemented in src/chan/select.cpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gofer/detail/core.hpp"

namespace gofer::detail {

/// One case. Lies on the stack of who selects.
struct select_case {
    chan_core* channel = nullptr; ///< null: never ready
    void* element = nullptr;      ///< bytes to send, or room to receive
    bool is_send = false;
    bool is_closed = false; ///< out: the case was chosen because the channel is closed
    alignas(void*) std::byte waiter_room[48];
};

struct select_request {
    select_case* cases;
    std::uint32_t count;
    std::uint32_t* order;         ///< room for 2 * count numbers
    std::int64_t timeout_ns = -1; ///< negative: none
    bool has_otherwise = false;
    bool is_ordered = false; ///< the first ready case as written, instead of any
};

inline constexpr int select_otherwise = -1;
inline constexpr int select_timeout = -2;

/// Parks until one case has gone through. Returns its index, or one of the two above. Throws
/// no_runtime if it would have to wait and no runtime lives.
int select_wait(const select_request& r);

} // namespace gofer::detail
