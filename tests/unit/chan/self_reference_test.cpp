// SPDX-License-Identifier: Apache-2.0
//
// An element type that holds a channel of itself: Go's `type request struct { reply chan request
// }`.
//
// Named after what went wrong: chan<T> demanded a complete T where it was only named.
#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::make_chan;
using gofer_test::run_test;
using gofer_test::tracked;

struct request {
    chan<request> reply;
    tracked value;
};

TEST(self_reference, a_request_carries_the_channel_for_its_answer) {
    run_test([] {
        const auto server = make_chan<request>();
        gofer::go([server] {
            for (request& r : server) r.reply.send({chan<request>(), tracked(r.value.value + 1)});
        });
        const auto reply = make_chan<request>();
        server.send({reply, tracked(41)});
        EXPECT_EQ(reply.recv()->value.value, 42);
        server.close();
    });
}

TEST(self_reference, a_channel_that_is_buffered_in_itself_ends_when_it_is_drained) {
    const int before = tracked::all.live();
    {
        const auto c = make_chan<request>(1);
        EXPECT_EQ(c.try_send(request{c, tracked(1)}), chan_status::ok);
        request out{chan<request>(), tracked(2)};
        EXPECT_EQ(c.try_recv(out), chan_status::ok);
        EXPECT_EQ(out.reply, c);
    }
    EXPECT_EQ(tracked::all.live(), before);
}

} // namespace
