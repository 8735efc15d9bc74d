// SPDX-License-Identifier: Apache-2.0
//
// The door of the runtime: how a thread says that it is inside, and how others ask for its
// attention. Entering costs a plain store and a load; everything expensive is on the asking side.
//
// I1  in_rt is 1 from enter to leave. A parking goroutine leaves it set across the switch; whoever
//     goes on clears it.
// I2  Whoever needs a thread outside sets a bit of `attention` first, then executes membarrier(),
//     then waits until in_rt is 0. As a two-thread table:
//
//         owner                         asker
//         in_rt = 1                     attention |= bit
//         (compiler fence)              membarrier()
//         if (attention) slow path      while (in_rt) wait
//
//     The barrier stands on the owner's side too, somewhere in its program order. If that is after
//     its store, the asker sees in_rt == 1 and waits. If it is before, the owner's later load of
//     attention sees the bit. So never both inside and unaware.
// I3  With in_rt set nothing is called that takes a foreign lock: malloc, stdio, user code.
//
// Tested by: tests/model (gate, steal).
#pragma once

#include <cstdint>

#include "base/atomic.hpp"

namespace gofer::rt {

/// What may be asked of a thread; bits of door::attention.
namespace attention {
inline constexpr std::uint32_t gate = 1;   ///< stay outside while the gate is closed
inline constexpr std::uint32_t share = 2;  ///< a thief asks for a share of the run queue
inline constexpr std::uint32_t retire = 4; ///< gomaxprocs fell: give the P up at the next pick
inline constexpr std::uint32_t stop = 8;   ///< the runtime is over: never come in again
} // namespace attention

struct door {
    /// Written by the owner; read by whoever needs it outside.
    atomic<std::uint32_t> in_rt{0};
    /// Bits set by anybody, cleared by the owner in its slow path.
    atomic<std::uint32_t> attention{0};

    void step_in() {
        in_rt.store(1, memory_order_relaxed); // pairs: asker's membarrier, see I2
        compiler_fence();
    }
    void step_out() {
        compiler_fence();
        in_rt.store(0, memory_order_release); // pairs: is_outside: what was done inside is visible
    }
    [[nodiscard]] bool has_attention() const {
        return attention.load(memory_order_relaxed) != 0; // pairs: asker's membarrier, see I2
    }
    [[nodiscard]] bool is_outside() const {
        return in_rt.load(memory_order_acquire) == 0; // pairs: step_out
    }
    void ask(std::uint32_t bit) { attention.fetch_or(bit, memory_order_acq_rel); } // pairs: clear
    void clear(std::uint32_t bit) { attention.fetch_and(~bit, memory_order_acq_rel); } // pairs: ask
};

} // namespace gofer::rt
