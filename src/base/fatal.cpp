// SPDX-License-Identifier: Apache-2.0
//
// See fatal.hpp and check.hpp.
#include "base/fatal.hpp"

#include <cstdlib>
#include <utility>

#include <unistd.h>

#include "base/check.hpp"
#include "base/print.hpp"

namespace gofer::rt {

void (*rt_bug_dump)() noexcept = nullptr;

void exit_now(int code) noexcept {
    ::_exit(code);
}

void fatal(std::string_view what) noexcept {
    printer() << "fatal error: " << what << '\n';
    exit_now(2);
}

void rt_bug(std::string_view what) noexcept {
    printer() << "gofer: runtime bug: " << what << '\n';
    if (auto* dump = std::exchange(rt_bug_dump, nullptr)) dump();
    std::abort();
}

void check_failed(const char* what, const char* file, int line) noexcept {
    printer() << "gofer: check failed: " << what << " at " << file << ':' << line << '\n';
    rt_bug("a check failed");
}

} // namespace gofer::rt
