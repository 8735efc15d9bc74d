// SPDX-License-Identifier: Apache-2.0
//
// Go's rule: a send or receive with a default never waits, and succeeds once a partner is there.
// Mirrors go/test/chan/nonblock.go, in which every element size has its own code path.
#include <cstdint>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::make_chan;
using gofer_test::eventually;
using gofer_test::run_test;

template <class T>
struct values_of;
template <>
struct values_of<std::int32_t> {
    static std::pair<std::int32_t, std::int32_t> pair() { return {123, 234}; }
};
template <>
struct values_of<std::int64_t> {
    static std::pair<std::int64_t, std::int64_t> pair() { return {123'456, 234'567}; }
};
template <>
struct values_of<bool> {
    static std::pair<bool, bool> pair() { return {true, false}; }
};
template <>
struct values_of<std::string> {
    static std::pair<std::string, std::string> pair() { return {"hello", "hello again"}; }
};

template <class T>
class nonblocking : public ::testing::Test {};
using element_types = ::testing::Types<std::int32_t, std::int64_t, bool, std::string>;
TYPED_TEST_SUITE(nonblocking, element_types);

TYPED_TEST(nonblocking, a_receive_from_an_empty_channel_answers_empty) {
    run_test([] {
        for (const std::size_t capacity : {0u, 1u}) {
            TypeParam value{};
            EXPECT_EQ(make_chan<TypeParam>(capacity).try_recv(value), chan_status::empty);
        }
    });
}

TYPED_TEST(nonblocking, a_send_succeeds_once_a_receiver_waits) {
    run_test([] {
        for (const std::size_t capacity : {0u, 1u}) {
            const auto c = make_chan<TypeParam>(capacity);
            const auto received = make_chan<void>();
            const TypeParam expected = values_of<TypeParam>::pair().first;
            gofer::go([=] {
                EXPECT_EQ(c.recv(), expected);
                received.send();
            });
            TypeParam value = expected;
            EXPECT_TRUE(eventually([&] { return c.try_send(value) == chan_status::ok; }));
            EXPECT_TRUE(received.recv());
        }
    });
}

TYPED_TEST(nonblocking, a_receive_succeeds_once_a_sender_waits) {
    run_test([] {
        for (const std::size_t capacity : {0u, 1u}) {
            const auto c = make_chan<TypeParam>(capacity);
            const auto sent = make_chan<void>();
            const TypeParam expected = values_of<TypeParam>::pair().second;
            gofer::go([=] {
                c.send(expected);
                sent.send();
            });
            const bool need_not_wait_for_us = capacity > 0;
            if (need_not_wait_for_us) {
                EXPECT_TRUE(sent.recv());
            }
            TypeParam value = values_of<TypeParam>::pair().first;
            EXPECT_TRUE(eventually([&] { return c.try_recv(value) == chan_status::ok; }));
            EXPECT_EQ(value, expected);
            if (!need_not_wait_for_us) {
                EXPECT_TRUE(sent.recv());
            }
        }
    });
}

} // namespace
