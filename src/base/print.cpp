// SPDX-License-Identifier: Apache-2.0
//
// See print.hpp.
#include "base/print.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <unistd.h>

namespace gofer::rt {

printer& printer::operator<<(std::string_view text) {
    while (!text.empty()) {
        if (used_ == sizeof text_) flush();
        const std::size_t n = std::min(text.size(), sizeof text_ - used_);
        std::memcpy(text_ + used_, text.data(), n);
        used_ += n;
        text.remove_prefix(n);
    }
    return *this;
}

printer& printer::operator<<(std::uint64_t n) {
    char digits[20];
    std::size_t at = sizeof digits;
    do {
        digits[--at] = static_cast<char>('0' + n % 10);
        n /= 10;
    } while (n != 0);
    return *this << std::string_view(digits + at, sizeof digits - at);
}

printer& printer::operator<<(std::int64_t n) {
    if (n >= 0) return *this << static_cast<std::uint64_t>(n);
    return *this << '-' << (~static_cast<std::uint64_t>(n) + 1);
}

printer& printer::operator<<(const void* address) {
    char digits[16];
    std::size_t at = sizeof digits;
    auto n = reinterpret_cast<std::uintptr_t>(address);
    do {
        digits[--at] = "0123456789abcdef"[n % 16];
        n /= 16;
    } while (n != 0);
    return *this << "0x" << std::string_view(digits + at, sizeof digits - at);
}

void printer::flush() {
    const int saved_errno = errno;
    std::size_t done = 0;
    while (done < used_) {
        const ssize_t n = ::write(fd_, text_ + done, used_ - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break; // nobody reads: a report cannot do more
        done += static_cast<std::size_t>(n);
    }
    used_ = 0;
    errno = saved_errno;
}

} // namespace gofer::rt
