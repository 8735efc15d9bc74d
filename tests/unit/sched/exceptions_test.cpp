// SPDX-License-Identifier: Apache-2.0
//
// Exceptions belong to the goroutine, not to the thread: they may be handled, rethrown and nested
// across parks, though the goroutine goes on in another thread.
#include <atomic>
#include <exception>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/tracked.hpp"

namespace {

using gofer::make_chan;
using gofer::wait_group;
using gofer_test::balance;
using gofer_test::repetitions;
using gofer_test::run_test;
using gofer_test::tracked;

struct numbered : std::runtime_error {
    int number;
    tracked alive;
    explicit numbered(int n)
        : std::runtime_error("exception " + std::to_string(n)), number(n), alive(n) {}
};

void yield_some() {
    for (int i = 0; i < 3; ++i) gofer::gosched();
}

/// Runs `f(i)` in many goroutines at once.
template <class F>
void in_many_goroutines(F&& f) {
    run_test([&] {
        const balance<tracked> nothing_leaks;
        wait_group wg;
        for (int i = 0; i < 100; ++i) {
            wg.go([&, i] {
                for (int n = 0; n < repetitions(50); ++n) f(1000 * i + n);
            });
        }
        wg.wait();
    });
}

TEST(exceptions, may_be_rethrown_after_yielding_in_the_handler) {
    in_many_goroutines([](int n) {
        try {
            try {
                throw numbered(n);
            } catch (...) {
                yield_some();
                throw;
            }
        } catch (const numbered& e) {
            yield_some();
            ASSERT_EQ(e.number, n);
        }
    });
}

TEST(exceptions, nest_across_yields) {
    in_many_goroutines([](int n) {
        try {
            throw numbered(n);
        } catch (const numbered& outer) {
            yield_some();
            try {
                throw numbered(-n);
            } catch (const numbered& inner) {
                yield_some();
                ASSERT_EQ(inner.number, -n);
            }
            yield_some();
            ASSERT_EQ(outer.number, n);
            try {
                throw;
            } catch (const numbered& again) {
                ASSERT_EQ(&again, &outer);
            }
        }
    });
}

TEST(exceptions, the_current_one_is_that_of_the_goroutine) {
    in_many_goroutines([](int n) {
        ASSERT_EQ(std::current_exception(), nullptr);
        try {
            throw numbered(n);
        } catch (...) {
            yield_some();
            try {
                std::rethrow_exception(std::current_exception());
            } catch (const numbered& e) {
                ASSERT_EQ(e.number, n);
            }
        }
        yield_some();
        ASSERT_EQ(std::current_exception(), nullptr);
    });
}

/// Yields while the stack is unwound through it.
struct yields_at_its_end {
    int expected;
    ~yields_at_its_end() {
        EXPECT_EQ(std::uncaught_exceptions(), expected);
        yield_some();
        EXPECT_EQ(std::uncaught_exceptions(), expected);
    }
};

TEST(exceptions, that_fly_are_counted_for_each_goroutine) {
    in_many_goroutines([](int n) {
        ASSERT_EQ(std::uncaught_exceptions(), 0);
        try {
            const yields_at_its_end unwound{1};
            throw numbered(n);
        } catch (const numbered& e) {
            ASSERT_EQ(e.number, n);
            ASSERT_EQ(std::uncaught_exceptions(), 0);
            yield_some();
        }
        const yields_at_its_end returned{0};
    });
}

TEST(exceptions, thrown_and_caught_in_a_destructor_while_another_flies_and_all_yield) {
    struct throws_inside {
        int n;
        ~throws_inside() {
            try {
                const yields_at_its_end unwound{2};
                throw numbered(-n);
            } catch (const numbered& e) {
                yield_some();
                EXPECT_EQ(e.number, -n);
                EXPECT_EQ(std::uncaught_exceptions(), 1);
            }
        }
    };
    in_many_goroutines([](int n) {
        try {
            const throws_inside local{n};
            throw numbered(n);
        } catch (const numbered& e) {
            ASSERT_EQ(e.number, n);
        }
    });
}

TEST(exceptions, a_handler_may_wait_on_a_channel) {
    run_test([] {
        const balance<tracked> nothing_leaks;
        const auto go_on = make_chan<int>();
        wait_group wg;
        for (int i = 0; i < 20; ++i) {
            wg.go([=] {
                try {
                    throw numbered(i);
                } catch (const numbered& e) {
                    static_cast<void>(go_on.recv());
                    EXPECT_EQ(e.number, i);
                    EXPECT_STREQ(e.what(), ("exception " + std::to_string(i)).c_str());
                }
            });
        }
        for (int i = 0; i < 20; ++i) go_on.send(i);
        wg.wait();
    });
}

TEST(exceptions, travel_through_a_channel_and_are_thrown_again_elsewhere) {
    run_test([] {
        const balance<tracked> nothing_leaks;
        const auto c = make_chan<std::exception_ptr>();
        gofer::go([=] {
            try {
                throw numbered(9);
            } catch (...) {
                c.send(std::current_exception());
            }
        });
        EXPECT_THROW(std::rethrow_exception(c.recv().value()), numbered);
    });
}

TEST(exceptions, of_channel_operations_can_be_handled_across_parks) {
    run_test([] {
        const auto closed = make_chan<int>();
        closed.close();
        wait_group wg;
        std::atomic<int> handled = 0;
        for (int i = 0; i < 50; ++i) {
            wg.go([&] {
                try {
                    closed.send(1);
                } catch (const gofer::channel_error& e) {
                    yield_some();
                    EXPECT_NE(std::string(e.what()).find("closed"), std::string::npos);
                    ++handled;
                }
            });
        }
        wg.wait();
        EXPECT_EQ(handled, 50);
    });
}

} // namespace
