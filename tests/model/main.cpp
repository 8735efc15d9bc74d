// SPDX-License-Identifier: Apache-2.0
//
// The model tests' main: GoogleTest's options, and the checker's.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "checker/options.hpp"

namespace {

constexpr const char* help = R"(The checker's options, for use with --gtest_filter:
  --replay=CHOICES   execute once, by the choices that a failure printed, and show each step
  --preemptions=N    search with this bound instead of the test's own
  --seconds=N        cut a search only after so long
  --seed=N           of random searches
  --must-find        succeed if, and only if, a search fails: for mutants
)";

/// The text after `--name=`; null data: it is another option.
std::string_view value_of(std::string_view argument, std::string_view name) {
    if (argument.substr(0, name.size()) != name) return {};
    return argument.substr(name.size());
}

bool must_find = false;

bool take(std::string_view argument) {
    if (argument == "--help") {
        std::fputs(help, stdout);
        return true;
    }
    if (argument == "--must-find") {
        must_find = true;
        return true;
    }
    if (const auto v = value_of(argument, "--replay="); !v.empty()) {
        model::overrides.replay = v;
    } else if (const auto p = value_of(argument, "--preemptions="); !p.empty()) {
        model::overrides.preemptions = static_cast<std::uint32_t>(std::atoi(p.data()));
    } else if (const auto s = value_of(argument, "--seconds="); !s.empty()) {
        model::overrides.seconds_max = std::atof(s.data());
    } else if (const auto n = value_of(argument, "--seed="); !n.empty()) {
        model::overrides.seed = std::strtoull(n.data(), nullptr, 10);
    } else {
        return false;
    }
    return true;
}

} // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    for (int i = 1; i < argc; ++i) {
        if (take(argv[i])) continue;
        std::fprintf(stderr, "unknown option %s\n%s", argv[i], help);
        return 2;
    }
    const int verdict = RUN_ALL_TESTS();
    if (!must_find) return verdict;
    std::printf("\nThis is a mutant: %s\n", model::failures_found != 0
                                                ? "its bug was found, as it must be"
                                                : "ITS BUG WAS NOT FOUND, the test is too weak");
    return model::failures_found != 0 ? 0 : 1;
}
