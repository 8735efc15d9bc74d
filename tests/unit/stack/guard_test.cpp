// SPDX-License-Identifier: Apache-2.0
//
// Guards that the kernel makes: they fault, they are told from other faults, there can be many.
#include "stack/guards.hpp"

#include <cerrno>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.hpp"
#include "probe.hpp"
#include "stack/arena.hpp"

namespace gofer::rt {
namespace {

using gofer_test::default_class;
using gofer_test::guard_exit_code;
using gofer_test::take_many;
using gofer_test::write_and_exit;

/// Reads a byte by the kernel: EFAULT in a guard, with no signal.
bool is_readable(const std::byte* address) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    const bool is = write(ends[1], address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return is;
}

TEST(guard, a_write_below_the_stack_is_a_guard_hit) {
    const auto taken = take_many(arena, 20);
    ASSERT_EQ(taken.size(), 20U);
    for (const std::ptrdiff_t below : {std::ptrdiff_t{1}, std::ptrdiff_t{4096},
                                       static_cast<std::ptrdiff_t>(stack_guard_bytes)}) {
        EXPECT_EXIT(write_and_exit(taken[11]->low - below),
                    testing::ExitedWithCode(guard_exit_code), "")
            << below;
    }
    EXPECT_EXIT(write_and_exit(taken[11]->low), testing::ExitedWithCode(0), "");
    arena.give(taken.data(), taken.size());
}

TEST(guard, every_class_has_guards) {
    for (std::uint32_t k = stack_class_min; k <= stack_class_max; ++k) {
        stack* s = nullptr;
        ASSERT_EQ(arena.take(k, &s, 1), 1U);
        EXPECT_FALSE(is_readable(s->low - 1)) << k;
        EXPECT_FALSE(is_readable(s->low - stack_guard_bytes)) << k;
        EXPECT_TRUE(is_readable(s->low)) << k;
        arena.give(&s, 1);
    }
}

TEST(guard, a_null_pointer_is_no_guard_hit) {
    ASSERT_FALSE(take_many(arena, 1).empty());
    EXPECT_EXIT(write_and_exit(reinterpret_cast<std::byte*>(64)),
                testing::ExitedWithCode(gofer_test::other_fault_exit_code), "");
}

TEST(guard, fifty_thousand_stacks_have_guards) {
    stack_arena a;
    if (a.guards() != guard_mode::madvise_guard) {
        GTEST_SKIP() << "this kernel has no MADV_GUARD_INSTALL; the fallbacks have their own tests";
    }
    constexpr std::size_t n = 50'000;
    const auto taken = take_many(a, n);
    ASSERT_EQ(taken.size(), n);
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    for (const stack* s : taken) {
        ASSERT_EQ(write(ends[1], s->low - 1, 1), -1) << s->low;
        ASSERT_EQ(errno, EFAULT);
        ASSERT_EQ(write(ends[1], s->low - stack_guard_bytes, 1), -1) << s->low;
    }
    close(ends[0]);
    close(ends[1]);
    EXPECT_EXIT(write_and_exit(taken.front()->low - 1), testing::ExitedWithCode(guard_exit_code),
                "");
    EXPECT_EXIT(write_and_exit(taken.back()->low - 1), testing::ExitedWithCode(guard_exit_code),
                "");
    EXPECT_EQ(a.stats().guards, guard_mode::madvise_guard);
}

TEST(guard, survives_the_return_of_the_stack_to_the_system) {
    stack_arena a;
    a.keep_resident(0);
    auto taken = take_many(a, 600);
    ASSERT_EQ(taken.size(), 600U);
    for (const stack* s : taken) gofer_test::touch(*s);
    a.give(taken.data(), taken.size());
    ASSERT_GT(a.return_surplus(), 0U);
    for (const stack* s : taken) {
        ASSERT_FALSE(is_readable(s->low - 1));
        ASSERT_FALSE(is_readable(s->low - stack_guard_bytes));
    }
}

TEST(guard, survives_a_fork) {
    stack* s = nullptr;
    ASSERT_EQ(arena.take(default_class, &s, 1), 1U);
    const pid_t child = fork();
    if (child == 0) {
        stack* own = nullptr;
        // The child maps on: its descriptor of itself is not the parent's.
        const auto more = take_many(arena, 100);
        own = more.empty() ? nullptr : more.back();
        const bool is_ok = own != nullptr && !is_readable(s->low - 1) && !is_readable(own->low - 1);
        _exit(is_ok ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

// mlockall makes the kernel refuse MADV_GUARD_INSTALL and MADV_DONTNEED with EINVAL. By raw calls,
// since sanitizers turn mlockall into nothing.
TEST(guard, locked_memory_is_said_and_guarded_by_mprotect) {
    stack_arena a;
    gofer_test::faults f; // none; it collects the warnings
    if (a.guards() != guard_mode::madvise_guard) GTEST_SKIP() << "no MADV_GUARD_INSTALL here";
    auto before = take_many(a, 1);
    if (syscall(SYS_mlockall, MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
        GTEST_SKIP() << "may not lock memory here (RLIMIT_MEMLOCK)";
    }
    stack_arena probing;
    const guard_mode probed = probing.guards();
    a.keep_resident(0);
    auto taken = take_many(a, 200);
    const bool is_guarded = !is_readable(taken.back()->low - 1);
    for (const stack* s : taken) gofer_test::touch(*s);
    a.give(taken.data(), taken.size());
    const std::size_t returned = a.return_surplus();
    const bool has_surplus = a.has_surplus();
    const std::size_t in_use = a.stats().in_use;
    syscall(SYS_munlockall);

    EXPECT_EQ(probed, guard_mode::mprotect_limited);
    EXPECT_EQ(a.stats().guards, guard_mode::mprotect_limited);
    EXPECT_TRUE(is_guarded);
    EXPECT_EQ(returned, 0U);
    EXPECT_FALSE(has_surplus) << "who asks in a loop would never end";
    EXPECT_EQ(in_use, before.size());
    ASSERT_EQ(f->warnings.size(), 3U);
    EXPECT_NE(f->warnings[0].find("mlockall"), std::string::npos) << "from the arena that probed";
    EXPECT_NE(f->warnings[1].find("mlockall"), std::string::npos) << "from the one at work";
    EXPECT_NE(f->warnings[2].find("cannot be given back"), std::string::npos);
}

} // namespace
} // namespace gofer::rt
