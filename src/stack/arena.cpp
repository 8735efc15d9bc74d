// SPDX-License-Identifier: Apache-2.0
//
// See arena.hpp.
#include "stack/arena.hpp"

#include <algorithm>
#include <new>

#include <sys/mman.h>
#include <sys/uio.h>

#include "base/check.hpp"
#include "platform/memory.hpp"
#include "stack/region.hpp"
#include "stack/side_memory.hpp"

#ifdef GOFER_ASAN
#include <sanitizer/asan_interface.h>
#endif
#ifdef GOFER_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace gofer::rt {

constinit stack_arena arena;

namespace {

/// Most stacks that return_surplus detaches at a time.
constexpr std::size_t surplus_batch_max = advise_ranges_max;
/// Fewer are not worth the system call and the TLB shootdown that it brings to all threads.
constexpr std::size_t surplus_batch_min = 64;
/// Address space that the free stacks of a large class may span and still be kept resident.
constexpr std::size_t keep_span_bytes = std::size_t{256} << 20;
constexpr std::size_t keep_large_min = 16;
/// Magazines beyond the full ones: two partly full in each list, as many in passing.
constexpr std::size_t magazines_extra = 6;
/// First region of a class: 4 MiB of default stacks. Each later one doubles what is mapped, so a
/// small program pays for few guards (0.65 us and 512 B of page table each).
constexpr std::size_t region_slots_first = 16;

bool is_class(std::uint32_t size_class) {
    return size_class >= stack_class_min && size_class <= stack_class_max;
}

/// Slots of the next region where `mapped` are mapped already.
std::size_t next_region_slots(std::uint32_t size_class, std::size_t mapped) {
    const std::size_t most = std::min(region_bytes_max >> size_class, region_slots_max);
    const std::size_t wish = std::min(std::max(mapped, region_slots_first), most);
    return std::max(wish, region_slots_min(size_class));
}

/// Adds to a counter that only the holder of a lock writes: no locked instruction.
void add(atomic<std::size_t>& counter, std::size_t n) {
    // pairs: the statistics; a count that guards no data
    counter.store(counter.load(memory_order_relaxed) + n, memory_order_relaxed);
}
void subtract(atomic<std::size_t>& counter, std::size_t n) {
    add(counter, std::size_t{0} - n);
}

std::size_t value(const atomic<std::size_t>& counter) {
    return counter.load(memory_order_relaxed); // pairs: add; a count that guards no data
}

void unpoison([[maybe_unused]] const stack& s) {
#ifdef GOFER_ASAN
    // Looking costs no memory; unpoisoning makes 24 KiB of shadow resident for a default stack.
    if (__asan_region_is_poisoned(s.low, s.usable_bytes()) == nullptr) return;
    ASAN_UNPOISON_MEMORY_REGION(s.low, s.usable_bytes());
#endif
}

/// Tells TSan, which does not see the lock, that giving happens before taking.
void annotate_given([[maybe_unused]] stack* s) {
#ifdef GOFER_TSAN
    __tsan_release(s);
#endif
}
void annotate_taken([[maybe_unused]] stack* s) {
#ifdef GOFER_TSAN
    __tsan_acquire(s);
#endif
}

} // namespace

std::uint32_t stack_class_for_usable(std::size_t usable_bytes) {
    constexpr std::size_t usable_max = std::size_t{1} << 30;
    if (usable_bytes > usable_max) return 0;
    return stack_class_for_slot(
        std::max(usable_bytes + stack_guard_bytes, std::size_t{1} << stack_class_min));
}

std::uint32_t stack_class_for_slot(std::size_t slot_bytes) {
    if (slot_bytes > std::size_t{1} << stack_class_max) return 0;
    const auto size_class = static_cast<std::uint32_t>(std::bit_width(slot_bytes - 1));
    return slot_bytes == 0 || !is_class(size_class) ? 0 : size_class;
}

std::size_t stack_arena::class_lists::in_use() const {
    // Read without the lock, the counts may be of different moments.
    const std::size_t free = value(free_resident) + value(free_cold) + value(returning);
    const std::size_t all = value(mapped);
    return all > free ? all - free : 0;
}

// ---- taking and giving ----------------------------------------------------------------------

