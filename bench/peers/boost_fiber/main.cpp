// SPDX-License-Identifier: Apache-2.0
//
// The common benchmark set on Boost.Fiber.
//
// Usage: boost_fiber_bench [NAME...] (no name: every benchmark). WORKERS sets the number of worker
// threads (default 2). IDLE is what a thread without a ready fiber does: `spin` (default, as in the
// library) or `suspend`. Each line printed is `name value unit`: the median of the passes (SAMPLES,
// default 5) after a warm-up.
//
// Left out, because Boost.Fiber has no natural form of it:
// * select2: there is no select over channels.
// * timer_churn: there is no timer object, only sleeping and waiting with a time limit.
// * tcp_echo: there is no socket layer; the library leaves I/O to an integration written by the
// user.
//
// Where this differs from the letter of the set:
// * With two or more workers every thread runs algo::work_stealing. Neither of its two ways to be
// idle
//   suits every benchmark, so measure both. Spinning threads steal, but a channel between two of
//   them costs microseconds. A suspended thread wakes only when a fiber of its own becomes ready,
//   not when there is something to steal: channels are fast, because nearly all fibers stay on one
//   thread.
// * With one worker it is algo::round_robin: algo::work_stealing looks for a victim other than
// itself
//   and never returns when there is none. `yield` runs on such a single thread whatever WORKERS
//   says.
// * Stacks are 16 KiB from a thread-safe pool (stack_pool.hpp), without guard pages.
// * A buffered_channel's capacity is a power of two, one slot of which stays empty: `skynet` uses
// 16
//   (15 items) and the channels of capacity 128 hold 127 items.
// * `skynet` and `fib_forkjoin` launch with launch::dispatch (the new fiber runs at once). With
//   launch::post the FIFO ready queues make nearly every fiber of the tree live at the same time.
// * `select_default` is buffered_channel::try_pop; the unbuffered channel has no try_pop.
// * `waitgroup_fanout` times the whole pass: spawning, parking, releasing and joining the fibers.
// * `sleep_many` prints the whole wall time, the 100 ms included.
// * `parked_memory` is one measurement in a process of its own.
// * chan_pingpong, chan_buffered, chan_fanin and ring have fewer operations than on other runtimes,
// and
//   a benchmark that has run for 10 s starts no further pass: its figure is then the median of
//   fewer than SAMPLES. Both are for IDLE=spin, where even so `sieve` takes tens of seconds a pass.

#include "benchmarks.hpp"
#include "worker_threads.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/fixedsize_stack.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace {

enum class Mode {
    repeated,               // median of several passes on the configured number of workers
    repeated_on_one_worker, // as repeated, always on one worker
    once_in_fresh_process,  // a single pass in a process that has run nothing before it
};

struct Benchmark {
    const char* name;
    const char* unit;
    double (*run_pass)();
    Mode mode = Mode::repeated;
};

constexpr Benchmark benchmarks[] = {
    {"spawn_join", "ns/op", spawn_join},
    {"spawn_chain", "ns/op", spawn_chain},
    {"skynet", "ms", skynet},
    {"yield", "ns/op", yield_between_two, Mode::repeated_on_one_worker},
    {"chan_pingpong", "ns/op", chan_pingpong},
    {"chan_buffered", "ns/op", chan_buffered},
    {"chan_mpmc", "ns/op", chan_mpmc},
    {"chan_fanin", "ns/op", chan_fanin},
    {"select_default", "ns/op", select_default},
    {"ring", "ns/op", ring},
    {"sieve", "ms", sieve},
    {"mutex_contended", "ns/op", mutex_contended},
    {"waitgroup_fanout", "ns/op", waitgroup_fanout},
    {"sleep_many", "ms", sleep_many},
    {"parked_memory", "B/task", parked_memory, Mode::once_in_fresh_process},
    {"fib_forkjoin", "ms", fib_forkjoin},
    {"parallel_sha1", "ms", parallel_sha1},
};

constexpr int warm_up_passes = 1;
constexpr std::chrono::seconds time_limit(10);

unsigned number_from_env(const char* variable, unsigned otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : static_cast<unsigned>(std::max(1, std::atoi(text)));
}

// Runs the pass in a fiber of its own, because the main fiber of a thread cannot be stolen.
double run_pass_in_fiber(const Benchmark& benchmark) {
    constexpr std::size_t stack_bytes = 256 * 1024;
    double figure = 0;
    boost::fibers::fiber(std::allocator_arg, boost::fibers::fixedsize_stack(stack_bytes), [&] {
        figure = benchmark.run_pass();
    }).join();
    return figure;
}

double median_of_passes(const Benchmark& benchmark) {
    const auto deadline = std::chrono::steady_clock::now() + time_limit;
    for (int pass = 0; pass < warm_up_passes; ++pass) run_pass_in_fiber(benchmark);
    const std::size_t passes = number_from_env("SAMPLES", 5);
    std::vector<double> figures;
    do {
        figures.push_back(run_pass_in_fiber(benchmark));
    } while (figures.size() < passes && std::chrono::steady_clock::now() < deadline);
    std::sort(figures.begin(), figures.end());
    return figures[figures.size() / 2];
}

double measure(const Benchmark& benchmark) {
    switch (benchmark.mode) {
    case Mode::once_in_fresh_process:
        return run_pass_in_fiber(benchmark);
    case Mode::repeated_on_one_worker: {
        double figure = 0;
        std::thread([&] {
            figure = median_of_passes(benchmark);
        }).join(); // a new thread is round_robin
        return figure;
    }
    case Mode::repeated:
        break;
    }
    return median_of_passes(benchmark);
}

void measure_in_child_process(const Benchmark& benchmark) {
    char program[] = "/proc/self/exe";
    char* arguments[] = {program, const_cast<char*>(benchmark.name), nullptr};
    pid_t child;
    int status = 1;
    if (posix_spawn(&child, program, nullptr, nullptr, arguments, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0) {
        std::fprintf(stderr, "%s failed in its child process\n", benchmark.name);
        std::exit(1);
    }
}

std::vector<Benchmark> select_benchmarks(int count, char** names) {
    if (count == 0) return {std::begin(benchmarks), std::end(benchmarks)};
    std::vector<Benchmark> selected;
    for (int i = 0; i < count; ++i) {
        auto found = std::find_if(
            std::begin(benchmarks), std::end(benchmarks),
            [&](const Benchmark& benchmark) { return std::strcmp(benchmark.name, names[i]) == 0; });
        if (found == std::end(benchmarks)) {
            std::fprintf(stderr, "unknown benchmark: %s\n", names[i]);
            std::exit(2);
        }
        selected.push_back(*found);
    }
    return selected;
}

IdleThreads idle_threads() {
    const char* text = std::getenv("IDLE");
    if (text == nullptr || std::strcmp(text, "spin") == 0) return IdleThreads::spin;
    if (std::strcmp(text, "suspend") == 0) return IdleThreads::suspend;
    std::fprintf(stderr, "IDLE must be spin or suspend\n");
    std::exit(2);
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<Benchmark> selected = select_benchmarks(argc - 1, argv + 1);
    WorkerThreads workers(number_from_env("WORKERS", 2), idle_threads());
    for (const Benchmark& benchmark : selected) {
        if (benchmark.mode == Mode::once_in_fresh_process && selected.size() > 1) {
            measure_in_child_process(benchmark);
        } else {
            std::printf("%s %.1f %s\n", benchmark.name, measure(benchmark), benchmark.unit);
            std::fflush(stdout);
        }
    }
}
