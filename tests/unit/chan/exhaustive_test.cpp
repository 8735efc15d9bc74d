// SPDX-License-Identifier: Apache-2.0
//
// Every short sequence of operations, on channels of capacity 0 to 2, agrees with the naive
// channel: with goroutines that wait, and with operations that do not.
#include <string>

#include <gtest/gtest.h>

#include "against_reference.hpp"

namespace {

using gofer_test::comparison;
using gofer_test::run_test;
using gofer_test::step;
using gofer_test::steps;

/// Calls `run(sequence number)` for all sequences of `length` steps.
template <class Run>
void for_all_sequences(int length, Run&& run) {
    int count = 1;
    for (int i = 0; i < length; ++i) count *= steps;
    for (int n = 0; n < count; ++n) {
        if (!run(n)) return;
    }
}

/// The digits of `sequence` to the base of the number of steps are the steps taken.
template <class T>
bool agrees(std::size_t capacity, int sequence, int length) {
    comparison<T> both(capacity);
    for (int i = 0; i < length; ++i, sequence /= steps) {
        if (!both.take(static_cast<step>(sequence % steps))) return false;
    }
    return true;
}

template <class T>
void expect_that_all_agree(std::size_t capacity) {
    const int length = gofer_test::is_under_tsan || gofer_test::is_under_asan ? 4 : 6;
    run_test(
        [=] { for_all_sequences(length, [=](int n) { return agrees<T>(capacity, n, length); }); });
}

TEST(every_sequence, of_an_unbuffered_channel_agrees_with_the_naive_one) {
    expect_that_all_agree<int>(0);
}

TEST(every_sequence, of_a_channel_of_one_agrees_with_the_naive_one) {
    expect_that_all_agree<int>(1);
}

TEST(every_sequence, of_a_channel_of_two_agrees_with_the_naive_one) {
    expect_that_all_agree<int>(2);
}

TEST(every_sequence, of_boxed_elements_agrees_with_the_naive_one) {
    expect_that_all_agree<std::string>(1);
}

} // namespace
