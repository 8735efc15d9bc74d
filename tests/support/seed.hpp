// SPDX-License-Identifier: Apache-2.0
//
// The seed of a random test: printed by every run, given again with --seed=N or GOFER_TEST_SEED.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace gofer_test {

namespace detail {

/// The N of `--seed=N` on the command line of this process, else of GOFER_TEST_SEED, else "".
inline std::string asked_seed() {
    std::ifstream command("/proc/self/cmdline", std::ios::binary);
    const std::string prefix = "--seed=";
    for (std::string word; std::getline(command, word, '\0');) {
        if (word.starts_with(prefix)) return word.substr(prefix.size());
    }
    const char* text = std::getenv("GOFER_TEST_SEED");
    return text == nullptr ? "" : text;
}

} // namespace detail

/// The seed for the running test. Says how to get the same run again.
inline std::uint64_t seed_of_test() {
    const std::string asked = detail::asked_seed();
    const std::uint64_t seed = asked.empty() ? std::random_device{}() : std::stoull(asked);
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::printf("[   SEED   ] %s.%s: repeat with --seed=%llu\n", test->test_suite_name(),
                test->name(), static_cast<unsigned long long>(seed));
    return seed;
}

} // namespace gofer_test
