// SPDX-License-Identifier: Apache-2.0
//
// What gofer throws. Every text says what went wrong, where, and how to mend it.
#pragma once

#include <stdexcept>

namespace gofer {

/// Base of every exception that gofer throws on its own behalf.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A bad argument or a broken rule of use that the program can handle: an absurd stack size, a
/// negative `wait_group`, a second runtime, `GOFER_PROCS=abc`.
class usage_error : public error {
public:
    using error::error;
};

/// An operation that needs a runtime was called while none lives.
class no_runtime : public usage_error {
public:
    using usage_error::usage_error;
};

/// Send on a closed channel, or close of a nil or closed one. The text names the channel: its
/// capacity, its length and where it was made.
class channel_error : public error {
public:
    using error::error;
};

/// The system refused memory or threads. What was asked for did not happen; nothing is lost.
class resource_error : public error {
public:
    using error::error;
};

} // namespace gofer