std::size_t stack_arena::take(std::uint32_t size_class, stack** out, std::size_t want) {
    if (!is_class(size_class) || want == 0) return 0;
    for (;;) {
        const taken n = take_free(lists_of(size_class), out, want);
        if (n.resident + n.cold > 0) {
            make_usable(out, n);
            return n.resident + n.cold;
        }
        // Another thread may take all of the new region first: then a further one is mapped.
        if (!map_more(size_class)) return 0;
    }
}

auto stack_arena::take_free(class_lists& c, stack** out, std::size_t want) -> taken {
    const byte_lock_guard held(c.lock);
    const std::size_t resident = c.resident.pop_newest(out, want, c.spare);
    const std::size_t cold = c.cold.pop_newest(out + resident, want - resident, c.spare);
    subtract(c.free_resident, resident);
    subtract(c.free_cold, cold);
    return {resident, cold};
}

/// Stacks that were used before may be poisoned; stacks without a guard need a canary.
void stack_arena::make_usable(stack* const* s, taken n) {
    for (std::size_t i = 0; i < n.resident; ++i) {
        unpoison(*s[i]);
        annotate_taken(s[i]);
    }
    if (guards_.mode_now() != guard_mode::canary) return;
    for (std::size_t i = 0; i < n.resident + n.cold; ++i) {
        if (!region_of(s[i]->low)->is_guarded) stack_canary_set(*s[i]);
    }
}

void stack_arena::give(stack* const* in, std::size_t n) {
    for (std::size_t i = 0; i < n;) {
        const std::uint32_t size_class = in[i]->size_class();
        class_lists& c = lists_of(size_class);
        const byte_lock_guard held(c.lock);
        std::size_t given = 0;
        for (; i < n && in[i]->size_class() == size_class; ++i, ++given) {
            annotate_given(in[i]);
            c.resident.push(in[i], c.spare);
        }
        add(c.free_resident, given);
        GOFER_CHECK(value(c.free_resident) + value(c.free_cold) + value(c.returning) <=
                    value(c.mapped)); // else one was given twice
    }
}

// ---- mapping ---------------------------------------------------------------------------------

/// Maps a region and puts its stacks on the cold list, the lowest address as the newest.
bool stack_arena::map_more(std::uint32_t size_class) {
    class_lists& c = lists_of(size_class);
    const std::size_t slots_min = region_slots_min(size_class);
    std::size_t slots = next_region_slots(size_class, value(c.mapped));
    if (!reserve_magazines(c, slots)) return false;
    const std::size_t reserved = slots;
    const region* r = region_map(size_class, slots, guards_);
    while (r == nullptr && slots > slots_min) {
        slots = std::max(slots / 2, slots_min);
        r = region_map(size_class, slots, guards_);
    }
    const byte_lock_guard held(c.lock);
    if (r == nullptr) {
        c.planned -= reserved;
        return false;
    }
    c.planned -= reserved - slots;
    for (std::size_t i = slots; i-- > 0;) c.cold.push(&r->stacks[i], c.spare);
    add(c.mapped, slots);
    add(c.free_cold, slots);
    return true;
}

/// Makes magazines until there are enough for `more` further stacks, so that no push ever lacks
/// one. The lists have at most two partly full ones each.
bool stack_arena::reserve_magazines(class_lists& c, std::size_t more) {
    magazine* made = nullptr;
    for (;;) {
        {
            const byte_lock_guard held(c.lock);
            if (made != nullptr) {
                made->older = c.spare;
                c.spare = made;
                ++c.magazines;
            }
            if (c.magazines >= (c.planned + more) / magazine::capacity + magazines_extra) {
                c.planned += more;
                return true;
            }
        }
        made = static_cast<magazine*>(side_allocate(sizeof(magazine)));
        if (made == nullptr) return false;
    }
}

guard_mode stack_arena::guards() {
    return guards_.mode();
}

// ---- giving back to the OS --------------------------------------------------------------------

void stack_arena::keep_resident(std::size_t stacks_min) {
    keep_min_.store(stacks_min, memory_order_relaxed); // pairs: keep_count; guards no data
}

std::size_t stack_arena::keep_count(std::uint32_t size_class) const {
    const std::size_t span = std::max(keep_span_bytes >> size_class, keep_large_min);
    const std::size_t kept = std::min(value(keep_min_), span);
    return std::max(kept, lists_of(size_class).in_use() / 4);
}

/// Stacks to give back now; 0 if a batch would be too small.
std::size_t stack_arena::surplus_count(std::uint32_t size_class) const {
    const std::size_t keep = keep_count(size_class);
    const std::size_t free = value(lists_of(size_class).free_resident);
    const std::size_t worth_it = std::min(surplus_batch_min, keep / 4 + 1);
    return free >= keep + worth_it ? free - keep : 0;
}

