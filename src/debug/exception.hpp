// SPDX-License-Identifier: Apache-2.0
//
// What can be said of an exception in flight.
#pragma once

#include <unwind.h>

#include "base/print.hpp"

namespace gofer::rt {

/// Type and text: `std::runtime_error: no such file`. Nothing is caught or changed.
void print_exception(printer& out, const _Unwind_Exception* exception);

/// The same of the exception that is being handled.
void print_current_exception(printer& out);

} // namespace gofer::rt
