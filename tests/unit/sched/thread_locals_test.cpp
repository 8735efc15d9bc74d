// SPDX-License-Identifier: Apache-2.0
//
// The hazard of thread-locals, honestly: a compiler may remember the address of a thread-local, or
// of errno, across a call, and that call may have moved the goroutine to another thread.
//
// Tested to be safe: gofer's own accessors; a thread-local behind a function that the compiler
// cannot look into; errno behind one; pinned goroutines, whatever they do. Measured and printed,
// not demanded: how often the naive pattern reads the wrong thread's object. It is wrong with some
// compilers and options and right with others, so no program may use it.
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>

#include <gtest/gtest.h>
#include <pthread.h>

#include "migration.hpp"

namespace {

using gofer_test::kernel_thread;
using gofer_test::migrate_often;
using gofer_test::migration_count;
using gofer_test::run_test;

constexpr int wanted = gofer_test::repetitions(1000);

thread_local pid_t own_thread = 0;

/// Safe: noipa hides from the caller that the result has anything to do with a thread-local.
GOFER_TEST_OPAQUE pid_t remembered_thread() {
    if (own_thread == 0) own_thread = kernel_thread();
    return own_thread;
}

GOFER_TEST_OPAQUE void set_errno(int value) {
    errno = value;
}
GOFER_TEST_OPAQUE int get_errno() {
    return errno;
}

/// Demands that something could go wrong: with several contexts, steps have migrated.
void expect_migrations(const migration_count& n) {
    if (gofer::gomaxprocs(0) > 1) {
        EXPECT_GE(n.migrations, wanted);
    } else {
        EXPECT_EQ(n.migrations, 0) << "one context runs on one thread while nothing blocks";
    }
}

TEST(thread_locals, behind_an_opaque_function_are_those_of_the_present_thread) {
    run_test([] {
        expect_migrations(migrate_often(wanted, [](auto&& park) {
            ASSERT_EQ(remembered_thread(), kernel_thread());
            park();
            ASSERT_EQ(remembered_thread(), kernel_thread());
        }));
    });
}

TEST(thread_locals, gofers_own_accessors_answer_for_the_goroutine_after_a_migration) {
    run_test([] {
        expect_migrations(migrate_often(wanted, [](auto&& park) {
            const std::uint64_t before = gofer::goid();
            park();
            ASSERT_EQ(gofer::goid(), before);
        }));
    });
}

TEST(thread_locals, errno_travels_with_the_goroutine) {
    run_test([] {
        expect_migrations(migrate_often(wanted, [](auto&& park) {
            const int mine = static_cast<int>(gofer::goid());
            set_errno(mine);
            park();
            ASSERT_EQ(get_errno(), mine);
            set_errno(0);
            park();
            ASSERT_EQ(get_errno(), 0);
        }));
    });
}

TEST(thread_locals, errno_is_zero_in_a_new_goroutine) {
    run_test([] {
        for (int i = 0; i < 100; ++i) {
            set_errno(EDOM);
            gofer::wait_group wg;
            wg.go([] {
                EXPECT_EQ(get_errno(), 0);
                set_errno(ERANGE);
            });
            wg.wait();
            EXPECT_EQ(get_errno(), EDOM);
        }
    });
}

TEST(thread_locals, a_pinned_goroutine_stays_on_one_thread) {
    run_test([] {
        std::atomic<bool> is_enough = false;
        gofer::wait_group pinned;
        for (int i = 0; i < 3; ++i) {
            pinned.go([&] {
                const auto done = gofer::make_chan<void>();
                gofer::go({.pinned = true}, [&, done] {
                    const pid_t home = kernel_thread();
                    const pthread_t self = pthread_self();
                    while (!is_enough) {
                        gofer::gosched();
                        ASSERT_EQ(kernel_thread(), home);
                        ASSERT_EQ(pthread_self(), self);
                    }
                    done.send();
                });
                static_cast<void>(done.recv());
            });
        }
        // With pinned ones about, even one context moves from thread to thread.
        EXPECT_GE(migrate_often(wanted, [](auto&& park) { park(); }).parks, wanted);
        is_enough = true;
        pinned.wait();
    });
}

TEST(thread_locals, two_pinned_goroutines_have_two_threads) {
    run_test([] {
        const auto threads = gofer::make_chan<pid_t>();
        const auto end = gofer::make_chan<void>();
        for (int i = 0; i < 2; ++i) {
            gofer::go({.pinned = true}, [=] {
                threads.send(kernel_thread());
                static_cast<void>(end.recv());
            });
        }
        const auto first = threads.recv();
        const auto second = threads.recv();
        EXPECT_NE(first, second);
        end.close();
    });
}

/// An object of each thread that knows its thread. Its functions are opaque, but the address of the
/// object is not: that is what the compiler remembers.
struct knows_its_thread {
    pid_t thread = 0;
    GOFER_TEST_OPAQUE void learn() { thread = kernel_thread(); }
    GOFER_TEST_OPAQUE bool is_of_this_thread() const {
        return thread == 0 || thread == kernel_thread();
    }
};
thread_local knows_its_thread naive;

// The naive pattern, as a user would write it: use, park, use.
TEST(thread_locals, how_often_the_naive_pattern_is_wrong_is_printed) {
#if defined(GOFER_TSAN)
    GTEST_SKIP() << "the naive pattern is a data race, and ThreadSanitizer says so";
#endif
    std::atomic<int> wrong = 0;
    migration_count n;
    run_test([&] {
        n = migrate_often(wanted, [&](auto&& park) {
            naive.learn();
            park();
            if (!naive.is_of_this_thread()) ++wrong;
        });
    });
    std::printf("[  HAZARD  ] thread_local used before and after a park: wrong in %d of %d "
                "migrations\n",
                wrong.load(), n.migrations);
    RecordProperty("wrong_reads", wrong);
    RecordProperty("migrations", n.migrations);
    EXPECT_LE(wrong, n.parks);
}

} // namespace
