// SPDX-License-Identifier: Apache-2.0
//
// Waiting for time to pass.
#pragma once

#include <chrono>

#include "gofer/detail/core.hpp"

namespace gofer {

namespace detail {
/// Parks for ns nanoseconds; zero or less: as gosched.
void sleep_ns(std::chrono::nanoseconds ns);

/// In nanoseconds, rounded up so that no wait ends early, and capped so that no sum overflows.
template <class Rep, class Period>
constexpr std::chrono::nanoseconds to_ns(std::chrono::duration<Rep, Period> d) {
    constexpr auto longest = std::chrono::hours(24 * 365 * 100);
    using exact =
        std::chrono::duration<long double, std::nano>; // comparing in d's own unit may overflow
    if (exact(d) >= exact(longest)) return longest;
    if (!(d > d.zero())) return std::chrono::nanoseconds::zero(); // not a number, too
    return std::chrono::ceil<std::chrono::nanoseconds>(d);
}
} // namespace detail

/// Parks the calling goroutine for at least d; a plain thread blocks. Zero or less: lets others run
/// and returns. Throws resource_error if there is no memory for the timer.
/// Mirrors time.Sleep.
template <class Rep, class Period>
void sleep(std::chrono::duration<Rep, Period> d) {
    detail::sleep_ns(detail::to_ns(d));
}

} // namespace gofer
