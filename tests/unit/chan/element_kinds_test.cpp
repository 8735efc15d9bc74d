// SPDX-License-Identifier: Apache-2.0
//
// Every kind of element arrives as it was sent, is refused without a scratch, and is destroyed
// exactly once.
#include <cstddef>

#include <gtest/gtest.h>

#include "kinds.hpp"
#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::chan_status;
using gofer::make_chan;
using gofer_test::balance;
using gofer_test::kind;
using gofer_test::run_test;
using gofer_test::wait_until_quiet;

template <class T>
class element_kinds : public ::testing::Test {
protected:
    static T make(int n) { return kind<T>::make(n); }
    static int number(const T& v) { return kind<T>::number(v); }

private:
    balance<gofer_test::tracked> tracked_;
    balance<gofer_test::touchy> touchy_;
};
TYPED_TEST_SUITE(element_kinds, gofer_test::all_kinds);

TYPED_TEST(element_kinds, travel_from_goroutine_to_goroutine_at_any_capacity) {
    run_test([] {
        for (const std::size_t capacity : {0u, 1u, 3u}) {
            const auto c = make_chan<TypeParam>(capacity);
            gofer::go([c] {
                for (int i = 0; i < 100; ++i) c.send(TestFixture::make(i));
                c.close();
            });
            int next = 0;
            for (const TypeParam& value : c) EXPECT_EQ(TestFixture::number(value), next++);
            EXPECT_EQ(next, 100);
        }
    });
}

TYPED_TEST(element_kinds, reach_a_receiver_that_waits) {
    run_test([] {
        const auto c = make_chan<TypeParam>();
        const auto numbers = make_chan<int>(1);
        gofer::go([=] { numbers.send(TestFixture::number(c.recv().value())); });
        ASSERT_TRUE(wait_until_quiet());
        c.send(TestFixture::make(42));
        EXPECT_EQ(numbers.recv(), 42);
    });
}

TYPED_TEST(element_kinds, are_taken_from_a_sender_that_waits) {
    run_test([] {
        const auto c = make_chan<TypeParam>();
        gofer::go([=] { c.send(TestFixture::make(42)); });
        ASSERT_TRUE(wait_until_quiet());
        TypeParam value = TestFixture::make(0);
        EXPECT_EQ(c.try_recv(value), chan_status::ok);
        EXPECT_EQ(TestFixture::number(value), 42);
    });
}

TYPED_TEST(element_kinds, move_from_a_sender_that_waits_into_the_room_that_a_receive_makes) {
    run_test([] {
        const auto c = make_chan<TypeParam>(2);
        c.send(TestFixture::make(1));
        c.send(TestFixture::make(2));
        gofer::go([=] { c.send(TestFixture::make(3)); });
        ASSERT_TRUE(wait_until_quiet());
        for (int i = 1; i <= 3; ++i) EXPECT_EQ(TestFixture::number(c.recv().value()), i);
    });
}

TYPED_TEST(element_kinds, are_untouched_when_a_full_or_closed_channel_refuses_them) {
    run_test([] {
        const auto c = make_chan<TypeParam>(1);
        TypeParam value = TestFixture::make(1);
        EXPECT_EQ(make_chan<TypeParam>().try_send(value), chan_status::full);
        EXPECT_EQ(TestFixture::number(value), 1);
        EXPECT_EQ(c.try_send(TestFixture::make(0)), chan_status::ok);
        EXPECT_EQ(c.try_send(value), chan_status::full);
        EXPECT_EQ(c.try_send(std::move(value)), chan_status::full);
        EXPECT_EQ(TestFixture::number(value), 1);
        c.close();
        EXPECT_EQ(c.try_send(std::move(value)), chan_status::closed);
        EXPECT_EQ(TestFixture::number(value), 1);
        EXPECT_EQ(TestFixture::number(c.recv().value()), 0);
    });
}

TYPED_TEST(element_kinds, end_with_the_channel_when_still_buffered) {
    run_test([] {
        const auto c = make_chan<TypeParam>(4);
        for (int i = 0; i < 4; ++i) c.send(TestFixture::make(i));
        EXPECT_EQ(TestFixture::number(c.recv().value()), 0); // so that the ring has wrapped
        c.send(TestFixture::make(4));
        EXPECT_EQ(c.len(), 4u);
    });
}

TYPED_TEST(element_kinds, end_when_the_channel_is_closed_while_their_sender_waits) {
    run_test([] {
        const auto c = make_chan<TypeParam>();
        gofer::wait_group senders;
        for (int i = 0; i < 3; ++i) {
            senders.go([=] { EXPECT_THROW(c.send(TestFixture::make(i)), gofer::channel_error); });
        }
        ASSERT_TRUE(wait_until_quiet());
        c.close();
        senders.wait();
    });
}

TYPED_TEST(element_kinds, travel_between_owning_ends) {
    run_test([] {
        auto [tx, rx] = gofer::make_ends<TypeParam>(1);
        gofer::go([tx = std::move(tx)] {
            for (int i = 0; i < 10; ++i) EXPECT_EQ(tx.send(TestFixture::make(i)), chan_status::ok);
        });
        int next = 0;
        for (const TypeParam& value : rx) EXPECT_EQ(TestFixture::number(value), next++);
        EXPECT_EQ(next, 10);
    });
}

TEST(large_elements, of_a_megabyte_travel_between_goroutines_with_stacks_to_match) {
    struct megabyte {
        std::array<unsigned char, 1 << 20> bytes;
    };
    run_test([] {
        for (const std::size_t capacity : {0u, 2u}) {
            const auto c = make_chan<megabyte>(capacity);
            gofer::go({.stack = 8 << 20}, [=] {
                megabyte value;
                for (unsigned char i = 0; i < 4; ++i) {
                    value.bytes.fill(i);
                    c.send(value);
                }
            });
            for (unsigned char i = 0; i < 4; ++i) {
                const auto value = c.recv();
                ASSERT_TRUE(value.has_value());
                EXPECT_EQ(value->bytes.front(), i);
                EXPECT_EQ(value->bytes.back(), i);
            }
        }
    });
}

} // namespace
