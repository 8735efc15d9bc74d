// SPDX-License-Identifier: Apache-2.0
//
// Starting goroutines: from a closure to a newborn on the run queue.
#include <cstring>
#include <string>
#include <utility>

#include "gofer/errors.hpp"
#include "gofer/go.hpp"
#include "sched/park.hpp"

namespace gofer::rt {

namespace {

/// Ids that a P takes at once; Go's sched.goidgen does the same.
constexpr std::uint64_t id_block = 16;

[[noreturn, gnu::cold]] void throw_not_running() {
    throw no_runtime("gofer: go: no runtime lives, or it is ending; start one with gofer::run or "
                     "gofer::runtime");
}

[[noreturn, gnu::cold]] void throw_no_gs() {
    throw resource_error("gofer: go: no memory for another goroutine; " +
                         std::to_string(live_count()) + " live");
}

std::uint64_t take_goid(P* p) {
    if (p->next_id == p->end_id) [[unlikely]] {
        p->next_id = sched.next_id_block.fetch_add(1, memory_order_relaxed) *
                     id_block; // pairs: nothing; a counter
        p->end_id = p->next_id + id_block;
    }
    return ++p->next_id;
}

/// A G of the P's own. Null: no memory. Inside.
G* take_g(P* p) {
    if ((p->gs_active == nullptr || p->gs_active->count == 0) && !refill_gs(p)) [[unlikely]]
        return nullptr;
    g_magazine* active = p->gs_active;
    const std::uint32_t left = --active->count;
    if (left >= 3) {
        const char* ahead = reinterpret_cast<const char*>(active->gs[left - 3]);
        __builtin_prefetch(ahead, 1);
        __builtin_prefetch(ahead + 64, 1);
        __builtin_prefetch(ahead + 128, 1);
        __builtin_prefetch(ahead + 192, 1);
    }
    G* g = active->gs[left];
    return g;
}

/// All that does not depend on the spawner's options.
void fill(G* g, std::uint64_t id, std::uint64_t parent, void (*run)(void*)) {
    g->state.move<g_status::dead, g_status::embryo>();
    sanitizer::happens_after(g->inline_closure); // its former life
    g->id = id;
    g->parent = parent;
    g->run = run;
    g->closure = g->inline_closure;
    g->closure_bytes = 0;
    g->stack_class = sched.stack_class;
    g->sp.store(G::newborn_sp(), memory_order_relaxed); // pairs: nothing; published by a queue
    g->stk = nullptr;
    g->is_pinned = false;
    g->pinned_m = nullptr;
}

/// Puts a filled embryo in line. Inside.
void push_embryo(M* m, G* g, const void* start_pc) {
    g->start_pc = start_pc;
    sanitizer::happens_before(g);
    g->state.move<g_status::embryo, g_status::runnable>();
    P* p = m->p;
    P::count(p->spawned);
    if (g->is_pinned) {
        g->sp.store(nullptr,
                    memory_order_relaxed); // pairs: as in fill; run_here knows it by pinned_m
        push_runnable(m, g);
        wake_if_useful(m);
        return;
    }
    const bool is_alone = p->queue.is_empty();
    p->queue.push_newborn(g);
    if (!is_alone) wake_if_useful(m);
}

void push_embryo_from_thread(G* g, const void* start_pc) {
    g->start_pc = start_pc;
    sanitizer::happens_before(g);
    g->state.move<g_status::embryo, g_status::runnable>();
    if (g->is_pinned) g->sp.store(nullptr, memory_order_relaxed); // pairs: as in push_embryo
    item_chain<G> one;
    one.append(g);
    push_global(one);
    wake_one_from_thread();
}

/// A G for a plain thread, or null. Outside.
G* take_g_as_thread() {
    thread_enter();
    G* g = take_g_from_slab();
    thread_leave();
    return g;
}

std::uint64_t take_goid_as_thread() {
    // Ids of plain threads' goroutines come in blocks of one use: they need not be dense.
    return sched.next_id_block.fetch_add(1, memory_order_relaxed) * id_block +
           1; // pairs: nothing; a counter
}

G* begin(void (*run)(void*)) {
    // pairs: boot's stores
    const runtime_status status = sched.status.load(memory_order_acquire);
    M* m = current_m();
    if (status != runtime_status::running && (m == nullptr || status == runtime_status::off))
        throw_not_running();
    G* g = nullptr;
    if (m == nullptr) {
        g = take_g_as_thread();
        if (g == nullptr) throw_no_gs();
        fill(g, take_goid_as_thread(), 0, run);
    } else {
        enter(m);
        g = take_g(m->p);
        if (g != nullptr) fill(g, take_goid(m->p), m->g->id, run);
        leave(m);
        if (g == nullptr) throw_no_gs();
    }
    return g;
}

char* copy_name(std::string_view name) {
    const std::size_t bytes = sizeof(std::uint32_t) + name.size() + 1;
    auto* block = static_cast<char*>(detail::block_alloc(bytes));
    const auto size = static_cast<std::uint32_t>(name.size());
    std::memcpy(block, &size, sizeof size);
    std::memcpy(block + sizeof size, name.data(), name.size());
    block[bytes - 1] = '\0';
    return block + sizeof size;
}

std::uint8_t checked_stack_class(std::size_t bytes) {
    if (bytes == 0) return sched.stack_class;
    const auto found = static_cast<std::uint8_t>(stack_class_for_usable(bytes));
    if (found == 0) {
        throw usage_error("gofer: go: a stack of " + std::to_string(bytes) +
                          " bytes is too large; go_options.stack is at most 1 GiB");
    }
    return found;
}

} // namespace

void free_name(char* name) {
    std::uint32_t size = 0;
    char* block = name - sizeof size;
    std::memcpy(&size, block, sizeof size);
    detail::block_free(block, sizeof size + size + 1);
}

void spawn_main(void (*run)(void*), void* closure, std::uint8_t stack_class, const void* start_pc) {
    G* g = begin(run);
    g->closure = closure;
    g->stack_class = stack_class;
    thread_enter();
    sched.foreign_spawned.fetch_add(1, memory_order_release); // pairs: live_count
    // Inside, so that nobody asks before it is in line; before the push, since it may end at once.
    sched.is_main_awaited.store(true, memory_order_release); // pairs: is_deadlocked
    push_embryo_from_thread(g, start_pc);
    thread_leave();
}

std::uint64_t live_count() {
    // Deaths first: whoever is counted dead has been counted born, so the difference is never
    // too small, and zero means that at one moment in between nobody lived.
    std::uint64_t died = 0;
    std::uint64_t spawned = 0;
    const std::uint32_t count = sched.procs_made.load(memory_order_acquire); // pairs: make_p
    for (std::uint32_t i = 0; i < count; ++i) {
        died += sched.all_ps[i]->died.load(memory_order_acquire); // pairs: P::count
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        spawned += sched.all_ps[i]->spawned.load(memory_order_acquire); // pairs: P::count
    }
    spawned += sched.foreign_spawned.load(memory_order_acquire); // pairs: spawn_commit
    return spawned - died - sched.abandoned;
}

} // namespace gofer::rt

