// SPDX-License-Identifier: Apache-2.0
//
// The test that must fail. ctest runs it through check_canary.cmake, which wants exactly this.
#include <gtest/gtest.h>

TEST(canary, sings) {
    EXPECT_EQ(1 + 1, 3) << "the canary fell off its perch";
}
