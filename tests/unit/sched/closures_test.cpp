// SPDX-License-Identifier: Apache-2.0
//
// What can be started as a goroutine: callables and arguments of every size, alignment and kind;
// and what happens when copying them throws.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::make_chan;
using gofer::wait_group;
using gofer_test::balance;
using gofer_test::refused;
using gofer_test::run_test;
using gofer_test::touchy;
using gofer_test::tracked;

TEST(closures, arguments_are_copied_when_the_goroutine_is_started) {
    run_test([] {
        std::string text = "before";
        wait_group wg;
        wg.go([](const std::string& copy) { EXPECT_EQ(copy, "before"); }, text);
        text = "after";
        wg.wait();
    });
}

TEST(closures, references_travel_in_std_ref) {
    run_test([] {
        int i = 0;
        wait_group wg;
        wg.go([](int& n) { n = 5; }, std::ref(i));
        wg.wait();
        EXPECT_EQ(i, 5);
    });
}

TEST(closures, an_array_decays_to_a_pointer_and_a_function_to_its_address) {
    run_test([] {
        const auto c = make_chan<std::string>(1);
        struct helper {
            static void send(gofer::chan<std::string> to, const char* text) { to.send(text); }
        };
        gofer::go(helper::send, c, "literal");
        EXPECT_EQ(c.recv(), "literal");
    });
}

TEST(closures, a_member_function_is_called_on_its_object) {
    struct counter {
        int n = 0;
        void add(int k) { n += k; }
    };
    run_test([] {
        counter x;
        wait_group wg;
        wg.go(&counter::add, &x, 3);
        wg.wait();
        EXPECT_EQ(x.n, 3);
    });
}

TEST(closures, may_be_movable_only) {
    run_test([] {
        const auto c = make_chan<int>(2);
        auto first = std::make_unique<int>(1);
        auto second = std::make_unique<int>(2);
        gofer::go([c, p = std::move(first)] { c.send(*p); });
        gofer::go([c](const std::unique_ptr<int>& p) { c.send(*p); }, std::move(second));
        EXPECT_EQ(c.recv().value() + c.recv().value(), 3);
    });
}

TEST(closures, results_are_dropped) {
    run_test([] {
        const balance<tracked> nothing_leaks;
        const auto c = make_chan<void>(1);
        gofer::go([=] {
            c.send();
            return tracked(1);
        });
        EXPECT_TRUE(c.recv());
        EXPECT_TRUE(gofer_test::eventually([] { return gofer::num_goroutine() == 1; }));
    });
}

template <std::size_t Words>
void expect_that_words_arrive() {
    std::array<std::uint64_t, Words> words;
    for (std::size_t i = 0; i < Words; ++i) words[i] = i * i + 1;
    const auto c = make_chan<std::uint64_t>(1);
    gofer::go([=] {
        std::uint64_t wrong = 0;
        for (std::size_t i = 0; i < Words; ++i) wrong += words[i] == i * i + 1 ? 0 : 1;
        c.send(wrong);
    });
    EXPECT_EQ(c.recv(), 0u) << Words << " words";
}

TEST(closures, of_every_size_arrive_whole) {
    run_test([] {
        // Around the limit of what fits into a goroutine's own object, and far beyond.
        expect_that_words_arrive<1>();
        expect_that_words_arrive<7>();
        expect_that_words_arrive<8>();
        expect_that_words_arrive<9>();
        expect_that_words_arrive<10>();
        expect_that_words_arrive<11>();
        expect_that_words_arrive<100>();
        expect_that_words_arrive<1000>();
        expect_that_words_arrive<8000>();
    });
}

template <std::size_t Align>
void expect_that_it_is_aligned() {
    struct alignas(Align) block {
        unsigned char bytes[Align];
        void operator()(const gofer::chan<bool>& c) const {
            c.send(reinterpret_cast<std::uintptr_t>(this) % Align == 0 && bytes[Align - 1] == 7);
        }
    };
    block b{};
    b.bytes[Align - 1] = 7;
    const auto c = make_chan<bool>(1);
    gofer::go(b, c);
    EXPECT_EQ(c.recv(), true) << "alignment " << Align;
}

TEST(closures, of_every_alignment_are_aligned) {
    run_test([] {
        expect_that_it_is_aligned<1>();
        expect_that_it_is_aligned<16>();
        expect_that_it_is_aligned<32>();
        expect_that_it_is_aligned<64>();
        expect_that_it_is_aligned<256>();
        expect_that_it_is_aligned<4096>();
    });
}

TEST(closures, end_before_a_wait_group_lets_its_waiter_go_on) {
    run_test([] {
        for (int i = 0; i < gofer_test::repetitions(500); ++i) {
            const balance<tracked> nothing_leaks;
            wait_group wg;
            wg.go([t = tracked(1)] { EXPECT_EQ(t.value, 1); });
            wg.go([](const tracked& t) { EXPECT_EQ(t.value, 2); }, tracked(2));
            wg.wait();
        }
    });
}

class copy_that_throws : public ::testing::Test {
protected:
    /// Starts by `start` while the n-th move or copy throws; demands that nothing was started.
    /// False: fewer than n moves and copies are made.
    template <class Start>
    static bool throws_at(int nth, Start&& start) {
        touchy::fuse = nth;
        bool is_thrown = false;
        try {
            start();
        } catch (const refused&) {
            is_thrown = true;
            EXPECT_EQ(gofer::num_goroutine(), 1u);
        }
        touchy::fuse = 0;
        return is_thrown;
    }

private:
    balance<touchy> nothing_leaks_;
};

TEST_F(copy_that_throws, in_go_starts_nothing) {
    run_test([] {
        const touchy t(1);
        EXPECT_TRUE(throws_at(
            1, [&] { gofer::go([](const touchy&) { ADD_FAILURE() << "was started"; }, t); }));
        EXPECT_TRUE(throws_at(1, [&] {
            gofer::go({.name = "named"}, [](const touchy&) { ADD_FAILURE() << "was started"; }, t);
        }));
    });
}

TEST_F(copy_that_throws, in_go_of_a_large_closure_starts_nothing) {
    struct large {
        touchy t;
        std::array<char, 5000> bytes{};
        void operator()() const { ADD_FAILURE() << "was started"; }
    };
    run_test([] {
        const large x{touchy(1)};
        EXPECT_TRUE(throws_at(1, [&] { gofer::go(x); }));
    });
}

TEST_F(copy_that_throws, in_wait_group_go_counts_nothing) {
    run_test([] {
        wait_group wg;
        const touchy t(1);
        EXPECT_TRUE(
            throws_at(1, [&] { wg.go([](const touchy&) { ADD_FAILURE() << "was started"; }, t); }));
        wg.wait(); // would wait for ever on a count left behind
    });
}

TEST_F(copy_that_throws, in_async_starts_nothing) {
    run_test([] {
        const touchy t(1);
        EXPECT_TRUE(throws_at(1, [&] {
            auto task = gofer::async([](const touchy&) { ADD_FAILURE() << "was started"; }, t);
            task.wait();
        }));
    });
}

} // namespace
