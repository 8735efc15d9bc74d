// SPDX-License-Identifier: Apache-2.0
//
// The thin layer over the system calls for memory: the kernel's convention, and errno untouched.
#include "platform/memory.hpp"

#include <cerrno>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <sys/uio.h>

namespace gofer::rt {
namespace {

/// Mapped pages, unmapped at the end.
class memory_test : public testing::Test {
protected:
    static constexpr std::size_t pages = 64;

    void SetUp() override {
        const long address = memory.map(pages * page_bytes, PROT_READ | PROT_WRITE, 0);
        ASSERT_FALSE(is_memory_error(address));
        base = reinterpret_cast<std::byte*>(address);
        std::memset(base, 1, pages * page_bytes);
    }
    void TearDown() override {
        memory = memory_ops_of_kernel;
        EXPECT_EQ(memory.unmap(base, pages * page_bytes), 0);
    }
    /// Every second page.
    std::vector<iovec> ranges() const {
        std::vector<iovec> all;
        for (std::size_t i = 0; i < pages; i += 2) {
            all.push_back({base + i * page_bytes, page_bytes});
        }
        return all;
    }
    void expect_every_second_page_is_zero() const {
        for (std::size_t i = 0; i < pages; ++i) {
            EXPECT_EQ(base[i * page_bytes], i % 2 == 0 ? std::byte{0} : std::byte{1}) << i;
        }
    }

    std::byte* base = nullptr;
};

TEST_F(memory_test, errors_are_negative_errno_and_errno_survives) {
    errno = 77;
    EXPECT_EQ(memory.advise(base + 1, page_bytes, MADV_DONTNEED), -EINVAL);
    EXPECT_EQ(memory.map(~std::size_t{0} / 2, PROT_READ, 0), -ENOMEM);
    EXPECT_EQ(memory.protect(reinterpret_cast<void*>(1), 1, PROT_READ), -EINVAL);
    EXPECT_EQ(errno, 77);
}

TEST_F(memory_test, is_memory_error_tells_errors_from_addresses) {
    EXPECT_TRUE(is_memory_error(-ENOMEM));
    EXPECT_TRUE(is_memory_error(-4095));
    EXPECT_FALSE(is_memory_error(0x7fff'0000'0000));
    EXPECT_FALSE(is_memory_error(-4096));
}

TEST_F(memory_test, ranges_are_advised_in_one_call) {
    const auto r = ranges();
    EXPECT_EQ(memory_advise_ranges(r.data(), r.size(), MADV_DONTNEED), 0);
    expect_every_second_page_is_zero();
}

TEST_F(memory_test, ranges_are_advised_one_by_one_where_many_are_refused) {
    memory.advise_many = [](const iovec*, std::size_t, int) -> long { return -EPERM; };
    const auto r = ranges();
    EXPECT_EQ(memory_advise_ranges(r.data(), r.size(), MADV_DONTNEED), 0);
    expect_every_second_page_is_zero();
}

TEST_F(memory_test, a_count_that_ends_within_a_range_is_continued_there) {
    // Claims a page and a half of each call, and does one page.
    memory.advise_many = [](const iovec* r, std::size_t, int advice) -> long {
        memory_ops_of_kernel.advise(r->iov_base, r->iov_len, advice);
        return static_cast<long>(page_bytes + page_bytes / 2);
    };
    const auto r = ranges();
    EXPECT_EQ(memory_advise_ranges(r.data(), r.size(), MADV_DONTNEED), 0);
    expect_every_second_page_is_zero();
}

TEST_F(memory_test, the_first_refused_range_ends_it_with_its_error) {
    auto r = ranges();
    r[5].iov_base = static_cast<std::byte*>(r[5].iov_base) + 1; // not aligned
    EXPECT_EQ(memory_advise_ranges(r.data(), r.size(), MADV_DONTNEED), -EINVAL);
    EXPECT_EQ(base[8 * page_bytes], std::byte{0}) << "those before it are done";
    EXPECT_EQ(base[12 * page_bytes], std::byte{1}) << "those after it are not";
}

TEST_F(memory_test, no_ranges_are_no_error) {
    EXPECT_EQ(memory_advise_ranges(nullptr, 0, MADV_DONTNEED), 0);
}

TEST_F(memory_test, tables_are_zero_and_writable) {
    auto* table = static_cast<std::byte*>(memory_map_table(10 * page_bytes));
    ASSERT_NE(table, nullptr);
    for (std::size_t i = 0; i < 10 * page_bytes; i += 64) ASSERT_EQ(table[i], std::byte{0});
    std::memset(table, 5, 10 * page_bytes);
    EXPECT_EQ(memory.unmap(table, 10 * page_bytes), 0);
    EXPECT_EQ(memory_map_table(~std::size_t{0} / 2), nullptr);
}

} // namespace
} // namespace gofer::rt
