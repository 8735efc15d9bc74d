// SPDX-License-Identifier: Apache-2.0
//
// See report.hpp.
#include "chan/report.hpp"

#include <charconv>
#include <string>

#include <dlfcn.h>

#include "gofer/errors.hpp"

namespace gofer::detail {

namespace {

/// "capacity 3, length 2, made at main+0x1f (0x55...)".
std::string describe(const chan_core* c) {
    std::string text = "capacity " + std::to_string(c->capacity) + ", length " +
                       std::to_string(c->len()) + ", made at ";
    char address[2 + 16] = "0x";
    const auto end = std::to_chars(address + 2, address + sizeof address,
                                   reinterpret_cast<std::uintptr_t>(c->made_at), 16);
    Dl_info info{};
    if (::dladdr(c->made_at, &info) != 0 && info.dli_sname != nullptr) {
        return text + info.dli_sname + " (" + std::string(address, end.ptr) + ")";
    }
    return text + std::string(address, end.ptr);
}

} // namespace

void throw_send_closed(const chan_core* c) {
    throw channel_error("gofer: send on closed channel (" + describe(c) +
                        "); only the sending side should close, once all of its senders are done");
}

void throw_close_nil() {
    throw channel_error("gofer: close of nil channel; make one with gofer::make_chan first");
}

void throw_close_closed(const chan_core* c) {
    throw channel_error("gofer: close of closed channel (" + describe(c) +
                        "); close once, where the last value was sent");
}

void throw_huge_capacity(std::size_t capacity, std::size_t element_bytes) {
    throw usage_error("gofer: make_chan: a buffer of " + std::to_string(capacity) +
                      " elements of " + std::to_string(element_bytes) +
                      " bytes is larger than any memory; ask for less");
}

void throw_no_runtime(const char* what) {
    throw no_runtime(
        "gofer: " + std::string(what) +
        " would have to wait, and no runtime lives; start one with gofer::run or gofer::runtime");
}

} // namespace gofer::detail
