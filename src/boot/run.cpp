// SPDX-License-Identifier: Apache-2.0
//
// run and runtime: starting the scheduler from options and environment, waiting for the main
// goroutine, and the order of events at the end.
//
//     main returns ── begin_stop ── wait for the others ──┬─ all ended ───────────── end_stop ──
//     code
//                     (no plain thread may start more)    ├─ stuck: nobody can wake ┤
//                                                         └─ grace is over ─────────┴─ leak report
//                                                         ── 3
#include <cerrno>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

#include "base/fatal.hpp"
#include "boot/overflow_handler.hpp"
#include "debug/report.hpp"
#include "gofer/errors.hpp"
#include "gofer/run.hpp"
#include "platform/cpus.hpp"
#include "platform/futex.hpp"
#include "sched/hooks.hpp"
#include "sched/lifecycle.hpp"
#include "sched/sanitizer.hpp"

namespace gofer {

namespace rt {

scheduler_hooks hooks;

namespace {

/// Usable bytes of the main goroutine's stack, as of a program's main thread.
constexpr std::size_t main_stack_bytes = std::size_t{8} << 20;
/// Virtual bytes of a goroutine's stack, with its guard.
constexpr std::size_t stack_bytes = 256 * 1024;

/// How the main goroutine ended.
enum class main_end : std::uint32_t { not_yet, returned, exited, threw };

struct main_goroutine {
    const detail::closure_type* type;
    void* closure;
    bool rethrows;
    std::exception_ptr exception;
    atomic<std::uint32_t> end{static_cast<std::uint32_t>(main_end::not_yet)};

