// SPDX-License-Identifier: Apache-2.0
//
// Elements of every kind in select's cases: they arrive as they were sent, keep their state unless
// their case is the one that goes on, and are destroyed exactly once.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kinds.hpp"
#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::channel_error;
using gofer::make_chan;
using gofer::on_recv;
using gofer::otherwise;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;
using gofer_test::balance;
using gofer_test::kind;
using gofer_test::run_test;
using gofer_test::wait_until_quiet;
using namespace std::chrono_literals;

/// A vector claims to be copyable whatever it holds.
template <class T>
constexpr bool is_copyable =
    std::is_copy_constructible_v<T> && !std::is_same_v<T, std::vector<std::unique_ptr<int>>>;

template <class T>
class select_kinds : public ::testing::Test {
protected:
    static T make(int n) { return kind<T>::make(n); }
    static int number(const T& v) { return kind<T>::number(v); }

private:
    balance<gofer_test::tracked> tracked_;
    balance<gofer_test::touchy> touchy_;
};
TYPED_TEST_SUITE(select_kinds, gofer_test::all_kinds);

TYPED_TEST(select_kinds, arrive_in_a_value_an_optional_and_a_handler) {
    run_test([] {
        const auto c = make_chan<TypeParam>(1);
        const auto never = make_chan<TypeParam>();
        TypeParam value = TestFixture::make(0);
        std::optional<TypeParam> maybe;
        int handled = 0;
        EXPECT_EQ(select(recv_into(never, value), send_from(c, TestFixture::make(1))), 1);
        EXPECT_EQ(select(recv_into(never, value), recv_into(c, value)), 1);
        EXPECT_EQ(TestFixture::number(value), 1);
        EXPECT_EQ(select(send_from(c, TestFixture::make(2))), 0);
        EXPECT_EQ(select(recv_into(c, maybe)), 0);
        EXPECT_EQ(TestFixture::number(maybe.value()), 2);
        EXPECT_EQ(select(send_from(c, TestFixture::make(3))), 0);
        select(on_recv(
            c, [&](std::optional<TypeParam> v) { handled = TestFixture::number(v.value()); }));
        EXPECT_EQ(handled, 3);
    });
}

TYPED_TEST(select_kinds, reach_a_select_that_waits) {
    run_test([] {
        const auto a = make_chan<TypeParam>();
        const auto b = make_chan<TypeParam>();
        auto selecting = gofer::async([=] {
            TypeParam value = TestFixture::make(0);
            std::optional<TypeParam> maybe;
            EXPECT_EQ(select(recv_into(a, value), recv_into(b, maybe)), 0);
            EXPECT_EQ(select(recv_into(a, value), recv_into(b, maybe)), 1);
            return 100 * TestFixture::number(value) + TestFixture::number(maybe.value());
        });
        ASSERT_TRUE(wait_until_quiet());
        a.send(TestFixture::make(1));
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(select(send_from(b, TestFixture::make(2))), 0);
        EXPECT_EQ(selecting.get(), 102);
    });
}

TYPED_TEST(select_kinds, are_taken_from_a_select_that_waits) {
    run_test([] {
        const auto a = make_chan<TypeParam>();
        const auto b = make_chan<TypeParam>();
        auto selecting = gofer::async([=] {
            TypeParam kept = TestFixture::make(1);
            EXPECT_EQ(select(send_from(a, std::move(kept)), send_from(b, TestFixture::make(2))), 1);
            return TestFixture::number(
                kept); // NOLINT: that it was not moved from is what is tested
        });
        ASSERT_TRUE(wait_until_quiet());
        EXPECT_EQ(TestFixture::number(b.recv().value()), 2);
        EXPECT_EQ(selecting.get(), 1);
    });
}

TYPED_TEST(select_kinds, keep_their_state_when_another_case_goes_on) {
    run_test([] {
        const auto full = make_chan<TypeParam>(1);
        const auto room = make_chan<TypeParam>(2);
        full.send(TestFixture::make(9));
        TypeParam value = TestFixture::make(1);
        EXPECT_EQ(select(send_from(full, std::move(value)), otherwise()), 1);
        EXPECT_EQ(TestFixture::number(value), 1); // NOLINT: as above, and so below
        EXPECT_EQ(select(send_from(full, std::move(value)), gofer::timeout(1us)), 1);
        EXPECT_EQ(TestFixture::number(value), 1); // NOLINT
        EXPECT_EQ(select(send_from(full, std::move(value)), send_from(room, TestFixture::make(2))),
                  1);
        EXPECT_EQ(TestFixture::number(value), 1); // NOLINT
        EXPECT_EQ(select(send_from(room, std::move(value)), send_from(full, TestFixture::make(3))),
                  0);
        EXPECT_EQ(TestFixture::number(room.recv().value()), 2);
        EXPECT_EQ(TestFixture::number(room.recv().value()), 1);
    });
}

TYPED_TEST(select_kinds, are_given_back_when_the_channel_is_closed) {
    run_test([] {
        const auto closed = make_chan<TypeParam>(1);
        closed.close();
        TypeParam value = TestFixture::make(1);
        EXPECT_THROW(select(send_from(closed, std::move(value)), otherwise()), channel_error);
        EXPECT_EQ(TestFixture::number(value), 1); // NOLINT: as above
        const auto closing = make_chan<TypeParam>();
        auto selecting = gofer::async([=] {
            TypeParam own = TestFixture::make(2);
            EXPECT_THROW(select(send_from(closing, std::move(own))), channel_error);
            return TestFixture::number(own); // NOLINT: as above
        });
        ASSERT_TRUE(wait_until_quiet());
        closing.close();
        EXPECT_EQ(selecting.get(), 2);
    });
}

