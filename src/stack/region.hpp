// SPDX-License-Identifier: Apache-2.0
//
// Regions: slots mapped in one go, their records, and the map from an address to its region.
//
// The map is a radix tree of two levels over 2 MiB chunks of the 47-bit user address space: readers
// follow two pointers, without a lock, in a signal handler too. Regions are never unmapped once
// they are published, so what a reader finds stays true.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gofer::rt {

struct stack;
class guard_installer;

inline constexpr std::size_t region_align_bytes = std::size_t{2} << 20;
/// Regions span this much at most (or one slot, if that is larger), ...
inline constexpr std::size_t region_bytes_max = std::size_t{128} << 20;
/// ... and have this many slots at most: 512 of the default 256 KiB.
inline constexpr std::size_t region_slots_max = 512;

/// Immutable once published.
struct region {
    std::byte* base;
    stack* stacks; ///< the records, one a slot
    std::uint32_t size_class;
    std::uint32_t slots;
    bool is_guarded; ///< by the OS; else its stacks have canaries
};

/// Fewest slots of a region of this class: chunks of 2 MiB are never shared.
std::size_t region_slots_min(std::uint32_t size_class);

/// Maps, guards, records and publishes a region. Null: no memory, nothing is left behind but side
/// memory of at most 40 bytes a slot.
region* region_map(std::uint32_t size_class, std::size_t slots, guard_installer& guards);

/// The region that the address lies in; null if none. Async-signal-safe, no lock.
const region* region_of(const void* address);

} // namespace gofer::rt
