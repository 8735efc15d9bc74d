// SPDX-License-Identifier: Apache-2.0
//
// Stacks of goroutines in model tests: what gofer_switch and its kin do in assembly, on fibers.
#pragma once

#include <cstdint>

#include "sched/g.hpp"

namespace model_shim {

/// Forgets all stacks and who runs on which. At the begin of a body.
void begin();
/// The calling thread of the model will run goroutines: its own stack can be switched from.
void begin_thread();
/// Something for bind_stack to hand out; `index` from 0.
gofer::rt::stack make_stack(std::uint32_t index);

/// A mutant: the stack pointer is stored before the registers are on the stack.
inline bool is_sp_stored_early = false;

} // namespace model_shim
