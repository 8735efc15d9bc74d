// SPDX-License-Identifier: Apache-2.0
//
// A stack of its own for each thread of the model: all of them run in one OS thread.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <memory>

namespace model {

/// A flow of control that is entered and left only by switch_to. The default one is the caller's.
class fiber {
public:
    fiber() = default;
    fiber(const fiber&) = delete;
    fiber& operator=(const fiber&) = delete;

    /// Makes the next switch to it call entry(arg), which must never return. What ran on it before
    /// is abandoned where it stands: no destructor of its frames runs.
    void prepare(void (*entry)(void*), void* arg);
    /// Leaves the running flow in `from`, goes on in this one.
    void switch_from(fiber& from);

private:
    static void trampoline();

    ucontext_t context_{};
    std::unique_ptr<std::byte[]> stack_;
    void (*entry_)(void*) = nullptr;
    void* arg_ = nullptr;
};

} // namespace model
