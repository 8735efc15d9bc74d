// SPDX-License-Identifier: Apache-2.0
//
// The list of free stacks against a plain deque, by random operations.
#include "stack/free_list.hpp"

#include <deque>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "stack/arena.hpp"
#include "support/seed.hpp"

namespace gofer::rt {
namespace {

class free_list_test : public testing::Test {
protected:
    free_list_test() : magazines_(12) {
        for (magazine& m : magazines_) {
            m.older = spare;
            spare = &m;
        }
    }
    std::size_t spare_count() const {
        std::size_t n = 0;
        for (const magazine* m = spare; m != nullptr; m = m->older) ++n;
        return n;
    }

    free_list list;
    magazine* spare = nullptr;
    std::vector<stack> stacks = std::vector<stack>(4000);

private:
    std::vector<magazine> magazines_;
};

TEST_F(free_list_test, an_empty_list_gives_nothing) {
    stack* out[3];
    EXPECT_EQ(list.pop_newest(out, 3, spare), 0U);
    EXPECT_EQ(list.pop_oldest(out, 3, spare), 0U);
}

TEST_F(free_list_test, behaves_as_a_deque) {
    std::mt19937_64 random(gofer_test::seed_of_test());
    std::deque<stack*> model;
    std::vector<stack*> unlisted;
    for (stack& s : stacks) unlisted.push_back(&s);
    std::vector<stack*> out(stacks.size());
    for (int round = 0; round < 20'000; ++round) {
        const std::size_t n = random() % 1200;
        const auto kind = random() % 3;
        if (kind == 0) {
            for (std::size_t i = 0; i < n && !unlisted.empty(); ++i) {
                list.push(unlisted.back(), spare);
                model.push_back(unlisted.back());
                unlisted.pop_back();
            }
            continue;
        }
        const bool is_newest = kind == 1;
        const std::size_t got = is_newest ? list.pop_newest(out.data(), n, spare)
                                          : list.pop_oldest(out.data(), n, spare);
        if (is_newest) {
            ASSERT_EQ(got, std::min(n, model.size()));
        } else {
            ASSERT_LE(got, std::min(n, model.size()));
            ASSERT_TRUE(got > 0 || n == 0 || model.empty());
        }
        for (std::size_t i = 0; i < got; ++i) {
            ASSERT_EQ(out[i], is_newest ? model.back() : model.front());
            is_newest ? model.pop_back() : model.pop_front();
            unlisted.push_back(out[i]);
        }
        // At most two magazines are partly full: what the reserve of the arena counts on.
        ASSERT_LE(12 - spare_count(), model.size() / magazine::capacity + 2);
    }
}

} // namespace
} // namespace gofer::rt
