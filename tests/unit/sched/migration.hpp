// SPDX-License-Identifier: Apache-2.0
//
// Makes goroutines go on in other threads, again and again, and says how often they did.
#pragma once

#include <atomic>

#include <sys/syscall.h>
#include <unistd.h>

#include "support/fixture.hpp"

// A function that the compiler sees nothing of at its calls.
#if defined(__clang__)
#define GOFER_TEST_OPAQUE [[clang::noinline, clang::optnone]]
#else
#define GOFER_TEST_OPAQUE [[gnu::noipa]]
#endif

namespace gofer_test {

/// The thread's id from the kernel: neither the compiler nor libc can remember it.
GOFER_TEST_OPAQUE inline pid_t kernel_thread() {
    return static_cast<pid_t>(syscall(SYS_gettid));
}

struct migration_count {
    int parks = 0;
    int migrations = 0;
};

/// Many goroutines call `step(park)` again and again, where `park()` parks the caller once on a
/// channel that all share. The scheduler keeps goroutines that talk to each other on one context;
/// so the number of contexts goes down to one and up again meanwhile, which moves them. Ends when
/// `wanted` steps have migrated; with one context, where none can, after as many steps.
template <class Step>
migration_count migrate_often(int wanted, Step&& step) {
    std::atomic<int> steps = 0;
    std::atomic<int> migrations = 0;
    std::atomic<bool> is_enough = false;
    auto [tx, rx] = gofer::make_ends<int>(8);
    gofer::wait_group all;
    const auto counted = [&](auto&& park) {
        const pid_t before = kernel_thread();
        step(park);
        if (kernel_thread() != before) ++migrations;
        ++steps;
    };
    for (int i = 0; i < 40; ++i) {
        all.go([&, tx = tx] {
            while (!is_enough) {
                counted([&] { static_cast<void>(tx.send(1)); });
                counted([] { gofer::gosched(); });
            }
        });
        all.go([&, rx = rx] {
            bool is_open = true;
            while (is_open) {
                counted([&] { is_open = rx.recv().has_value(); });
            }
        });
    }
    tx.reset();
    const int procs = gofer::gomaxprocs(0);
    EXPECT_TRUE(eventually([&] {
        if (procs == 1) return steps >= wanted;
        gofer::gomaxprocs(gofer::gomaxprocs(0) == 1 ? procs : 1);
        for (int i = 0; i < 20; ++i) gofer::gosched();
        return migrations >= wanted;
    })) << migrations
        << " of " << steps << " steps migrated";
    gofer::gomaxprocs(procs);
    is_enough = true;
    all.wait();
    return {steps, migrations};
}

} // namespace gofer_test
