// SPDX-License-Identifier: Apache-2.0
//
// See region.hpp.
#include "stack/region.hpp"

#include <algorithm>

#include <sys/mman.h>

#include "base/atomic.hpp"
#include "platform/memory.hpp"
#include "stack/arena.hpp"
#include "stack/side_memory.hpp"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif

namespace gofer::rt {

namespace {

constexpr unsigned chunk_bits = 21; // region_align_bytes
constexpr unsigned leaf_bits = 13;
constexpr unsigned root_bits = 47 - chunk_bits - leaf_bits;
static_assert(std::size_t{1} << chunk_bits == region_align_bytes);

/// Regions of 16 GiB of addresses.
struct leaf {
    atomic<const region*> chunks[std::size_t{1} << leaf_bits];
};
constinit atomic<leaf*> root[std::size_t{1} << root_bits]{};

std::uintptr_t chunk_of(const void* address) {
    return reinterpret_cast<std::uintptr_t>(address) >> chunk_bits;
}

/// The leaf for a chunk, made if there is none; null: no memory.
leaf* leaf_for(std::uintptr_t chunk) {
    atomic<leaf*>& entry = root[chunk >> leaf_bits];
    leaf* known = entry.load(memory_order_acquire); // pairs: the exchange below; zeroed contents
    if (known != nullptr) return known;
    auto* made = static_cast<leaf*>(memory_map_table(sizeof(leaf)));
    if (made == nullptr) return nullptr;
    // pairs: leaf_for, region_of
    if (entry.compare_exchange_strong(known, made, memory_order_acq_rel, memory_order_acquire)) {
        return made;
    }
    memory.unmap(made, sizeof(leaf));
    return known;
}

bool make_leaves(const std::byte* base, std::size_t bytes) {
    for (std::uintptr_t c = chunk_of(base); c <= chunk_of(base + bytes - 1); ++c) {
        if (leaf_for(c) == nullptr) return false;
    }
    return true;
}

void publish(const region& r, std::size_t bytes) {
    for (std::uintptr_t c = chunk_of(r.base); c <= chunk_of(r.base + bytes - 1); ++c) {
        atomic<const region*>& entry = leaf_for(c)->chunks[c & ((1U << leaf_bits) - 1)];
        entry.store(&r, memory_order_release); // pairs: region_of; the region and its records
    }
}

/// Address space of `bytes`, aligned to `align`: mapped with room to spare, then trimmed.
std::byte* map_aligned(std::size_t bytes, std::size_t align) {
    const std::size_t spare = align - page_bytes;
    const long found = memory.map(bytes + spare, PROT_READ | PROT_WRITE, MAP_NORESERVE | MAP_STACK);
    if (is_memory_error(found)) return nullptr;
    auto* const low = reinterpret_cast<std::byte*>(found);
    const std::size_t head = (align - static_cast<std::uintptr_t>(found) % align) % align;
    // What cannot be unmapped (vm.max_map_count) stays as untouched addresses: no harm.
    if (head > 0) memory.unmap(low, head);
    if (spare > head) memory.unmap(low + head + bytes, spare - head);
    return low + head;
}

/// Header and records in side memory.
region* make_region(std::byte* base, std::uint32_t size_class, std::size_t slots) {
    auto* const r = static_cast<region*>(side_allocate(sizeof(region)));
    auto* const records = static_cast<stack*>(side_allocate(slots * sizeof(stack)));
    if (r == nullptr || records == nullptr) return nullptr;
    *r = {base, records, size_class, static_cast<std::uint32_t>(slots), true};
    const std::size_t slot_bytes = std::size_t{1} << size_class;
    for (std::size_t i = 0; i < slots; ++i) {
        records[i] = {base + i * slot_bytes + stack_guard_bytes, base + (i + 1) * slot_bytes};
    }
    return r;
}

/// Valgrind takes a jump of the stack pointer for a huge frame unless it knows both stacks.
void tell_valgrind([[maybe_unused]] const region& r) {
#ifdef VALGRIND_STACK_REGISTER
    if (!is_under_valgrind()) return;
    for (std::size_t i = 0; i < r.slots; ++i) {
        // The id that it returns is for deregistering, and regions stay.
        static_cast<void>(VALGRIND_STACK_REGISTER(r.stacks[i].low, r.stacks[i].top));
    }
#endif
}

} // namespace

std::size_t region_slots_min(std::uint32_t size_class) {
    return std::max(region_align_bytes >> size_class, std::size_t{1});
}

region* region_map(std::uint32_t size_class, std::size_t slots, guard_installer& guards) {
    const std::size_t slot_bytes = std::size_t{1} << size_class;
    const std::size_t bytes = slots * slot_bytes;
    std::byte* const base = map_aligned(bytes, std::max(slot_bytes, region_align_bytes));
    if (base == nullptr) return nullptr;
    // With huge pages a parked stack would cost up to 64 KiB. A kernel without them says EINVAL.
    memory.advise(base, bytes, MADV_NOHUGEPAGE);
    region* const r = make_leaves(base, bytes) ? make_region(base, size_class, slots) : nullptr;
    if (r != nullptr) {
        const auto guarded = guards.install(base, slot_bytes, slots);
        r->is_guarded = guarded == guard_installer::result::guarded;
        if (guarded != guard_installer::result::no_memory) {
            tell_valgrind(*r);
            publish(*r, bytes);
            return r;
        }
    }
    memory.unmap(base, bytes);
    return nullptr;
}

const region* region_of(const void* address) {
    const std::uintptr_t chunk = chunk_of(address);
    if (chunk >> leaf_bits >= std::size(root)) return nullptr;
    const leaf* l = root[chunk >> leaf_bits].load(memory_order_acquire); // pairs: leaf_for
    if (l == nullptr) return nullptr;
    // pairs: publish
    return l->chunks[chunk & ((1U << leaf_bits) - 1)].load(memory_order_acquire);
}

} // namespace gofer::rt
