// SPDX-License-Identifier: Apache-2.0
//
// What a stack costs in memory, all included: its touched page, page tables, our records.
//
// GOFER_TEST_STACKS=1000000 measures that many instead; docs/design/stacks.md has the figures.
#include <cstdlib>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "probe.hpp"
#include "stack/arena.hpp"
#include "support/fixture.hpp"

namespace gofer::rt {
namespace {

/// A figure of /proc/self/status, in bytes.
std::size_t status_bytes(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::size_t kib = 0;
        if (word == field + ":" && status >> kib) return kib * 1024;
    }
    return 0;
}

std::size_t all_memory() {
    return status_bytes("VmRSS") + status_bytes("VmPTE");
}

TEST(memory_cost, a_parked_stack_costs_its_page_and_little_more) {
    if (gofer_test::is_under_asan || gofer_test::is_under_tsan) {
        GTEST_SKIP() << "a sanitizer has memory of its own for each page";
    }
    stack_arena a;
    if (a.guards() != guard_mode::madvise_guard) GTEST_SKIP() << "canaries cost a second page";
    const char* asked = std::getenv("GOFER_TEST_STACKS");
    const std::size_t n = asked == nullptr ? 100'000 : std::stoul(asked);
    std::vector<stack*> taken(n); // resident before it is measured: it belongs to the test
    const std::size_t before = all_memory();
    const std::size_t tables_before = status_bytes("VmPTE");
    ASSERT_GT(before, 0U);
    for (std::size_t done = 0; done < n;) {
        const std::size_t got = a.take(gofer_test::default_class, &taken[done], n - done);
        ASSERT_GT(got, 0U);
        done += got;
    }
    for (const stack* s : taken) gofer_test::touch(*s);
    const std::size_t each = (all_memory() - before) / n;
    const std::size_t tables = (status_bytes("VmPTE") - tables_before) / n;
    std::printf("%zu stacks: %zu bytes each, %zu of them page tables\n", n, each, tables);
    // 4,900 is the goal for a goroutine, whose G has 256: this leaves them, and 2 % for the rest.
    EXPECT_LE(each, 4'644U);
    EXPECT_GE(each, 4'096U) << "the measurement is wrong: the pages alone are more";
    // Our own records: 16 for the stack, 8 in the free list, 1 in the map of addresses.
    EXPECT_LE(each - 4'096 - tables, 32U);
}

} // namespace
} // namespace gofer::rt
