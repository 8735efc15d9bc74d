// SPDX-License-Identifier: Apache-2.0
//
// What model tests say about the result of a search.
#pragma once

#include <gtest/gtest.h>

#include "checker/explore.hpp"
#include "checker/var.hpp"

/// Every schedule within the bounds was executed, and none failed.
#define EXPECT_MODEL_PASSES(r)                                                                     \
    do {                                                                                           \
        const ::model::result& r_ = (r);                                                           \
        EXPECT_EQ(r_.failure, ::model::failure_kind::none) << r_.report;                           \
        EXPECT_TRUE(r_.is_complete)                                                                \
            << "the search was cut after " << r_.executions << " executions";                      \
    } while (false)

/// The search finds this kind of failure, and can say how to repeat it. When a replay is asked for,
/// only the failure itself counts.
#define EXPECT_MODEL_FAILS(r, kind)                                                                \
    do {                                                                                           \
        const ::model::result& r_ = (r);                                                           \
        EXPECT_EQ(r_.failure, ::model::failure_kind::kind) << r_.report;                           \
        EXPECT_FALSE(r_.replay.empty());                                                           \
    } while (false)
