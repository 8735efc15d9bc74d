// SPDX-License-Identifier: Apache-2.0
//
// What the sanitizers must be told of stacks and of who ordered what; nothing in other builds.
//
// ASan is told of every change of stack. TSan gets a fiber for every goroutine. Goroutines that
// follow each other on one thread are ordered for it, since they share that thread's thread-locals:
// every std::stoi saves and restores errno. So a race of two goroutines is found when they run on
// two threads: test with two contexts or more. The runtime is not instrumented, and says itself
// what else synchronises (happens_before, happens_after).
#pragma once

#include <cstddef>

#if defined(GOFER_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(GOFER_TSAN)
#include <sanitizer/tsan_interface.h>
extern "C" {
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void* __tsan_get_current_fiber();
}
#endif

namespace gofer::rt::sanitizer {

#if defined(GOFER_TSAN)

inline void happens_before(const void* at) {
    __tsan_release(const_cast<void*>(at));
}
inline void happens_after(const void* at) {
    __tsan_acquire(const_cast<void*>(at));
}
inline void* make_fiber() {
    return __tsan_create_fiber(0);
}
inline void destroy_fiber(void* fiber) {
    if (fiber != nullptr) __tsan_destroy_fiber(fiber);
}
inline void* current_fiber() {
    return __tsan_get_current_fiber();
}
inline constexpr unsigned in_order = 0;

#else

inline void happens_before(const void*) {}
inline void happens_after(const void*) {}
inline void* make_fiber() {
    return nullptr;
}
inline void destroy_fiber(void*) {}
inline void* current_fiber() {
    return nullptr;
}

#endif

/// Just before the stack changes. `keep`: where the state of the stack left is kept; null when it
/// is left for good. `to`: TSan's fiber of the target.
inline void leave_stack([[maybe_unused]] void** keep, [[maybe_unused]] void* to,
                        [[maybe_unused]] const std::byte* low,
                        [[maybe_unused]] const std::byte* top) {
#if defined(GOFER_ASAN)
    __sanitizer_start_switch_fiber(keep, low, static_cast<std::size_t>(top - low));
#elif defined(GOFER_TSAN)
    __tsan_switch_to_fiber(to, in_order);
#endif
}

/// Just after. `kept`: what leave_stack kept of this stack; null on a new one.
inline void enter_stack([[maybe_unused]] void* kept) {
#if defined(GOFER_ASAN)
    __sanitizer_finish_switch_fiber(kept, nullptr, nullptr);
#endif
}

} // namespace gofer::rt::sanitizer
