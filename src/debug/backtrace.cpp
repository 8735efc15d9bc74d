// SPDX-License-Identifier: Apache-2.0
//
// See backtrace.hpp: libgcc's unwinder does the walking.
#include "debug/backtrace.hpp"

#include <cstdint>

#include "arch/context.hpp"

namespace gofer::rt {

namespace {

struct walk {
    frame_visitor visit;
    void* arg;
};

_Unwind_Reason_Code step(_Unwind_Context* context, void* p) {
    const auto* w = static_cast<const walk*>(p);
    int is_before_instruction = 0;
    auto pc = _Unwind_GetIPInfo(context, &is_before_instruction);
    if (pc == 0) return _URC_END_OF_STACK;
    // A return address belongs to the call before it.
    if (is_before_instruction == 0) --pc;
    return w->visit(reinterpret_cast<const void*>(pc), w->arg) ? _URC_NO_REASON : _URC_END_OF_STACK;
}

} // namespace

void backtrace_here(frame_visitor visit, void* arg) {
    walk w{visit, arg};
    _Unwind_Backtrace(&step, &w);
}

void backtrace_saved(void* sp, frame_visitor visit, void* arg) {
    walk w{visit, arg};
    gofer_backtrace_from(sp, &step, &w);
}

} // namespace gofer::rt
