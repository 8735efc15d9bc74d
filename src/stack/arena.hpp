// SPDX-License-Identifier: Apache-2.0
//
// Stacks for goroutines: an arena that maps them by the hundred, keeps those given back, and hands
// them out again while their pages are still in the cache.
//
//     slot (a power of two of virtual memory, aligned to its size)
//     +-----------------+------------------------------------------+
//     | guard 64 KiB    | usable, grows downwards            <- sp |
//     +-----------------+------------------------------------------+
//     ^                 ^ low                                  top ^  (= begin of the next slot)
//
// Invariants
//   I1 A stack is in exactly one place: handed out, on the resident or the cold list of its class,
//      or in the batch that return_surplus works on.
//   I2 The record of a stack never moves, changes or goes away once it was handed out first, and
//      regions are never unmapped: stack_of needs no lock and works in a signal handler.
//   I3 No system call but sched_yield runs under a class's lock.
//   I4 A stack on the cold list has no resident pages (but perhaps one of its canary).
//   I5 The guard mode of an arena only ever gets weaker.
//
// Who may touch what: every member function may be called from any thread, with `in_rt` set. A
// class of stacks has a byte lock (held for tens of nanoseconds; the wait is a bounded spin, then
// sched_yield); it nests in no other lock and none is taken under it.
//
// Tested by: tests/unit/stack.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/atomic.hpp"
#include "seam/byte_lock.hpp"
#include "stack/free_list.hpp"
#include "stack/guards.hpp"

namespace gofer::rt {

/// Smallest and largest class: 128 KiB and 2 GiB a slot.
inline constexpr std::uint32_t stack_class_min = 17;
inline constexpr std::uint32_t stack_class_max = 31;

/// One stack. The record lives in a side table, never on the stack: a parked goroutine's one
/// resident page is all its own.
struct stack {
    std::byte* low; ///< the lowest usable byte, just above the guard
    std::byte* top; ///< one past the highest byte; 16-aligned, and aligned to the slot's size

    std::size_t usable_bytes() const { return static_cast<std::size_t>(top - low); }
    /// log2 of the slot's bytes.
    std::uint32_t size_class() const {
        return static_cast<std::uint32_t>(std::countr_zero(usable_bytes() + stack_guard_bytes));
    }
    /// Number of the slot in the address space: neighbours have neighbouring numbers.
    std::uintptr_t slot() const {
        return (reinterpret_cast<std::uintptr_t>(top) >> size_class()) - 1;
    }
};
static_assert(sizeof(stack) == 16, "a million parked goroutines have a million of these");

/// Where the first frame of a goroutine begins: coloured, because the tops of all stacks are
/// congruent modulo the slot and would share one set of every cache. 32 lines of 64 bytes spread
/// them over half a page.
inline std::byte* stack_start(const stack& s) {
    return s.top - 64 * (s.slot() % 32);
}

/// The smallest class with room for `usable_bytes` above the guard; 0 if absurd (over 1 GiB).
std::uint32_t stack_class_for_usable(std::size_t usable_bytes);
/// The class of slots of `slot_bytes` rounded up to a power of two; 0 if out of range (under
/// 128 KiB there is no room above the guard, over 2 GiB there is no class).
std::uint32_t stack_class_for_slot(std::size_t slot_bytes);

struct stack_stats {
    std::size_t mapped = 0;        ///< all stacks there are
    std::size_t free_resident = 0; ///< free, pages still there
    std::size_t free_cold = 0;     ///< free, never touched or given back to the OS
    std::size_t in_use = 0;        ///< handed out (caches of a P included)
    guard_mode guards = guard_mode::madvise_guard;
};

class stack_arena {
public:
    constexpr stack_arena() = default;
    stack_arena(const stack_arena&) = delete;
    stack_arena& operator=(const stack_arena&) = delete;

    /// Hands out up to `want` free stacks: resident ones first, the last one given first (out[0]).
    /// Maps a region only if none is free. Returns how many; 0: no memory, or no such class.
    std::size_t take(std::uint32_t size_class, stack** out, std::size_t want);
    /// Takes back n stacks of any classes. in[n - 1] is the next one that take hands out.
    void give(stack* const* in, std::size_t n);

    /// True if return_surplus has something to do. Takes no lock.
    bool has_surplus() const;
    /// Gives the pages of surplus free stacks back to the OS, the ones that have been free longest.
    /// Returns how many stacks. For a background thread: it costs about 1 us a stack and needs
    /// 16 KiB of stack. Kept are 1024 stacks of a class (of classes over 256 KiB as many as span
    /// 256 MiB, but 16), or a quarter of those in use, whichever is more.
    std::size_t return_surplus();
    /// Replaces the 1024 above. For tests and for programs short of memory.
    void keep_resident(std::size_t stacks_min);

    stack_stats stats() const;
    stack_stats stats(std::uint32_t size_class) const;
    /// What guards the stacks mapped from now on. Canaries must be checked at each park in mode
    /// `canary` (stack_canary_ok). Probes the kernel at the first call.
    guard_mode guards();

private:
    /// Stacks of one size. Its own cache lines, because Ps work on different classes at once.
    struct alignas(64) class_lists {
        byte_lock lock;
        // guarded by lock
        free_list resident;
        free_list cold;
        magazine* spare = nullptr; ///< empty magazines
        std::size_t magazines = 0; ///< made so far
        std::size_t planned = 0;   ///< stacks that the magazines must be enough for
        // atomic; written with lock held, read by anybody
        atomic<std::size_t> mapped{0};
        atomic<std::size_t> free_resident{0};
        atomic<std::size_t> free_cold{0};
        atomic<std::size_t> returning{0}; ///< in the batch of a return_surplus

        std::size_t in_use() const;
    };

    struct taken {
        std::size_t resident;
        std::size_t cold;
    };
    class_lists& lists_of(std::uint32_t size_class) { return lists_[size_class - stack_class_min]; }
    const class_lists& lists_of(std::uint32_t size_class) const {
        return lists_[size_class - stack_class_min];
    }
    taken take_free(class_lists& c, stack** out, std::size_t want);
    bool map_more(std::uint32_t size_class);
    bool reserve_magazines(class_lists& c, std::size_t more);
    void make_usable(stack* const* s, taken n);
    std::size_t keep_count(std::uint32_t size_class) const;
    std::size_t surplus_count(std::uint32_t size_class) const;
    std::size_t detach_surplus(std::uint32_t size_class, stack** out);
    bool return_batch(class_lists& c, stack* const* batch, std::size_t n);

    static constexpr std::size_t classes = stack_class_max - stack_class_min + 1;
    class_lists lists_[classes];
    guard_installer guards_;
    atomic<std::size_t> keep_min_{1024};
    atomic<bool> is_returning_refused_{false};
};

/// The arena of the runtime.
extern stack_arena arena;

/// The stack that `address` lies in, its guard included; null if in none. Takes no lock and is
/// async-signal-safe: the handler of SIGSEGV calls it.
const stack* stack_of(const void* address);
/// True if `address` lies in the guard of a stack. As stack_of.
bool is_guard_hit(const void* address);

/// Writes the canary into the lowest usable word. `take` has done so for every stack that has no
/// guard of the OS.
void stack_canary_set(stack& s);
/// False if s was overrun. True for a stack that the OS guards.
bool stack_canary_ok(const stack& s);

} // namespace gofer::rt
