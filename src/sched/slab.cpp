// SPDX-License-Identifier: Apache-2.0
//
// Memory for Gs. The slabs are the registry: every goroutine that ever was is found by walking them,
// so starting one inserts nowhere.
//
// A slab is never unmapped and a G never moves: a pointer to a G stays readable for ever.
#include <new>

#include <sys/mman.h>

#include "sched/park.hpp"

// Told to look for pointers in Gs: names and closures in blocks, while the goroutine lives.
extern "C" [[gnu::weak]] void __lsan_register_root_region(const void* begin, std::size_t size);

namespace gofer::rt {

namespace {

struct slab {
    static constexpr std::size_t bytes = 256 * 1024;
    static constexpr std::size_t count = bytes / sizeof(G) - 1;

    alignas(sizeof(G)) slab* next;
    G gs[count];
};
static_assert(sizeof(slab) == slab::bytes);

/// How many Gs go between a P and the shared list at once.
constexpr std::uint32_t batch = 64;

atomic<slab*> slabs{nullptr};
byte_lock free_lock;
G* free_gs = nullptr; // guarded by free_lock

bool add_slab() {
    void* memory = ::mmap(nullptr, slab::bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return false;
    slab* s = ::new (memory) slab;
    if (__lsan_register_root_region != nullptr) __lsan_register_root_region(memory, slab::bytes);
    {
        const byte_lock_guard guard(free_lock);
        for (std::size_t i = slab::count; i-- > 0;) {
            s->gs[i].next = free_gs;
            free_gs = &s->gs[i];
        }
        s->next = slabs.load(memory_order_relaxed); // pairs: nothing; under the lock
        slabs.store(s, memory_order_release);       // pairs: for_each_g
    }
    return true;
}

} // namespace

G* take_gs_from_slab(std::uint32_t want) {
    for (;;) {
        {
            const byte_lock_guard guard(free_lock);
            if (free_gs != nullptr) {
                G* first = free_gs;
                G* last = first;
                while (--want > 0 && last->next != nullptr) last = last->next;
                free_gs = last->next;
                last->next = nullptr;
                return first;
            }
        }
        if (!add_slab()) return nullptr;
    }
}

void return_gs_to_slab(G* first, G* last) {
    const byte_lock_guard guard(free_lock);
    last->next = free_gs;
    free_gs = first;
}

bool refill_gs(P* p) {
    p->free_gs = take_gs_from_slab(batch);
    for (G* g = p->free_gs; g != nullptr; g = g->next) ++p->free_g_count;
    return p->free_gs != nullptr;
}

void free_g(M* m, G* g) {
    P* p = m->p;
    g->next = p->free_gs;
    p->free_gs = g;
    if (++p->free_g_count <= 2 * batch) [[likely]]
        return;
    // The half that was freed longest ago goes to whoever spawns elsewhere.
    G* kept = p->free_gs;
    for (std::uint32_t i = 1; i < batch; ++i) kept = kept->next;
    G* first = kept->next;
    kept->next = nullptr;
    G* last = first;
    while (last->next != nullptr) last = last->next;
    p->free_g_count = batch;
    return_gs_to_slab(first, last);
}

void for_each_g(void (*visit)(G*, void*), void* arg) {
    for (slab* s = slabs.load(memory_order_acquire); s != nullptr; s = s->next) { // pairs: add_slab
        for (G& g : s->gs) {
            const g_status status = g.state.now();
            if (status != g_status::dead && status != g_status::embryo) visit(&g, arg);
        }
    }
}

} // namespace gofer::rt
