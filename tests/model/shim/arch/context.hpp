// SPDX-License-Identifier: Apache-2.0
//
// Stands before src/arch/context.hpp in model tests: threads are those of the model, time is the
// model's, and a goroutine's stack is a fiber.
#pragma once

#include <cstdint>

#include "checker/atomic.hpp"

namespace gofer::rt {

struct M;

/// The M of each thread of the model; set by the tests.
inline M* model_ms[model::thread_count_max];

inline M* current_m() {
    return model::execution::current == nullptr ? nullptr
                                                : model_ms[model::execution::current->running()];
}
inline void set_current_m(M* m) {
    model_ms[model::execution::current->running()] = m;
}

/// Spins of the runtime end when another thread stores something, or when time passes.
inline void cpu_pause() {
    model::yield();
}
inline std::uint64_t cpu_ticks() {
    return model::now_ns();
}

inline void prefetch_context(const void*) {}

} // namespace gofer::rt

extern "C" {
void gofer_switch(void** save_sp, void* resume_sp);
[[noreturn]] void gofer_jump(void* resume_sp);
void gofer_start(void** save_sp, void* top);
[[noreturn]] void gofer_start_over(void* top);
void gofer_invoke(void (*fn)(void*), void* arg);
extern const char gofer_invoke_pad[];
[[noreturn]] void gofer_goroutine_main();
} // extern "C"
