// SPDX-License-Identifier: Apache-2.0
//
// What the sources under test call and no model test is about: memory, threads, reports.
#include <string>

#include "base/print.hpp"
#include "checker/explore.hpp"
#include "protocols/world.hpp"
#include "sched/hooks.hpp"
#include "sched/sched.hpp"
#include "sched/timers.hpp"

namespace gofer::rt {

namespace {

[[noreturn]] void not_here(const char* what) {
    model::execution::current->fail(model::failure_kind::check,
                                    std::string(what) + " is not part of this model");
}

} // namespace

scheduler_hooks hooks;
stack_arena arena;

std::size_t stack_arena::take(std::uint32_t, stack**, std::size_t) {
    not_here("stack_arena::take");
}
void stack_arena::give(stack* const*, std::size_t) {
    not_here("stack_arena::give");
}
stack_stats stack_arena::stats() const {
    not_here("stack_arena::stats");
}
bool stack_canary_ok(const stack&) {
    return true;
}
printer& printer::operator<<(std::string_view) {
    not_here("printer");
}
printer& printer::operator<<(std::uint64_t) {
    not_here("printer");
}
void printer::flush() {}

/// There are no timers.
timer_heap::~timer_heap() = default;
bool run_timers(M*, P*) {
    return false;
}
bool run_all_timers(M*) {
    return false;
}

/// sysmon looks for what nobody works off; here everything must come to an end without it.
void sysmon_poke() {}
/// All threads are there from the beginning.
void spawner_poke() {
    not_here("spawner_poke");
}

std::uint64_t live_count() {
    not_here("live_count");
}
void free_g(M*, G*) {
    model_shim::world::current->goroutine_ended();
}
void free_name(char*) {}

} // namespace gofer::rt

namespace gofer::detail {

void block_free(void*, std::size_t) noexcept {}

[[noreturn]] static void thrown(const char* what) {
    throw std::runtime_error(what);
}
void throw_send_closed(const chan_core*) {
    thrown("send on closed channel");
}
void throw_close_nil() {
    thrown("close of nil channel");
}
void throw_close_closed(const chan_core*) {
    thrown("close of closed channel");
}
void throw_huge_capacity(std::size_t, std::size_t) {
    thrown("capacity too large");
}
void throw_no_runtime(const char*) {
    thrown("no runtime");
}

} // namespace gofer::detail
