// SPDX-License-Identifier: Apache-2.0
//
// An emitter of one fixed shape: Google Benchmark's JSON, schema version 1. Its time fields hold
// what an operation took; a figure that is no time stands beside them as a counter of its unit.
#include "json.hpp"

#include "commit.hpp"
#include "statistics.hpp"

#include <cerrno>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <system_error>
#include <thread>

#include <unistd.h>

namespace bench {

namespace {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out + '"';
}

std::string now_as_iso8601() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    char text[32];
    std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S%z", &local);
    return std::string(text).insert(22, ":"); // +0100 becomes +01:00
}

std::string host_name() {
    char name[256] = "";
    gethostname(name, sizeof(name) - 1);
    return name;
}

void write_context(std::ostream& out, const run_context& context) {
    out << "  \"context\": {\n"
        << "    \"date\": " << quoted(now_as_iso8601()) << ",\n"
        << "    \"host_name\": " << quoted(host_name()) << ",\n"
        << "    \"executable\": " << quoted(context.executable) << ",\n"
        << "    \"num_cpus\": " << std::thread::hardware_concurrency() << ",\n"
        << "    \"workers\": " << context.workers << ",\n"
        << "    \"library_version\": " << quoted(GOFER_BENCH_VERSION) << ",\n"
        << "    \"library_build_type\": " << quoted(GOFER_BENCH_BUILD_TYPE) << ",\n"
        << "    \"commit\": " << quoted(GOFER_BENCH_COMMIT) << ",\n"
        << "    \"json_schema_version\": 1\n"
        << "  }";
}

/// The nanoseconds of one operation, and the figure itself where it is no time.
struct point {
    double real_time;
    double figure;
};

void write_point(std::ostream& out, const result& r, const point& p) {
    out << ", \"real_time\": " << p.real_time << ", \"cpu_time\": " << p.real_time
        << ", \"time_unit\": \"ns\"";
    if (r.unit == "B/task") out << ", \"bytes_per_task\": " << p.figure;
    out << "}";
}

point point_of(const sample& s) {
    return {static_cast<double>(s.elapsed.count()) / static_cast<double>(s.iterations), s.figure};
}

void write_sample(std::ostream& out, const result& r, std::size_t index) {
    out << "    {\"name\": " << quoted(r.name) << ", \"run_name\": " << quoted(r.name)
        << ", \"run_type\": \"iteration\", \"repetitions\": " << r.samples.size()
        << ", \"repetition_index\": " << index << ", \"threads\": 1"
        << ", \"iterations\": " << r.samples[index].iterations;
    write_point(out, r, point_of(r.samples[index]));
}

void write_aggregate(std::ostream& out, const result& r, const char* aggregate, const point& p) {
    out << ",\n    {\"name\": " << quoted(r.name + "_" + aggregate)
        << ", \"run_name\": " << quoted(r.name)
        << ", \"run_type\": \"aggregate\", \"repetitions\": " << r.samples.size()
        << ", \"threads\": 1, \"aggregate_name\": " << quoted(aggregate)
        << ", \"aggregate_unit\": \"time\", \"iterations\": " << r.samples.size();
    write_point(out, r, p);
}

void write_result(std::ostream& out, const result& r) {
    std::vector<double> times;
    std::vector<double> figures;
    for (std::size_t i = 0; i < r.samples.size(); ++i) {
        if (i != 0) out << ",\n";
        write_sample(out, r, i);
        times.push_back(point_of(r.samples[i]).real_time);
        figures.push_back(r.samples[i].figure);
    }
    write_aggregate(out, r, "mean", {mean(times), mean(figures)});
    write_aggregate(out, r, "median", {median(times), median(figures)});
    write_aggregate(out, r, "stddev", {standard_deviation(times), standard_deviation(figures)});
}

} // namespace

void write_json(const std::string& path, const run_context& context,
                const std::vector<result>& results) {
    std::ofstream out(path);
    out << std::setprecision(12) << "{\n";
    write_context(out, context);
    out << ",\n  \"benchmarks\": [\n";
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (i != 0) out << ",\n";
        write_result(out, results[i]);
    }
    out << "\n  ]\n}\n";
    if (!out.flush()) throw std::system_error(errno, std::generic_category(), path);
}

} // namespace bench
