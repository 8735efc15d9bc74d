// SPDX-License-Identifier: Apache-2.0
//
// See futex.hpp.
#include "platform/futex.hpp"

#include <cerrno>
#include <climits>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace gofer::rt {

void futex_wait(atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t timeout_ns) {
    const int saved_errno = errno;
    timespec timeout{static_cast<time_t>(timeout_ns / 1'000'000'000),
                     static_cast<long>(timeout_ns % 1'000'000'000)};
    ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, timeout_ns < 0 ? nullptr : &timeout,
              nullptr, 0);
    errno = saved_errno;
}

void futex_wake(atomic<std::uint32_t>& word, int n) {
    const int saved_errno = errno;
    ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, n < 0 ? INT_MAX : n, nullptr, nullptr, 0);
    errno = saved_errno;
}

} // namespace gofer::rt