bool stack_arena::has_surplus() const {
    if (is_returning_refused_.load(memory_order_relaxed)) return false; // pairs: return_surplus
    for (std::uint32_t k = stack_class_min; k <= stack_class_max; ++k) {
        if (surplus_count(k) > 0) return true;
    }
    return false;
}

std::size_t stack_arena::return_surplus() {
    stack* batch[surplus_batch_max];
    std::size_t returned = 0;
    for (std::uint32_t k = stack_class_min; k <= stack_class_max; ++k) {
        while (!is_returning_refused_.load(memory_order_relaxed)) { // pairs: below; guards no data
            const std::size_t n = detach_surplus(k, batch);
            if (n == 0) break;
            if (return_batch(lists_of(k), batch, n)) {
                returned += n;
            } else {
                is_returning_refused_.store(true, memory_order_relaxed); // pairs: above
                guards_.warn(stack_fallback::surplus_locked);
            }
        }
    }
    return returned;
}

/// Takes the oldest free stacks off the list; they are nobody's until return_batch has put them
/// back.
std::size_t stack_arena::detach_surplus(std::uint32_t size_class, stack** out) {
    class_lists& c = lists_of(size_class);
    const byte_lock_guard held(c.lock);
    const std::size_t n = std::min(surplus_count(size_class), surplus_batch_max);
    const std::size_t got = c.resident.pop_oldest(out, n, c.spare);
    subtract(c.free_resident, got);
    add(c.returning, got);
    return got;
}

/// Frees the pages of the batch without the lock, then lists it as cold. False: the OS refuses,
/// and the batch is listed as resident.
bool stack_arena::return_batch(class_lists& c, stack* const* batch, std::size_t n) {
    iovec ranges[surplus_batch_max];
    for (std::size_t i = 0; i < n; ++i) {
        unpoison(*batch[i]);
        ranges[i] = {batch[i]->low, batch[i]->usable_bytes()};
    }
    const bool is_done = memory_advise_ranges(ranges, n, MADV_DONTNEED) == 0;
    const byte_lock_guard held(c.lock);
    free_list& list = is_done ? c.cold : c.resident;
    for (std::size_t i = 0; i < n; ++i) list.push(batch[i], c.spare);
    subtract(c.returning, n);
    add(is_done ? c.free_cold : c.free_resident, n);
    return is_done;
}

// ---- looking ----------------------------------------------------------------------------------

stack_stats stack_arena::stats(std::uint32_t size_class) const {
    stack_stats s;
    s.guards = guards_.mode_now();
    if (!is_class(size_class)) return s;
    const class_lists& c = lists_of(size_class);
    s.mapped = value(c.mapped);
    s.free_resident = value(c.free_resident) + value(c.returning);
    s.free_cold = value(c.free_cold);
    s.in_use = c.in_use();
    return s;
}

stack_stats stack_arena::stats() const {
    stack_stats sum;
    for (std::uint32_t k = stack_class_min; k <= stack_class_max; ++k) {
        const stack_stats s = stats(k);
        sum.mapped += s.mapped;
        sum.free_resident += s.free_resident;
        sum.free_cold += s.free_cold;
        sum.in_use += s.in_use;
        sum.guards = s.guards;
    }
    return sum;
}

const stack* stack_of(const void* address) {
    const region* r = region_of(address);
    if (r == nullptr) return nullptr;
    const auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(address) - r->base);
    return &r->stacks[offset >> r->size_class];
}

bool is_guard_hit(const void* address) {
    const stack* s = stack_of(address);
    return s != nullptr && address < s->low;
}

namespace {

/// Differs from stack to stack, so that a copied stack does not pass for intact.
std::uint64_t canary_of(const stack& s) {
    return 0x57ac'c0de'9e37'79b9 ^ reinterpret_cast<std::uintptr_t>(s.low);
}

} // namespace

void stack_canary_set(stack& s) {
    *reinterpret_cast<std::uint64_t*>(s.low) = canary_of(s);
}

bool stack_canary_ok(const stack& s) {
    const region* r = region_of(s.low);
    if (r == nullptr || r->is_guarded) return true;
    return *reinterpret_cast<const std::uint64_t*>(s.low) == canary_of(s);
}

} // namespace gofer::rt
