// SPDX-License-Identifier: Apache-2.0
//
// Blocks of memory, cached per P by size: closures that do not fit in a G, boxed elements, the
// shared state of tasks. In the steady state neither malloc nor a lock is touched.
#include <cstdlib>
#include <new>

#include "sched/park.hpp"

namespace gofer {

namespace rt {

namespace {

constexpr std::uint32_t blocks_kept_max = 64;

/// The class of a size; block_classes: too large for any.
std::size_t class_of(std::size_t bytes) {
    std::size_t i = 0;
    while (i < block_classes && block_bytes[i] < bytes) ++i;
    return i;
}

#if defined(GOFER_ASAN) || defined(GOFER_TSAN)
/// The sanitizers shall see every block's life.
constexpr bool is_cached = false;
#else
constexpr bool is_cached = true;
#endif

} // namespace

void free_cached_blocks(P* p) {
    for (std::size_t i = 0; i < block_classes; ++i) {
        while (block* b = p->free_blocks[i]) {
            p->free_blocks[i] = b->next;
            std::free(b);
        }
        p->free_block_count[i] = 0;
    }
}

} // namespace rt

namespace detail {

void* block_alloc(std::size_t bytes) {
    using namespace rt;
    const std::size_t i = class_of(bytes);
    M* m = current_m();
    if (is_cached && m != nullptr && i < block_classes) {
        enter(m);
        P* p = m->p;
        block* b = p->free_blocks[i];
        if (b != nullptr) {
            p->free_blocks[i] = b->next;
            --p->free_block_count[i];
        }
        leave(m);
        if (b != nullptr) return b;
    }
    void* fresh = std::malloc(i < block_classes ? block_bytes[i] : bytes);
    if (fresh == nullptr) throw std::bad_alloc();
    return fresh;
}

void block_free(void* freed, std::size_t bytes) noexcept {
    using namespace rt;
    const std::size_t i = class_of(bytes);
    M* m = current_m();
    if (is_cached && m != nullptr && i < block_classes) {
        enter(m);
        P* p = m->p;
        const bool is_kept = p->free_block_count[i] < blocks_kept_max;
        if (is_kept) {
            auto* b = static_cast<block*>(freed);
            b->next = p->free_blocks[i];
            p->free_blocks[i] = b;
            ++p->free_block_count[i];
        }
        leave(m);
        if (is_kept) return;
    }
    std::free(freed);
}

} // namespace detail

} // namespace gofer
