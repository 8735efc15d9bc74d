// SPDX-License-Identifier: Apache-2.0
//
// What may not be copied, and what may not be ignored.
#include <utility>

#include "gofer/gofer.hpp"

#pragma GCC diagnostic error "-Wunused-result"
#pragma GCC diagnostic error "-Wunused-value"

void own(gofer::chan<int> c, gofer::task<int> t) {
    // Allowed.
    gofer::wait_group wg;
    gofer::task<int> moved = std::move(t);
    static_cast<void>(moved.get());
    moved.get();
    static_cast<void>(c.recv());
    gofer::make_chan<void>().recv();
    int value = 0;
    if (c.try_recv(value) == gofer::chan_status::ok) c.send(value);

#if defined(COPY_OF_A_WAIT_GROUP)
    gofer::wait_group copy = wg;
#elif defined(MOVE_OF_A_WAIT_GROUP)
    gofer::wait_group taken = std::move(wg);
#elif defined(COPY_OF_A_TASK)
    gofer::task<int> copy = moved;
#elif defined(COPY_OF_A_RUNTIME)
    gofer::runtime rt;
    gofer::runtime copy = rt;
#elif defined(IGNORED_TASK)
    gofer::async([] { return 1; });
#elif defined(IGNORED_RECV)
    c.recv();
#elif defined(IGNORED_TRY_RECV)
    c.try_recv(value);
#elif defined(IGNORED_TRY_SEND)
    c.try_send(1);
#elif defined(IGNORED_WAIT_FOR)
    moved.wait_for(std::chrono::seconds(1));
#endif
}
