// SPDX-License-Identifier: Apache-2.0
//
// Takes the samples of one benchmark, in this process or each in a fresh one.
#include "measure.hpp"

#include "statistics.hpp"

#include <gofer/gofer.hpp>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>
#include <system_error>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

constexpr const char* single_sample_flag = "--once";

int procs_of(const benchmark& b, const settings& s) {
    return b.where == placement::on_one_worker ? 1 : s.workers;
}

measurement measure_here(const benchmark& b, const settings& s) {
    measurement result;
    const int code = gofer::run({.procs = procs_of(b, s)}, [&] {
        if (s.has_warm_up) {
            b.body();
            take_notes();
        }
        for (int i = 0; i < s.samples; ++i) result.samples.push_back(b.body());
    });
    check("the runtime's exit code", code, 0);
    result.notes = take_notes();
    return result;
}

/// Starts this program anew for one sample; its standard output is what is returned.
std::string output_of_child(const benchmark& b, const settings& s) {
    int ends[2];
    if (pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);

    std::vector<const char*> arguments{"gofer_bench", single_sample_flag};
    if (s.is_tiny) arguments.push_back("--tiny");
    arguments.push_back(b.name);
    arguments.push_back(nullptr);
    pid_t child = 0;
    const int error = posix_spawn(&child, "/proc/self/exe", &actions, nullptr,
                                  const_cast<char* const*>(arguments.data()), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error != 0) throw std::system_error(error, std::generic_category(), "posix_spawn");

    std::string output;
    char buffer[4096];
    for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof(buffer))) > 0;) {
        output.append(buffer, static_cast<std::size_t>(got));
    }
    close(ends[0]);
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0) {
        std::fprintf(stderr, "gofer_bench: %s failed in its child process\n", b.name);
        std::exit(1);
    }
    return output;
}

measurement measure_in_children(const benchmark& b, const settings& s) {
    measurement result;
    for (int i = 0; i < s.samples; ++i) {
        std::istringstream lines(output_of_child(b, s));
        sample taken{};
        std::int64_t elapsed_ns = 0;
        if (!(lines >> taken.figure >> taken.iterations >> elapsed_ns)) {
            check("figures printed by the child process", 0, 1);
        }
        taken.elapsed = std::chrono::nanoseconds(elapsed_ns);
        result.samples.push_back(taken);
        note secondary;
        while (lines >> secondary.value >> std::ws && std::getline(lines, secondary.description)) {
            result.notes.push_back(secondary);
        }
    }
    return result;
}

} // namespace

measurement measure(const benchmark& b, const settings& s) {
    return b.where == placement::fresh_process ? measure_in_children(b, s) : measure_here(b, s);
}

void print_single_sample(const benchmark& b, const settings& s) {
    const measurement one =
        measure_here(b, {.workers = s.workers, .samples = 1, .has_warm_up = false});
    const sample& taken = one.samples.front();
    std::printf("%.17g %" PRId64 " %" PRId64 "\n", taken.figure, taken.iterations,
                static_cast<std::int64_t>(taken.elapsed.count()));
    for (const note& n : one.notes) std::printf("%.17g %s\n", n.value, n.description.c_str());
}

std::vector<note> medians_of(const std::vector<note>& notes) {
    std::vector<note> medians;
    for (const note& n : notes) {
        const auto is_same = [&](const note& other) { return other.description == n.description; };
        if (std::any_of(medians.begin(), medians.end(), is_same)) continue;
        std::vector<double> values;
        for (const note& other : notes) {
            if (is_same(other)) values.push_back(other.value);
        }
        medians.push_back({n.description, median(std::move(values))});
    }
    return medians;
}

} // namespace bench
