// SPDX-License-Identifier: Apache-2.0
//
// Takes the samples of one benchmark.
#pragma once

#include <vector>

#include "benchmark.hpp"

namespace bench {

struct settings {
    int workers = 2; ///< contexts
    int samples = 5; ///< after the warm-up
    bool has_warm_up = true;
    bool is_tiny = false;
};

struct measurement {
    std::vector<sample> samples;
    std::vector<note> notes; ///< of all samples
};

/// Runs the benchmark where it says: here, or each sample in a fresh process.
measurement measure(const benchmark& b, const settings& s);

/// Takes one sample without a warm-up and prints it for the process that asked for it.
void print_single_sample(const benchmark& b, const settings& s);

/// The median of each secondary figure, in the order of their first appearance.
std::vector<note> medians_of(const std::vector<note>& notes);

} // namespace bench
