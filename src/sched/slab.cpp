// SPDX-License-Identifier: Apache-2.0
//
// Memory for Gs. The slabs are the registry: every goroutine that ever was is found by walking
// them, so starting one inserts nowhere.
//
// A slab is never unmapped and a G never moves: a pointer to a G stays readable for ever.
#include <new>
#include <utility>

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

atomic<slab*> slabs{nullptr};
byte_lock free_lock;
// Guarded by free_lock.
slab* fresh_slab = nullptr;  ///< the newest one, whose last Gs were never used
std::size_t fresh_count = 0; ///< how many
g_magazine* full = nullptr;  ///< Gs that Ps gave back
g_magazine* empty = nullptr;
G* loose = nullptr; ///< a list through next: given back by plain threads

bool add_slab() {
    void* memory = ::mmap(nullptr, slab::bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return false;
    slab* s = ::new (memory) slab;
    if (__lsan_register_root_region != nullptr) __lsan_register_root_region(memory, slab::bytes);
    const byte_lock_guard guard(free_lock);
    for (std::size_t i = 0; i < fresh_count; ++i) { // two threads made a slab at once
        fresh_slab->gs[i].next = loose;
        loose = &fresh_slab->gs[i];
    }
    fresh_slab = s;
    fresh_count = slab::count;
    s->next = slabs.load(memory_order_relaxed); // pairs: nothing; under the lock
    slabs.store(s, memory_order_release);       // pairs: for_each_g
    return true;
}

/// Under the lock. Null: no memory.
g_magazine* take_empty() {
    if (empty == nullptr) {
        constexpr std::size_t bytes = 64 * 1024;
        void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) return nullptr;
        auto* all = static_cast<g_magazine*>(memory);
        for (std::size_t i = bytes / sizeof(g_magazine); i-- > 0;) {
            all[i].next = empty;
            empty = &all[i];
        }
    }
    g_magazine* m = empty;
    empty = m->next;
    return m;
}

void make_loose(g_magazine* m) {
    for (; m->count > 0; --m->count) {
        m->gs[m->count - 1]->next = loose;
        loose = m->gs[m->count - 1];
    }
}

/// Under the lock. Null: none without another slab.
G* take_one() {
    if (G* g = loose) {
        loose = g->next;
        return g;
    }
    return fresh_count > 0 ? &fresh_slab->gs[--fresh_count] : nullptr;
}

/// A full magazine for the empty one of the P, or the same one filled. False: nothing there.
bool exchange_for_full(P* p) {
    const byte_lock_guard guard(free_lock);
    if (p->gs_active == nullptr) p->gs_active = take_empty();
    g_magazine* mine = p->gs_active;
    if (mine == nullptr) return false;
    if (g_magazine* theirs = full) {
        full = theirs->next;
        mine->next = empty;
        empty = mine;
        p->gs_active = theirs;
        return true;
    }
    while (mine->count < g_magazine::capacity) {
        G* g = take_one();
        if (g == nullptr) break;
        mine->gs[mine->count++] = g;
    }
    return mine->count != 0;
}

/// The active magazine is full or missing: makes room in it. False: no memory for another.
bool make_room(P* p) {
    if (p->gs_active != nullptr && p->gs_spare != nullptr && p->gs_spare->count == 0) {
        std::swap(p->gs_active, p->gs_spare);
        return true;
    }
    const byte_lock_guard guard(free_lock);
    g_magazine* fresh = take_empty();
    if (fresh == nullptr) return false;
    if (p->gs_spare != nullptr) {
        p->gs_spare->next = full;
        full = p->gs_spare;
    }
    p->gs_spare = p->gs_active;
    p->gs_active = fresh;
    return true;
}

} // namespace

G* take_g_from_slab() {
    for (;;) {
        {
            const byte_lock_guard guard(free_lock);
            if (loose == nullptr && fresh_count == 0 && full != nullptr) {
                g_magazine* m = full;
                full = m->next;
                make_loose(m);
                m->next = empty;
                empty = m;
            }
            if (G* g = take_one()) return g;
        }
        if (!add_slab()) return nullptr;
    }
}

void return_g_to_slab(G* g) {
    const byte_lock_guard guard(free_lock);
    g->next = loose;
    loose = g;
}

bool refill_gs(P* p) {
    if (p->gs_spare != nullptr && p->gs_spare->count != 0) {
        std::swap(p->gs_active, p->gs_spare);
        return true;
    }
    while (!exchange_for_full(p)) {
        if (!add_slab()) return false;
    }
    return true;
}

void free_g(M* m, G* g) {
    P* p = m->p;
    if (p->gs_active == nullptr || p->gs_active->count == g_magazine::capacity) [[unlikely]] {
        if (!make_room(p)) {
            return_g_to_slab(g);
            return;
        }
    }
    p->gs_active->gs[p->gs_active->count++] = g;
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
