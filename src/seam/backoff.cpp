// SPDX-License-Identifier: Apache-2.0
//
// See backoff.hpp.
#include "seam/backoff.hpp"

#include <sched.h>

namespace gofer::rt {

void backoff::yield() {
    ::sched_yield();
}

} // namespace gofer::rt