TYPED_TEST(select_kinds, that_are_constant_are_copied) {
    if constexpr (is_copyable<TypeParam>) {
        run_test([] {
            const auto c = make_chan<TypeParam>(1);
            const TypeParam constant = TestFixture::make(2);
            EXPECT_EQ(select(send_from(c, constant)), 0);
            EXPECT_EQ(select(send_from(c, constant), otherwise()), 1);
            EXPECT_EQ(TestFixture::number(constant), 2);
            EXPECT_EQ(TestFixture::number(c.recv().value()), 2);
        });
    } else {
        static_assert(std::is_move_constructible_v<TypeParam>, "there is nothing to copy");
    }
}

TYPED_TEST(select_kinds, given_by_name_are_moved_from_only_when_sent) {
    run_test([] {
        const auto c = make_chan<TypeParam>(1);
        TypeParam value = TestFixture::make(1);
        TypeParam kept = TestFixture::make(2);
        EXPECT_EQ(select(send_from(c, value)), 0);
        EXPECT_EQ(select(send_from(c, kept), otherwise()), 1);
        EXPECT_EQ(TestFixture::number(kept), 2);
        EXPECT_EQ(TestFixture::number(c.recv().value()), 1);
        EXPECT_EQ(select(send_from(c, kept)), 0);
        EXPECT_EQ(TestFixture::number(c.recv().value()), 2);
    });
}

TYPED_TEST(select_kinds, are_left_alone_where_nothing_was_received) {
    run_test([] {
        const auto c = make_chan<TypeParam>(1);
        TypeParam value = TestFixture::make(4);
        EXPECT_EQ(select(recv_into(c, value), otherwise()), 1);
        EXPECT_EQ(select(recv_into(c, value), gofer::timeout(1us)), 1);
        c.close();
        EXPECT_EQ(select(recv_into(c, value)), 0);
        EXPECT_EQ(TestFixture::number(value), 4);
    });
}

/// What points into a value that is not sent stays valid.
TEST(select_values, keep_what_points_into_them_unless_sent) {
    run_test([] {
        const auto full = make_chan<std::vector<int>>();
        std::vector<int> value(100, 5);
        const int* first = value.data();
        EXPECT_EQ(select(send_from(full, value), otherwise()), 1);
        EXPECT_EQ(value.data(), first);
        EXPECT_EQ(select(send_from(full, std::move(value)), gofer::timeout(1us)), 1);
        EXPECT_EQ(value.data(), first); // NOLINT: that it was given back is what is tested
    });
}

TEST(select_values, of_another_type_are_converted_and_left_as_they_were) {
    run_test([] {
        const auto texts = make_chan<std::string>(3);
        const char* pointer = "pointer";
        std::string_view view = "view";
        EXPECT_EQ(select(send_from(texts, "literal")), 0);
        EXPECT_EQ(select(send_from(texts, pointer)), 0);
        EXPECT_EQ(select(send_from(texts, view)), 0);
        EXPECT_EQ(select(send_from(texts, pointer), otherwise()), 1);
        EXPECT_EQ(texts.recv(), "literal");
        EXPECT_EQ(texts.recv(), "pointer");
        EXPECT_EQ(texts.recv(), "view");
        EXPECT_EQ(view, "view");
        const auto wide = make_chan<std::int64_t>(1);
        int narrow = -5;
        EXPECT_EQ(select(send_from(wide, narrow)), 0);
        EXPECT_EQ(wide.recv(), -5);
    });
}

TEST(select_values, that_refuse_to_be_moved_throw_out_of_select_and_nothing_was_sent) {
    using gofer_test::touchy;
    run_test([] {
        const balance<touchy> nothing_leaks;
        const auto c = make_chan<touchy>(1);
        touchy value(3);
        touchy::fuse = 1;
        EXPECT_THROW(select(send_from(c, std::move(value))), gofer_test::refused);
        touchy::fuse = 0;
        EXPECT_EQ(value.value, 3); // NOLINT: as above
        EXPECT_EQ(c.len(), 0u);
    });
}

TEST(select_values, whose_moves_may_throw_are_copied_so_that_they_need_not_be_given_back) {
    using gofer_test::touchy;
    run_test([] {
        const balance<touchy> nothing_leaks;
        const auto full = make_chan<touchy>();
        touchy value(3);
        touchy::fuse = 2;
        EXPECT_EQ(select(send_from(full, std::move(value)), otherwise()), 1);
        touchy::fuse = 0;
        EXPECT_EQ(value.value, 3); // NOLINT: as above
    });
}

TEST(select_values, of_a_small_number_are_taken_at_the_time_of_the_call) {
    run_test([] {
        const auto c = make_chan<int>();
        int value = 1;
        auto selecting = gofer::async([&, c] { return select(send_from(c, value)); });
        ASSERT_TRUE(wait_until_quiet());
        value = 2;
        EXPECT_EQ(c.recv(), 1);
        EXPECT_EQ(selecting.get(), 0);
    });
}

} // namespace
