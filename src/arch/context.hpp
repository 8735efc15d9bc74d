// SPDX-License-Identifier: Apache-2.0
//
// The seam to the CPU: the context switch, and what only assembly can say. One folder a CPU.
#pragma once

#include "arch/x86_64/cpu.hpp"

#include <unwind.h>

extern "C" {

/// Saves the caller's context, stores its sp in *save_sp as the last touch of the stack left
/// (release), and goes on where resume_sp was saved.
void gofer_switch(void** save_sp, void* resume_sp);
/// Goes on where resume_sp was saved; the caller's stack is left for good.
[[noreturn]] void gofer_jump(void* resume_sp);
/// As gofer_switch, but goes on in gofer_goroutine_main on the empty stack that ends at `top`.
void gofer_start(void** save_sp, void* top);
[[noreturn]] void gofer_start_over(void* top);
/// Calls fn(arg) in a frame that asks gofer_invoke_personality about every exception.
void gofer_invoke(void (*fn)(void*), void* arg);
extern const char gofer_invoke_pad[];
/// _Unwind_Backtrace of the context saved at `sp`, which must not go on meanwhile.
void gofer_backtrace_from(void* sp, _Unwind_Reason_Code (*visit)(_Unwind_Context*, void*),
                          void* arg);

/// Filled by src/sched/entry.cpp.
[[noreturn]] void gofer_goroutine_main();

} // extern "C"
