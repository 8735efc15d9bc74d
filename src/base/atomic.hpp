// SPDX-License-Identifier: Apache-2.0
//
// The one door to atomics: std::atomic, or the model checker's under GOFER_MODEL (tests/model).
#pragma once

#include <atomic>

#ifdef GOFER_MODEL
#include "checker/atomic.hpp"
#endif

namespace gofer::rt {

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

#ifndef GOFER_MODEL

template <class T>
using atomic = std::atomic<T>;

/// Keeps the compiler, not the CPU, from moving memory accesses across.
inline void compiler_fence() {
    asm volatile("" ::: "memory");
}

/// A full barrier: earlier stores are visible to others before later loads are done.
inline void full_fence() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

#else

template <class T>
using atomic = model::atomic<T>;

inline void compiler_fence() {
    model::compiler_fence();
}
inline void full_fence() {
    model::thread_fence(memory_order_seq_cst);
}

#endif

} // namespace gofer::rt
