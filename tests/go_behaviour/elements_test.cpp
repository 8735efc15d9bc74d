// SPDX-License-Identifier: Apache-2.0
//
// Go's rules for what may be an element: nothing at all, a channel, an interface.
// Mirrors go/test/chan/zerosize.go, sendstmt.go and TestChanSendInterface of runtime/chan_test.go.
#include <array>
#include <memory>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::make_chan;
using gofer_test::run_test;

struct nothing {};

template <class T>
void expect_that_it_travels() {
    run_test([] {
        for (const std::size_t capacity : {0u, 1u}) {
            const auto c = make_chan<T>(capacity);
            EXPECT_EQ(c.cap(), capacity);
            gofer::go([c] { c.send(T{}); });
            EXPECT_TRUE(c.recv().has_value());
        }
    });
}

TEST(elements, an_empty_struct_travels) {
    expect_that_it_travels<nothing>();
}

TEST(elements, an_array_of_no_elements_travels) {
    expect_that_it_travels<std::array<int, 0>>();
}

TEST(elements, a_channel_travels_through_a_channel) {
    run_test([] {
        const auto channels = make_chan<chan<int>>(1);
        const auto c = make_chan<int>(1);
        channels.send(c);
        EXPECT_EQ(channels.recv().value().try_send(2), chan_status::ok);
        EXPECT_EQ(c.recv(), 2);
    });
}

struct shape {
    virtual ~shape() = default;
    [[nodiscard]] virtual int corners() const = 0;
};
struct triangle : shape {
    [[nodiscard]] int corners() const override { return 3; }
};
struct square : shape {
    [[nodiscard]] int corners() const override { return 4; }
};

TEST(elements, an_interface_travels_with_its_dynamic_type) {
    run_test([] {
        const auto c = make_chan<std::unique_ptr<shape>>(1);
        EXPECT_EQ(c.try_send(std::make_unique<triangle>()), chan_status::ok);
        EXPECT_EQ(c.try_send(std::make_unique<square>()), chan_status::full);
        EXPECT_EQ(c.recv().value()->corners(), 3);
        EXPECT_EQ(c.try_send(std::make_unique<square>()), chan_status::ok);
        EXPECT_EQ(c.recv().value()->corners(), 4);
    });
}

} // namespace
