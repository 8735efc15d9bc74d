// SPDX-License-Identifier: Apache-2.0
//
// How a concurrent test runs: its body is the main goroutine of a fresh runtime, and afterwards
// nothing may be left over: no goroutine, no file descriptor, no leak report.
//
// The number of contexts comes from GOFER_PROCS, so that one test binary is run at 1, 2 and 8.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "gofer/gofer.hpp"

#if defined(__SANITIZE_THREAD__)
#define GOFER_TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GOFER_TEST_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define GOFER_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GOFER_TEST_ASAN 1
#endif
#endif

namespace gofer_test {

#if defined(GOFER_TEST_TSAN)
inline constexpr bool is_under_tsan = true;
#else
inline constexpr bool is_under_tsan = false;
#endif
#if defined(GOFER_TEST_ASAN)
inline constexpr bool is_under_asan = true;
#else
inline constexpr bool is_under_asan = false;
#endif

/// How long a test waits for what must happen, before it gives up and fails.
inline constexpr std::chrono::seconds patience{is_under_tsan || is_under_asan ? 120 : 30};

/// A number of goroutines that live at once: TSan keeps at most some thousands of fibers.
constexpr int alive_at_once(int wanted) {
    return is_under_tsan ? std::min(wanted, 2000) : wanted;
}

/// A number of repetitions: sanitizers make each five to twenty times dearer.
constexpr int repetitions(int wanted) {
    return is_under_tsan || is_under_asan ? std::max(1, wanted / 10) : wanted;
}

/// Contexts that this run of the test asks for; 2 unless GOFER_PROCS says otherwise.
inline int procs_of_test() {
    const char* text = std::getenv("GOFER_PROCS");
    const int procs = text == nullptr ? 2 : std::atoi(text);
    return procs > 0 ? procs : 2;
}

/// Lets others run until `is_so()` holds. False: it did not within `patience`. From a goroutine or
/// a plain thread.
template <class Condition>
[[nodiscard]] bool eventually(Condition&& is_so) {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (int i = 1; !is_so(); ++i) {
        if (i % 64 == 0 && std::chrono::steady_clock::now() > end) return false;
        gofer::gosched();
    }
    return true;
}

/// What the process has open, as `number -> target`.
inline std::vector<std::string> open_files() {
    namespace fs = std::filesystem;
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code gone; // the iterator's own descriptor reads as this very folder
        const fs::path target = fs::read_symlink(entry.path(), gone);
        if (gone || target.string().ends_with("/fd")) continue;
        files.push_back(entry.path().filename().string() + " -> " + target.string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// Runs `body` as the main goroutine, then demands a clean end.
template <class Body>
void run_test(gofer::options o, Body&& body) {
    if (o.procs == 0) o.procs = procs_of_test();
    o.grace = std::chrono::milliseconds(200); // only a failed test has anybody left to wait for
    const std::vector<std::string> before = open_files();
    const int code = gofer::run(o, [&] {
        body();
        EXPECT_TRUE(eventually([] { return gofer::num_goroutine() == 1; }))
            << gofer::num_goroutine() - 1 << " goroutines were left when the body had ended";
    });
    EXPECT_EQ(code, 0) << "the runtime reported goroutines that were left";
    EXPECT_EQ(open_files(), before) << "the runtime did not give its file descriptors back";
}

template <class Body>
void run_test(Body&& body) {
    run_test(gofer::options{}, std::forward<Body>(body));
}

/// Runs a test's body at a number of contexts of its own choice.
template <class Body>
void run_test(int procs, Body&& body) {
    gofer::options o;
    o.procs = procs;
    run_test(o, std::forward<Body>(body));
}

/// The text of the exception of type `Error` that `f()` throws; a failed test if it throws none.
template <class Error, class F>
std::string text_of(F&& f) {
    try {
        std::forward<F>(f)();
    } catch (const Error& e) {
        return e.what();
    } catch (const std::exception& e) {
        ADD_FAILURE() << "another exception was thrown: " << e.what();
        return {};
    }
    ADD_FAILURE() << "no exception was thrown";
    return {};
}

} // namespace gofer_test
