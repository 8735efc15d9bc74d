// SPDX-License-Identifier: Apache-2.0
//
// Text to a file descriptor without heap, locks or stdio: for reports of a process in any state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gofer::rt {

/// Collects text and writes it when full, and at the end of its life. Async-signal-safe.
class printer {
public:
    explicit printer(int fd = 2) : fd_(fd) {}
    printer(const printer&) = delete;
    printer& operator=(const printer&) = delete;
    ~printer() { flush(); }

    printer& operator<<(std::string_view text);
    printer& operator<<(const char* text) { return *this << std::string_view(text); }
    printer& operator<<(char c) { return *this << std::string_view(&c, 1); }
    printer& operator<<(std::uint64_t n);
    printer& operator<<(std::int64_t n);
    printer& operator<<(int n) { return *this << static_cast<std::int64_t>(n); }
    printer& operator<<(unsigned n) { return *this << static_cast<std::uint64_t>(n); }
    printer& operator<<(const void* address);
    void flush();

private:
    int fd_;
    std::size_t used_ = 0;
    char text_[1024];
};

} // namespace gofer::rt
