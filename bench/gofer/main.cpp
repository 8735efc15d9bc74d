// SPDX-License-Identifier: Apache-2.0
//
// The common benchmark set on gofer.
//
// Usage: gofer_bench [--tiny] [--json FILE] [--list] [NAME...] (no name: every benchmark). WORKERS
// sets the number of contexts (default 2), SAMPLES how often a body runs after a warm-up (default
// 5). Each line printed is `name value unit`: the median of the samples. Secondary figures go to
// standard error, on lines that start with '#'. --tiny runs each body once, with sizes that only
// show that it works. --json writes all samples as Google Benchmark does.
//
// Deviations from the common set, and readings of it where it leaves a choice (the sizes and these
// readings are those of the Go program):
//
//  * spawn_join adds the whole batch to the wait_group at once.
//  * spawn_chain is waited for through a wait_group that the links hold by reference; a channel
//    handle in each link would count its copies.
//  * The goroutines of skynet share their parent's channel by handle, which is counted: a reference
//    could outlive a parent that has received the last sum.
//  * yield runs on one context.
//  * select_default is try_recv.
//  * sieve's clock stops at the 1,500th prime; the filters are taken down after that.
//  * waitgroup_fanout times the whole life of the goroutines (start, park, release, join). The part
//    from the release on is a secondary figure.
//  * parked_memory takes each sample in a fresh process, without a warm-up, as the Go program does.
//    The growth of the page tables, which VmRSS leaves out, and the sum are secondary figures.
//  * fib_forkjoin joins through a task.
#include "bodies.hpp"
#include "json.hpp"
#include "measure.hpp"
#include "statistics.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

namespace {

constexpr benchmark benchmarks[] = {
    {"spawn_join", "ns/op", spawn_join},
    {"spawn_chain", "ns/op", spawn_chain},
    {"skynet", "ms", skynet},
    {"yield", "ns/op", yield, placement::on_one_worker},
    {"chan_pingpong", "ns/op", chan_pingpong},
    {"chan_buffered", "ns/op", chan_buffered},
    {"chan_mpmc", "ns/op", chan_mpmc},
    {"chan_fanin", "ns/op", chan_fanin},
    {"select2", "ns/op", select2},
    {"select_default", "ns/op", select_default},
    {"ring", "ns/op", ring},
    {"sieve", "ms", sieve},
    {"waitgroup_fanout", "ns/op", waitgroup_fanout},
    {"sleep_many", "ms", sleep_many},
    {"parked_memory", "B/task", parked_memory, placement::fresh_process},
    {"fib_forkjoin", "ms", fib_forkjoin},
    {"parallel_sha1", "ms", parallel_sha1},
};

/// Part of the common set, but not of this program.
struct missing_benchmark {
    std::string_view name;
    const char* needs;
};
constexpr missing_benchmark missing[] = {
    {"mutex_contended", "mutex"},
    {"timer_churn", "timer"},
    {"tcp_echo", "net"},
};

constexpr int exit_usage = 2;

struct command_line {
    settings how;
    bool is_single_sample = false;
    bool is_list = false;
    std::string json_path;
    std::vector<benchmark> selected;
};

[[noreturn]] void usage_error(const std::string& text) {
    std::fprintf(stderr, "gofer_bench: %s\n", text.c_str());
    std::exit(exit_usage);
}

int number_from_env(const char* variable, int otherwise) {
    const char* const text = std::getenv(variable);
    if (text == nullptr || *text == '\0') return otherwise;
    char* end = nullptr;
    const long number = std::strtol(text, &end, 10);
    if (*end != '\0' || number < 1 || number > 1024) {
        usage_error(std::string(variable) + " must be a number from 1 to 1024, not \"" + text +
                    "\"");
    }
    return static_cast<int>(number);
}

benchmark find(std::string_view name) {
    const auto found = std::find_if(std::begin(benchmarks), std::end(benchmarks),
                                    [&](const benchmark& b) { return name == b.name; });
    if (found != std::end(benchmarks)) return *found;
    for (const missing_benchmark& m : missing) {
        if (name != m.name) continue;
        usage_error(std::string(name) + " is not part of this program: it needs gofer's " +
                    m.needs);
    }
    usage_error("no benchmark is called \"" + std::string(name) + "\"; --list names them all");
}

command_line parse(int count, char** arguments) {
    command_line line;
    line.how.workers = number_from_env("WORKERS", line.how.workers);
    line.how.samples = number_from_env("SAMPLES", line.how.samples);
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--tiny") {
            line.how.is_tiny = true;
        } else if (argument == "--once") {
            line.is_single_sample = true;
        } else if (argument == "--list") {
            line.is_list = true;
        } else if (argument == "--json") {
            if (++i == count) usage_error("--json needs the name of a file");
            line.json_path = arguments[i];
        } else if (argument.starts_with("-")) {
            usage_error("unknown option " + std::string(argument) +
                        "; known are --tiny, --json FILE and --list");
        } else {
            line.selected.push_back(find(argument));
        }
    }
    if (line.selected.empty()) line.selected.assign(std::begin(benchmarks), std::end(benchmarks));
    if (line.how.is_tiny) {
        line.how.samples = 1;
        line.how.has_warm_up = false;
        use_tiny_sizes();
    }
    return line;
}

result run_and_print(const benchmark& b, const settings& how) {
    measurement taken = measure(b, how);
    std::vector<double> figures;
    for (const sample& s : taken.samples) figures.push_back(s.figure);
    std::printf("%s %.1f %s\n", b.name, median(std::move(figures)), b.unit);
    std::fflush(stdout);
    for (const note& n : medians_of(taken.notes)) {
        std::fprintf(stderr, "# %s: %.1f\n", n.description.c_str(), n.value);
    }
    return {b.name, b.unit, std::move(taken.samples)};
}

void run_program(const command_line& line, const char* executable) {
    if (line.is_list) {
        for (const benchmark& b : benchmarks) std::printf("%s %s\n", b.name, b.unit);
        return;
    }
    if (line.is_single_sample) {
        print_single_sample(line.selected.front(), line.how);
        return;
    }
    std::vector<result> results;
    for (const benchmark& b : line.selected) results.push_back(run_and_print(b, line.how));
    if (!line.json_path.empty()) {
        write_json(line.json_path, {executable, line.how.workers}, results);
    }
}

} // namespace

} // namespace bench

int main(int argc, char** argv) {
    try {
        bench::run_program(bench::parse(argc, argv), argv[0]);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "gofer_bench: %s\n", e.what());
        return 1;
    }
}