namespace gofer::detail {

namespace {

rt::G* real(goroutine* g) {
    return reinterpret_cast<rt::G*>(g);
}

} // namespace

embryo spawn_begin(const closure_type& type, const go_options* options) {
    using namespace rt;
    // What may throw comes first, so that nothing has to be undone.
    const std::uint8_t stack_class =
        options == nullptr ? sched.stack_class : checked_stack_class(options->stack);
    struct undo {
        void* block = nullptr;
        std::size_t bytes = 0;
        char* name = nullptr;
        ~undo() {
            if (block != nullptr) block_free(block, bytes);
            if (name != nullptr) free_name(name);
        }
    } made;
    const bool is_inline = type.bytes <= closure_inline_bytes && type.align <= closure_inline_align;
    if (!is_inline) {
        made.bytes = type.bytes + (type.align > alignof(std::max_align_t) ? type.align : 0);
        made.block = block_alloc(made.bytes);
    }
    if (options != nullptr && !options->name.empty()) made.name = copy_name(options->name);

    G* g = begin(type.run);
    g->stack_class = stack_class;
    g->is_pinned = options != nullptr && options->pinned;
    g->name = std::exchange(made.name, nullptr);
    if (!is_inline) {
        g->closure_bytes = static_cast<std::uint32_t>(made.bytes);
        g->closure_block = std::exchange(made.block, nullptr);
        const auto at = reinterpret_cast<std::uintptr_t>(g->closure_block);
        g->closure = reinterpret_cast<void*>((at + type.align - 1) & ~(type.align - 1));
    }
    return {reinterpret_cast<goroutine*>(g), g->closure};
}

void spawn_commit(goroutine* handle) noexcept {
    using namespace rt;
    const void* start_pc = __builtin_return_address(0);
    M* m = current_m();
    if (m == nullptr) {
        thread_enter();
        sched.foreign_spawned.fetch_add(1, memory_order_release); // pairs: live_count
        push_embryo_from_thread(real(handle), start_pc);
        thread_leave();
        return;
    }
    enter(m);
    push_embryo(m, real(handle), start_pc);
    leave(m);
}

void spawn_abort(goroutine* handle) noexcept {
    using namespace rt;
    G* g = real(handle);
    if (g->closure_bytes != 0) block_free(g->closure_block, g->closure_bytes);
    if (g->name != nullptr) free_name(std::exchange(g->name, nullptr));
    g->state.move<g_status::embryo, g_status::dead>();
    M* m = current_m();
    if (m == nullptr) {
        thread_enter();
        return_g_to_slab(g);
        thread_leave();
        return;
    }
    enter(m);
    free_g(m, g);
    leave(m);
}

void spawn_copy(const closure_type& type, const void* closure) {
    using namespace rt;
    const void* start_pc = __builtin_return_address(0);
    M* m = current_m();
    if (m == nullptr) [[unlikely]] {
        const embryo e = spawn_begin(type, nullptr);
        std::memcpy(e.closure, closure, type.bytes);
        thread_enter();
        sched.foreign_spawned.fetch_add(1, memory_order_release); // pairs: live_count
        push_embryo_from_thread(real(e.g), start_pc);
        thread_leave();
        return;
    }
    enter(m);
    G* g = take_g(m->p);
    if (g == nullptr) [[unlikely]] {
        leave(m);
        throw_no_gs();
    }
    fill(g, take_goid(m->p), m->g->id, type.run);
    // All of it: a copy of constant size is a few vector moves.
    std::memcpy(g->inline_closure, closure, type.bytes);
    push_embryo(m, g, start_pc);
    leave(m);
}

} // namespace gofer::detail
