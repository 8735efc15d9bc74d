// SPDX-License-Identifier: Apache-2.0
//
// Mirrors src/arch/<cpu>/switch.S, function by function: gofer_switch pushes the registers, leaves
// the stack, and stores the sp as its last touch of it; a resumed stack finds its registers.
#include "shim/goroutines.hpp"

#include <array>
#include <cstdlib>
#include <deque>

#include "arch/context.hpp"
#include "checker/explore.hpp"
#include "checker/var.hpp"

namespace model_shim {

namespace {

/// One flow of control that can be left and resumed. Its address is the sp.
struct context {
    model::fiber flow;
    /// On the stack, written by who leaves it and read by who resumes it.
    model::var<int> registers{0, "saved registers"};
};

/// Per thread of the model: so that the numbers of its contexts are its own doing.
struct thread_contexts {
    context own; ///< of the thread's own stack
    std::deque<context> started;
    std::size_t used = 0;

    context* running = nullptr;
    // What the switch stores on arrival.
    void** save_sp = nullptr;
    context* left = nullptr;
};

std::array<thread_contexts, model::thread_count_max> threads;

thread_contexts& mine() {
    return threads[model::execution::current->running()];
}

void store_sp(void** save_sp, context* left) {
    if (save_sp == nullptr) return;
    if (model::execution::current->shared.is_atomic(save_sp)) {
        // G.sp; of an M's own stack it is plain.
        reinterpret_cast<model::atomic<void*>*>(save_sp)->store(left, std::memory_order_release);
    } else {
        *save_sp = left;
    }
}

/// The first thing on a stack that was switched to, on whatever thread.
void arrive() {
    thread_contexts& t = mine();
    store_sp(t.save_sp, t.left);
    t.save_sp = nullptr;
}

void go_to(context* to, void** save_sp) {
    thread_contexts& t = mine();
    context* left = t.running;
    if (is_sp_stored_early) {
        store_sp(save_sp, left);
        t.save_sp = nullptr;
    } else {
        t.save_sp = save_sp;
        t.left = left;
    }
    left->registers = 1;
    t.running = to;
    MODEL_CHECK(to->registers == 1);
    to->flow.switch_from(left->flow);
    arrive();
}

context* start() {
    thread_contexts& t = mine();
    if (t.used == t.started.size()) t.started.emplace_back();
    context* c = &t.started[t.used++];
    c->registers = 1;
    c->flow.prepare(
        [](void*) {
            arrive();
            gofer_goroutine_main();
        },
        nullptr);
    return c;
}

} // namespace

void begin() {
    for (thread_contexts& t : threads) {
        t.used = 0;
        t.running = nullptr;
        t.save_sp = nullptr;
    }
}

void begin_thread() {
    mine().running = &mine().own;
}

gofer::rt::stack make_stack(std::uint32_t index) {
    // Nobody looks into it: addresses that are in no use.
    constexpr std::uintptr_t base = std::uintptr_t{1} << 40;
    constexpr std::uintptr_t slot = std::uintptr_t{1} << 17;
    constexpr std::uintptr_t guard = std::uintptr_t{1} << 16;
    auto* low = reinterpret_cast<std::byte*>(base + index * slot + guard);
    return {.low = low, .top = low + guard};
}

} // namespace model_shim

extern "C" {

void gofer_switch(void** save_sp, void* resume_sp) {
    model_shim::go_to(static_cast<model_shim::context*>(resume_sp), save_sp);
}
void gofer_jump(void* resume_sp) {
    model_shim::go_to(static_cast<model_shim::context*>(resume_sp), nullptr);
    std::abort();
}
void gofer_start(void** save_sp, void*) {
    model_shim::go_to(model_shim::start(), save_sp);
}
void gofer_start_over(void*) {
    model_shim::go_to(model_shim::start(), nullptr);
    std::abort();
}
void gofer_invoke(void (*fn)(void*), void* arg) {
    fn(arg);
}
extern const char gofer_invoke_pad[1] = {};

} // extern "C"
