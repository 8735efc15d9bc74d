// SPDX-License-Identifier: Apache-2.0
//
// Why a goroutine waits, in the words of Go's dumps.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gofer::rt {

enum class wait_reason : std::uint8_t {
    none,
    chan_receive,
    chan_send,
    chan_receive_nil,
    chan_send_nil,
    countdown,
    sleep,
    select,
    select_no_cases,
    mutex,
    count_of_reasons,
};

constexpr const char* text_of(wait_reason reason) {
    constexpr const char* texts[] = {
        "",
        "chan receive",
        "chan send",
        "chan receive (nil chan)",
        "chan send (nil chan)",
        "wait group or task",
        "sleep",
        "select",
        "select (no cases)",
        "mutex lock",
    };
    static_assert(sizeof texts / sizeof texts[0] ==
                  static_cast<std::size_t>(wait_reason::count_of_reasons));
    return texts[static_cast<std::size_t>(reason)];
}

} // namespace gofer::rt
