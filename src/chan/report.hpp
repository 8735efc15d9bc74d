// SPDX-License-Identifier: Apache-2.0
//
// The texts of channel errors: what, which channel, made where, how to mend it.
#pragma once

#include <cstddef>

#include "chan/chan_core.hpp"

namespace gofer::detail {

[[noreturn]] void throw_close_nil();
[[noreturn]] void throw_close_closed(const chan_core* c);
[[noreturn]] void throw_huge_capacity(std::size_t capacity, std::size_t element_bytes);
[[noreturn]] void throw_no_runtime(const char* what);

} // namespace gofer::detail
