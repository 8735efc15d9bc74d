// SPDX-License-Identifier: Apache-2.0
//
// Waiting until goroutines have reached a named state, instead of sleeping and hoping.
#pragma once

#include <cstddef>
#include <cstdint>

#include "debug/testing.hpp"
#include "gofer/gofer.hpp"
#include "support/fixture.hpp"

namespace gofer_test {

/// Waits until the goroutine is parked. False: it was not within `patience`.
[[nodiscard]] inline bool wait_until_parked(std::uint64_t goid) {
    return eventually([=] { return gofer::rt::testing::is_parked(goid); });
}

/// Waits until `n` goroutines are parked.
[[nodiscard]] inline bool wait_until_parked_count(std::size_t n) {
    return eventually([=] { return gofer::rt::testing::parked_count() == n; });
}

/// Waits until every goroutine but the caller is parked or has ended. For a caller that alone
/// starts goroutines: the number of those that live can then only fall, so that reading it first
/// and finding as many parked afterwards proves that nobody else can run.
[[nodiscard]] inline bool wait_until_quiet() {
    return eventually([] {
        const std::size_t others = gofer::num_goroutine() - 1;
        return gofer::rt::testing::parked_count() == others;
    });
}

} // namespace gofer_test
