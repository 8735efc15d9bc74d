// SPDX-License-Identifier: Apache-2.0
//
// Results in the shape of Google Benchmark's JSON, which its tools and plotters read.
#pragma once

#include <string>
#include <vector>

#include "benchmark.hpp"

namespace bench {

struct result {
    std::string name;
    std::string unit;
    std::vector<sample> samples;
};

struct run_context {
    std::string executable;
    int workers;
};

/// Writes the file. Throws std::system_error if that cannot be done.
void write_json(const std::string& path, const run_context& context,
                const std::vector<result>& results);

} // namespace bench
