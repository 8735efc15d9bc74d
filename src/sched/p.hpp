// SPDX-License-Identifier: Apache-2.0
//
// P: a context. Exactly gomaxprocs of them; a thread must hold one to run goroutines.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/atomic.hpp"
#include "sched/g.hpp"
#include "sched/steal.hpp"
#include "seam/byte_lock.hpp"
#include "seam/choice.hpp"
#include "timer/timer_heap.hpp"

namespace gofer::rt {

/// Go's length of a local run queue; what overflows goes to the global one by halves.
inline constexpr std::uint32_t ring_capacity = 256;

/// Switches between two looks at the clock, the global queue and the oldest newborn: a pair that
/// hands runnext to and fro cannot keep the others waiting for longer.
inline constexpr std::uint32_t credits_full = 64;

/// Sizes of the blocks that a P keeps: closures that do not fit in a G, boxed elements, the shared
/// state of tasks.
inline constexpr std::size_t block_bytes[] = {32, 64, 96, 128, 192, 256, 512};
inline constexpr std::size_t block_classes = sizeof block_bytes / sizeof block_bytes[0];

enum class p_status : std::uint8_t {
    retired, ///< surplus: no M has it, none may take it
    idle,    ///< on the idle list
    owned,   ///< an M has it, or it was handed to one that is about to wake or to start
};

/// Free Gs in an array: a list through them would touch memory that another core wrote last, one
/// miss after the other. Exchanged whole between a P and the shared list.
struct g_magazine {
    static constexpr std::uint32_t capacity = 62; ///< fills 512 bytes

    g_magazine* next;
    std::uint32_t count;
    G* gs[capacity];
};
static_assert(sizeof(g_magazine) == 512);

/// A free block.
struct block {
    block* next;
};

// 128: two lines, since the adjacent-line prefetcher couples them.
struct alignas(128) P : context<G, ring_capacity> {
    // Owner only.
    std::uint32_t credits = credits_full;
    std::uint32_t id = 0;
    seam::choices choice;
    std::int64_t oldest_taken_ns = 0; ///< when the oldest newborn last had its turn

    /// Free Gs: two magazines, so that a P at the edge of one does not exchange it at each call.
    g_magazine* gs_active = nullptr; ///< null until the first use
    g_magazine* gs_spare = nullptr;  ///< empty or full
    std::uint32_t free_stack_count = 0;
    std::uint64_t next_id = 0; ///< goroutine ids come in blocks
    std::uint64_t end_id = 0;

    /// Free stacks of the default class, in an array: a list through the stacks would touch cold
    /// memory. The last one is handed out first.
    static constexpr std::uint32_t free_stacks_max = 64;
    stack* free_stacks[free_stacks_max] = {};

    block* free_blocks[block_classes] = {};
    std::uint32_t free_block_count[block_classes] = {};

    // Atomic; written by the owner, read by anybody.
    atomic<std::uint64_t> spawned{0};
    atomic<std::uint64_t> died{0};
    atomic<std::uint32_t> tick{0}; ///< dispatches

    // Guarded by timer_lock, but for looks at next_timer_ns.
    alignas(64) byte_lock timer_lock;
    atomic<std::int64_t> next_timer_ns{INT64_MAX};
    timer_heap timers;

    // Guarded by sched.lock.
    P* next_idle = nullptr;
    p_status status = p_status::retired;
    bool starts_searching = false; ///< handed to a new M that is to search

    /// Counts without a locked instruction: there is one writer.
    static void count(atomic<std::uint64_t>& counter) {
        counter.store(counter.load(memory_order_relaxed) + 1,
                      memory_order_release); // pairs: live_count
    }
};

} // namespace gofer::rt
