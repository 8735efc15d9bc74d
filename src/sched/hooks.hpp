// SPDX-License-Identifier: Apache-2.0
//
// What the scheduler asks of higher rooms. Filled once, before the runtime starts (src/boot).
#pragma once

#include <exception>

#include <unwind.h>

namespace gofer::rt {

struct G;

struct scheduler_hooks {
    /// An exception is about to leave a goroutine; its whole stack still stands. Returns only if
    /// the exception shall be caught at the bottom and given to exception_landed.
    void (*uncaught_exception)(G* g, _Unwind_Exception* exception) = nullptr;
    /// The exception has unwound the goroutine; it is the current exception of this thread.
    void (*exception_landed)(G* g) = nullptr;
    /// goexit has unwound the goroutine.
    void (*goexit_landed)(G* g) = nullptr;
    /// A stack without a guard was overrun; found when its goroutine parked. Does not return.
    void (*overran)(G* g) = nullptr;
    /// All goroutines are asleep, for good. Does not return.
    void (*deadlocked)() = nullptr;
    /// A task's exception that nobody fetched. On any thread.
    void (*exception_dropped)(std::exception_ptr exception) = nullptr;
};

extern scheduler_hooks hooks;

} // namespace gofer::rt
