// SPDX-License-Identifier: Apache-2.0
//
// G: a goroutine. 256 bytes in a slab; the slabs are the registry of all goroutines.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/atomic.hpp"
#include "gofer/detail/core.hpp"
#include "sched/g_state.hpp"
#include "sched/wait_reason.hpp"
#include "sched/waiter.hpp"
#include "stack/arena.hpp"

namespace gofer::rt {

struct M;

/// What libstdc++ keeps a thread: the exceptions caught and in flight (its unwind-cxx.h).
struct exception_state {
    void* caught = nullptr;
    unsigned int uncaught = 0;
};

struct alignas(64) G {
    // Hot: park, ready, dispatch. Owner: who may change the state (g_state.hpp).
    atomic<void*> sp{nullptr}; ///< saved context (park.hpp I1), or newborn_sp
    G* next = nullptr;         ///< run queue, chain or free list
    G* prev = nullptr;         ///< newborn list
    g_state state;
    wait_reason reason = wait_reason::none;
    bool has_saved = false; ///< errno_saved and exceptions_saved are to be restored
    bool is_pinned = false; ///< runs on one M only: schedule() in find_work.cpp
    int errno_saved = 0;
    stack* stk = nullptr; ///< null: newborn, no stack yet
    std::uint64_t id = 0;
    void (*run)(void*) = nullptr;
    void* closure = nullptr; ///< inline_closure, or a block

    // Second line: waiting. Guarded by the lock of the object waited for.
    waiter wait;
    const void* wait_object = nullptr;
    void* sanitizer = nullptr; ///< TSan's fiber or ASan's fake stack

    // Rarely touched. Owner, or the gate.
    exception_state exceptions_saved;
    std::int64_t since_ns = 0; ///< coarse: when it began to wait
    const void* start_pc = nullptr;
    std::uint64_t parent = 0;
    char* name = nullptr;            ///< a block, or null
    std::uint32_t closure_bytes = 0; ///< of closure_block; 0: the closure is inline
    std::uint8_t stack_class = 0;
    g_status left_as = g_status::dead; ///< the state in which the end of the runtime found it
    M* pinned_m = nullptr;             ///< the only M that runs it; null: not pinned, or newborn
    void* exit_exception = nullptr;    ///< the exception by which goexit unwinds; null: none

    // A closure that does not fit inline leaves its room to the block's address.
    union {
        alignas(detail::closure_inline_align) std::byte
            inline_closure[detail::closure_inline_bytes];
        void* closure_block;
    };
    /// In G.sp of a goroutine that has no stack yet.
    static void* newborn_sp() { return reinterpret_cast<void*>(std::uintptr_t{1}); }
    static bool is_context(void* sp) { return reinterpret_cast<std::uintptr_t>(sp) > 1; }
    [[nodiscard]] bool is_newborn() const { return stk == nullptr; }
};

// 1,000,000 parked goroutines at most 4,900 B each: 4,096 stack, 513 page tables, this.
static_assert(sizeof(G) == 256);

} // namespace gofer::rt
