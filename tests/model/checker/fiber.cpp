// SPDX-License-Identifier: Apache-2.0
//
// Switching by ucontext.
#include "checker/fiber.hpp"

#include <cstdlib>

namespace model {

namespace {

// Deep enough for a failing check that formats its message.
constexpr std::size_t stack_bytes = std::size_t{256} * 1024;

fiber* starting = nullptr;

} // namespace

void fiber::prepare(void (*entry)(void*), void* arg) {
    if (!stack_) stack_ = std::make_unique_for_overwrite<std::byte[]>(stack_bytes);
    entry_ = entry;
    arg_ = arg;
    if (getcontext(&context_) != 0) std::abort();
    context_.uc_stack.ss_sp = stack_.get();
    context_.uc_stack.ss_size = stack_bytes;
    context_.uc_link = nullptr;
    makecontext(&context_, &fiber::trampoline, 0);
}

void fiber::switch_from(fiber& from) {
    starting = this;
    if (swapcontext(&from.context_, &context_) != 0) std::abort();
}

void fiber::trampoline() {
    fiber* self = starting;
    self->entry_(self->arg_);
    std::abort(); // an entry never returns
}

} // namespace model
