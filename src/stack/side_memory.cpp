// SPDX-License-Identifier: Apache-2.0
//
// See side_memory.hpp.
#include "stack/side_memory.hpp"

#include <algorithm>

#include "platform/memory.hpp"
#include "seam/byte_lock.hpp"

namespace gofer::rt {

namespace {

constexpr std::size_t align_bytes = 64;
/// Large enough for the records and magazines of 20,000 stacks; resident only as far as it is used.
constexpr std::size_t mapping_bytes = std::size_t{512} * 1024;

struct side_mapping {
    byte_lock lock;
    // guarded by lock
    std::byte* next = nullptr;
    std::byte* end = nullptr;

    std::byte* cut_locked(std::size_t bytes) {
        if (static_cast<std::size_t>(end - next) < bytes) return nullptr;
        std::byte* const p = next;
        next += bytes;
        return p;
    }
};
constinit side_mapping current;

std::byte* cut(std::size_t bytes) {
    const byte_lock_guard held(current.lock);
    return current.cut_locked(bytes);
}

} // namespace

void* side_allocate(std::size_t bytes) {
    bytes = (bytes + align_bytes - 1) / align_bytes * align_bytes;
    if (std::byte* p = cut(bytes)) return p;
    // Mapped without the lock. Of two threads that come here at once, the later one's mapping
    // stays current and the rest of the other's is lost: half a megabyte of addresses.
    const std::size_t mapped_bytes = std::max(mapping_bytes, bytes);
    auto* fresh = static_cast<std::byte*>(memory_map_table(mapped_bytes));
    if (fresh == nullptr) return nullptr;
    const byte_lock_guard held(current.lock);
    current.next = fresh;
    current.end = fresh + mapped_bytes;
    return current.cut_locked(bytes);
}

} // namespace gofer::rt
