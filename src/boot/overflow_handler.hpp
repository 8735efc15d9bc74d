// SPDX-License-Identifier: Apache-2.0
//
// The handler of SIGSEGV that turns a hit guard into a report.
#pragma once

namespace gofer::rt {

/// Installs it; a handler that was there before is called for every other fault.
void overflow_handler_install();
/// Puts the former handler back, unless somebody has replaced ours.
void overflow_handler_remove();

} // namespace gofer::rt
