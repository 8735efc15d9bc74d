// SPDX-License-Identifier: Apache-2.0
//
// The two ways to end the process on the spot: the user broke a rule, or we did.
#pragma once

#include <string_view>

namespace gofer::rt {

/// The user broke a rule that cannot be handled: `fatal error: ...`, exit code 2, as in Go.
[[noreturn, gnu::cold]] void fatal(std::string_view what) noexcept;

/// A bug of gofer: says so, calls the dump hook, aborts (so that a core file comes).
[[noreturn, gnu::cold]] void rt_bug(std::string_view what) noexcept;

/// Ends the process with code 2 without running exit handlers, which may need what is broken.
[[noreturn]] void exit_now(int code) noexcept;

/// Filled by a higher room: prints what the runtime knows. Called at most once.
extern void (*rt_bug_dump)() noexcept;

} // namespace gofer::rt
