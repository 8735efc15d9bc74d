// SPDX-License-Identifier: Apache-2.0
//
// select of ints allocates nothing from the heap, neither when it goes on at once nor when it
// parks.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t bytes) {
    ++allocations;
    if (void* p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
    throw std::bad_alloc();
}

} // namespace

// The whole program's; the aligned forms are the library's own, and call none of these.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    return counted(bytes);
}
[[gnu::noinline]] void* operator new[](std::size_t bytes) {
    return counted(bytes);
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
    std::free(p);
}
[[gnu::noinline]] void operator delete[](void* p) noexcept {
    std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
    std::free(p);
}
[[gnu::noinline]] void operator delete[](void* p, std::size_t) noexcept {
    std::free(p);
}

namespace {

using gofer::make_chan;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;
using gofer_test::run_test;
using namespace std::chrono_literals;

/// How often the heap was asked while `body()` ran a second time: once to warm up.
template <class Body>
long allocations_of(Body&& body) {
    body();
    const long before = allocations;
    body();
    return allocations - before;
}

TEST(allocations, are_counted_by_this_test) {
    // The functions themselves: a compiler may leave a new-expression out.
    EXPECT_EQ(allocations_of([] { ::operator delete(::operator new(8)); }), 1);
}

TEST(allocations, of_a_select_that_goes_on_at_once_are_none) {
    run_test([] {
        const auto c = make_chan<int>(1);
        EXPECT_EQ(allocations_of([&] {
                      int v = 0;
                      for (int i = 0; i < 100; ++i) {
                          EXPECT_EQ(select(recv_into(c, v), send_from(c, i)), 1);
                          EXPECT_EQ(select(recv_into(c, v), send_from(c, i)), 0);
                          EXPECT_EQ(select(recv_into(c, v), gofer::otherwise()), 1);
                      }
                  }),
                  0);
    });
}

TEST(allocations, of_selects_that_park_are_none) {
    run_test([] {
        const auto a = make_chan<int>();
        const auto b = make_chan<int>();
        const auto stop = make_chan<void>();
        gofer::wait_group echo;
        echo.go([=] {
            for (int v = 0;;) {
                const int chosen = select(recv_into(a, v), gofer::recv_signal(stop));
                if (chosen == 1) return;
                EXPECT_EQ(select(send_from(b, v + 1), gofer::timeout(1h)), 0);
            }
        });
        const long made = allocations_of([&] {
            for (int i = 0; i < 1000; ++i) {
                int v = 0;
                EXPECT_EQ(select(send_from(a, i), recv_into(b, v)), 0);
                EXPECT_EQ(select(recv_into(b, v), recv_into(b, v), gofer::timeout(1h)) < 2, true);
                EXPECT_EQ(v, i + 1);
            }
        });
        EXPECT_EQ(made, 0);
        stop.close();
        echo.wait();
    });
}

TEST(allocations, of_a_select_that_the_clock_ends_are_none) {
    run_test([] {
        const auto a = make_chan<int>();
        EXPECT_EQ(allocations_of([&] {
                      int v = 0;
                      for (int i = 0; i < 20; ++i) {
                          EXPECT_EQ(select(recv_into(a, v), gofer::timeout(10us)), 1);
                      }
                  }),
                  0);
    });
}

} // namespace
