// SPDX-License-Identifier: Apache-2.0
//
// An element whose move or copy throws does so in the goroutine that it belongs to: the sender's
// throws in send, the receiver's in recv. The channel goes on, nothing is leaked.
#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer_test::balance;
using gofer_test::refused;
using gofer_test::run_test;
using gofer_test::touchy;
using gofer_test::touchy_move_only;
using gofer_test::wait_until_quiet;

/// Makes the n-th move or copy from now throw, for one scope.
class fuse {
public:
    explicit fuse(int n) { touchy::fuse = n; }
    fuse(const fuse&) = delete;
    fuse& operator=(const fuse&) = delete;
    ~fuse() { touchy::fuse = 0; }
};

class throwing_move : public ::testing::Test {
private:
    balance<touchy> nothing_leaks_;
};

TEST_F(throwing_move, in_send_leaves_the_channel_as_it_was) {
    run_test([] {
        const auto c = make_chan<touchy>(2);
        c.send(touchy(1));
        {
            const fuse next(1);
            EXPECT_THROW(c.send(touchy(2)), refused);
        }
        EXPECT_EQ(c.len(), 1u);
        c.send(touchy(3));
        EXPECT_EQ(c.recv()->value, 1);
        EXPECT_EQ(c.recv()->value, 3);
    });
}

TEST_F(throwing_move, in_a_send_of_a_copy_leaves_the_original_whole) {
    run_test([] {
        const auto c = make_chan<touchy>(1);
        const touchy original(5);
        {
            const fuse next(1);
            EXPECT_THROW(c.send(original), refused);
        }
        EXPECT_EQ(original.value, 5);
        EXPECT_EQ(c.len(), 0u);
    });
}

TEST_F(throwing_move, in_a_send_to_a_receiver_that_waits_leaves_it_waiting) {
    run_test([] {
        const auto c = make_chan<touchy>();
        const auto numbers = make_chan<int>(1);
        gofer::go([=] { numbers.send(c.recv()->value); });
        ASSERT_TRUE(wait_until_quiet());
        {
            const fuse next(1);
            EXPECT_THROW(c.send(touchy(1)), refused);
        }
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(numbers.len(), 0u);
        c.send(touchy(2));
        EXPECT_EQ(numbers.recv(), 2);
    });
}

TEST_F(throwing_move, in_recv_reaches_the_receiver_and_not_the_sender) {
    run_test([] {
        const auto c = make_chan<touchy>();
        gofer::wait_group sender;
        sender.go([=] { EXPECT_NO_THROW(c.send(touchy(1))); });
        ASSERT_TRUE(wait_until_quiet());
        {
            const fuse next(1);
            EXPECT_THROW(static_cast<void>(c.recv()), refused);
        }
        sender.wait();
        sender.go([=] { c.send(touchy(2)); });
        EXPECT_EQ(c.recv()->value, 2);
        sender.wait();
    });
}

TEST_F(throwing_move, in_try_send_leaves_value_and_channel_as_they_were) {
    run_test([] {
        const auto c = make_chan<touchy>(1);
        touchy value(1);
        {
            const fuse next(1);
            EXPECT_THROW(static_cast<void>(c.try_send(value)), refused);
        }
        EXPECT_EQ(value.value, 1);
        EXPECT_EQ(c.len(), 0u);
        EXPECT_EQ(c.try_send(value), chan_status::ok);
        EXPECT_EQ(c.recv()->value, 1);
    });
}

TEST_F(throwing_move, of_a_movable_only_element_leaks_nothing) {
    run_test([] {
        const auto c = make_chan<touchy_move_only>(1);
        {
            const fuse next(1);
            EXPECT_THROW(c.send(touchy_move_only(1)), refused);
        }
        c.send(touchy_move_only(2));
        {
            const fuse next(1);
            EXPECT_THROW(static_cast<void>(c.recv()), refused);
        }
        EXPECT_EQ(c.len(), 0u);
    });
}

// Every move on the way is made to throw once: whichever it was, the value is either received, or
// its loss was thrown at its sender or its receiver.
TEST_F(throwing_move, anywhere_on_the_way_is_seen_by_exactly_one_side) {
    run_test([] {
        for (int nth = 1; nth < 12; ++nth) {
            for (const std::size_t capacity : {0u, 1u}) {
                const auto c = make_chan<touchy>(capacity);
                int sent = 0;
                int refused_to_sender = 0;
                int refused_to_receiver = 0;
                int received = 0;
                const fuse armed(nth);
                gofer::wait_group sender;
                sender.go([&] {
                    for (int i = 0; i < 4; ++i) {
                        try {
                            c.send(touchy(i));
                            ++sent;
                        } catch (const refused&) {
                            ++refused_to_sender;
                        }
                    }
                    c.close();
                });
                for (bool is_open = true; is_open;) {
                    try {
                        const auto value = c.recv();
                        is_open = value.has_value();
                        received += is_open ? 1 : 0;
                    } catch (const refused&) {
                        ++refused_to_receiver;
                    }
                }
                sender.wait();
                EXPECT_EQ(sent + refused_to_sender, 4);
                EXPECT_EQ(received + refused_to_receiver, sent);
                EXPECT_LE(refused_to_sender + refused_to_receiver, 1);
            }
        }
    });
}

} // namespace
