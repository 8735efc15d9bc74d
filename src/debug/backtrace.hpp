// SPDX-License-Identifier: Apache-2.0
//
// Stack traces: return addresses of running and parked goroutines. No heap, no locks of ours.
#pragma once

#include <cstddef>

namespace gofer::rt {

/// Calls visit(pc, arg) for each frame, innermost first, until it says false.
using frame_visitor = bool (*)(const void* pc, void* arg);

/// Of the calling thread, from its current frame down. Works in a signal handler on another stack.
void backtrace_here(frame_visitor visit, void* arg);

/// Of a saved context that stands still.
void backtrace_saved(void* sp, frame_visitor visit, void* arg);

} // namespace gofer::rt
