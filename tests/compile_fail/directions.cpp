// SPDX-License-Identifier: Apache-2.0
//
// What the directions of a channel forbid. Mirrors go/test/chan/perm.go.
#include "gofer/gofer.hpp"

void use(gofer::chan<int> c, gofer::send_chan<int> tx, gofer::recv_chan<int> rx) {
    // Allowed.
    rx = c;
    tx = c;
    c.send(0);
    static_cast<void>(c.recv());
    static_cast<void>(rx.recv());
    tx.send(0);
    for (const int v : rx) static_cast<void>(v);
    c.close();
    tx.close();

#if defined(SEND_ON_RECV_CHAN)
    rx.send(0);
#elif defined(TRY_SEND_ON_RECV_CHAN)
    static_cast<void>(rx.try_send(0));
#elif defined(CLOSE_OF_RECV_CHAN)
    rx.close();
#elif defined(RECV_ON_SEND_CHAN)
    static_cast<void>(tx.recv());
#elif defined(RANGE_OVER_SEND_CHAN)
    for (const int v : tx) static_cast<void>(v);
#elif defined(CHAN_FROM_RECV_CHAN)
    c = rx;
#elif defined(CHAN_FROM_SEND_CHAN)
    c = tx;
#elif defined(RECV_CHAN_FROM_SEND_CHAN)
    rx = tx;
#elif defined(SEND_CHAN_FROM_RECV_CHAN)
    tx = rx;
#elif defined(CHAN_OF_ANOTHER_TYPE)
    gofer::chan<long> other = c;
#elif defined(SEND_OF_ANOTHER_TYPE)
    c.send("text");
#elif defined(SEND_OF_NOTHING)
    c.send();
#elif defined(SIGNAL_WITH_A_VALUE)
    gofer::make_chan<void>().send(1);
#endif
}