    void set_end(main_end how) {
        sanitizer::happens_before(this);
        sched.is_main_awaited.store(false, memory_order_release);         // pairs: is_deadlocked
        end.store(static_cast<std::uint32_t>(how), memory_order_release); // pairs: wait
        futex_wake(end);
    }
    main_end wait() {
        for (;;) {
            const auto now = end.load(memory_order_acquire); // pairs: set_end
            if (now != static_cast<std::uint32_t>(main_end::not_yet)) {
                sanitizer::happens_after(this);
                return static_cast<main_end>(now);
            }
            futex_wait(end, now);
        }
    }
};

/// Of the runtime that lives; for the hooks.
main_goroutine* the_main = nullptr;

void run_main_closure(void* p) {
    auto* main = static_cast<main_goroutine*>(p);
    main->type->run(main->closure);
    main->set_end(main_end::returned);
}

void on_uncaught(G* g, _Unwind_Exception* exception) {
    if (g->id == 1 && the_main != nullptr && the_main->rethrows) return;
    report_uncaught(g, exception);
}

void on_landed(G*) {
    the_main->exception = std::current_exception();
    the_main->set_end(main_end::threw);
}

void on_goexit(G* g) {
    if (g->id == 1 && the_main != nullptr) the_main->set_end(main_end::exited);
}

std::uint32_t checked_procs(int asked) {
    if (asked < 0 || asked > procs_max) {
        throw usage_error("gofer: options.procs = " + std::to_string(asked) +
                          ": not a number from 1 to " + std::to_string(procs_max) +
                          " (0: as GOFER_PROCS says, or as many as there are CPUs)");
    }
    if (asked > 0) return static_cast<std::uint32_t>(asked);
    const procs_setting set = procs_from_env();
    if (!set.error.empty()) throw usage_error("gofer: " + set.error);
    return static_cast<std::uint32_t>(set.procs > 0 ? set.procs : cpus_allowed());
}

std::uint8_t checked_class(const char* option, std::size_t bytes, std::uint32_t size_class) {
    if (size_class != 0) return static_cast<std::uint8_t>(size_class);
    throw usage_error(
        "gofer: " + std::string(option) + " = " + std::to_string(bytes) +
        ": a stack is at least 128 KiB (its guard of 64 KiB included) and at most 1 GiB");
}

scheduler_config config_of(const options& o) {
    if (o.thread_max < 1) {
        throw usage_error("gofer: options.thread_max = " + std::to_string(o.thread_max) +
                          ": at least 1");
    }
    const std::size_t bytes = o.stack != 0 ? o.stack : stack_bytes;
    return {checked_procs(o.procs),
            checked_class("options.stack", bytes, stack_class_for_slot(bytes)),
            static_cast<std::uint32_t>(o.thread_max), false};
}

/// Of the stack room: a weaker guard than wished. Printed once each, by that room's rule.
void print_warning(const char* text) {
    printer() << "gofer: " << text << '\n';
}

void start(const options& o, bool has_main) {
    scheduler_config config = config_of(o);
    config.has_main = has_main;
    auto off = runtime_status::off;
    if (!sched.status.compare_exchange_strong(
            off, runtime_status::starting)) { // seq_cst: one winner, seldom
        throw usage_error("gofer: a runtime lives already; one at a time in a process: end it "
                          "before the next starts");
    }
    hooks = {&on_uncaught,    &on_landed,       &on_goexit,
             &report_overrun, &report_deadlock, &report_dropped};
    stack_warning = &print_warning;
    overflow_handler_install();
    if (const int error = start_scheduler(config); error != 0) {
        overflow_handler_remove();
        sched.status.store(runtime_status::off, memory_order_release); // pairs: the CAS above
        throw resource_error(
            std::string("gofer: the runtime cannot start: ") + std::strerror(error) +
            " (threads or memory refused: see ulimit -u, ulimit -v, pids.max of the cgroup)");
    }
}

/// Returns how many goroutines were left.
std::uint64_t stop(const options& o, main_end how) {
    begin_stop();
    const bool waits_for_all = how == main_end::exited;
    const rest left_how = wait_for_the_rest(waits_for_all ? std::chrono::nanoseconds(-1) : o.grace);
    if (waits_for_all) {
        fatal(left_how == rest::all_ended
                  ? "no goroutines (main called goexit) - deadlock!"
                  : "all goroutines are asleep - deadlock! (main called goexit)");
    }
    const item_chain<G> left = end_stop();
    sanitizer::happens_after(&sched);
    overflow_handler_remove();
    if (left.count != 0 && !o.leaks_ok) report_leaks(left);
    return left.count;
}

constexpr int exit_code_of_leaks = 3;

int code_of(const options& o, std::uint64_t left) {
    return left != 0 && !o.leaks_ok ? exit_code_of_leaks : 0;
}

} // namespace

} // namespace rt

int detail::run_main(const options& o, const closure_type& type, void* closure) {
    using namespace rt;
    const std::size_t bytes = o.main_stack != 0 ? o.main_stack : main_stack_bytes;
    const std::uint8_t main_class =
        checked_class("options.main_stack", bytes, stack_class_for_usable(bytes));
    start(o, true);
    main_goroutine main{&type, closure, o.rethrow_main, nullptr};
    the_main = &main;
    spawn_main(&run_main_closure, &main, main_class, __builtin_return_address(0));
    const main_end how = main.wait();
    const std::uint64_t left = stop(o, how);
    the_main = nullptr;
    if (how == main_end::threw) std::rethrow_exception(std::exchange(main.exception, nullptr));
    return code_of(o, left);
}

runtime::runtime(const options& o) : options_(o) {
    rt::start(o, false);
}

runtime::~runtime() {
    if (!is_stopped_) static_cast<void>(stop());
}

int runtime::stop() {
    if (is_stopped_) return code_;
    if (rt::current_m() != nullptr) {
        throw usage_error("gofer: runtime::stop: called from a goroutine; the thread that embeds "
                          "the runtime stops it");
    }
    const std::uint64_t left = rt::stop(options_, rt::main_end::returned);
    is_stopped_ = true;
    code_ = rt::code_of(options_, left);
    return code_;
}

} // namespace gofer
