// SPDX-License-Identifier: Apache-2.0
//
// What cannot be started as a goroutine.
#include <functional>

#include "gofer/gofer.hpp"

void takes_int(int);
void takes_reference(int&);

void start(int n) {
    // Allowed.
    gofer::go(takes_int, n);
    gofer::go(takes_reference, std::ref(n));
    gofer::wait_group wg;
    wg.go(takes_int, n);
    gofer::async(takes_int, n).get();

#if defined(GO_WITH_TOO_FEW_ARGUMENTS)
    gofer::go(takes_int);
#elif defined(GO_WITH_A_WRONG_ARGUMENT)
    gofer::go(takes_int, "text");
#elif defined(GO_WITH_AN_UNWRAPPED_REFERENCE)
    gofer::go(takes_reference, n);
#elif defined(GO_OF_WHAT_CANNOT_BE_CALLED)
    gofer::go(n);
#elif defined(GO_WITH_OPTIONS_AND_A_WRONG_ARGUMENT)
    gofer::go({.stack = 1 << 20}, takes_int, "text");
#elif defined(WAIT_GROUP_GO_WITH_A_WRONG_ARGUMENT)
    wg.go(takes_int, "text");
#elif defined(ASYNC_WITH_A_WRONG_ARGUMENT)
    gofer::async(takes_int, "text").get();
#elif defined(RUN_OF_A_FUNCTION_WITH_ARGUMENTS)
    gofer::run(takes_int);
#endif
}
