// SPDX-License-Identifier: Apache-2.0
//
// Starting Ms: for the rooms that start and stop the runtime.
#pragma once

namespace gofer::rt {

/// The system refused a thread that a P needs: says why and ends the program.
[[noreturn]] void thread_refused(int error);

} // namespace gofer::rt
