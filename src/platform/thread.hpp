// SPDX-License-Identifier: Apache-2.0
//
// OS threads of the runtime.
#pragma once

#include <cstddef>

#include <pthread.h>

namespace gofer::rt {

/// Starts a joinable thread. 0, or the errno of pthread_create. Allocates: never with in_rt set.
int thread_start(pthread_t* id, void* (*entry)(void*), void* arg, const char* name);

/// Threads of this process, from the kernel; 0 if it does not say.
std::size_t thread_count();

/// A signal stack for the calling thread, so that an overflow of a goroutine's stack can be
/// reported. Given back by thread_signal_stack_drop.
void thread_signal_stack_make();
void thread_signal_stack_drop();

/// The limits of the calling thread's own stack.
struct thread_stack {
    std::byte* low;
    std::byte* top;
};
thread_stack thread_own_stack();

} // namespace gofer::rt
