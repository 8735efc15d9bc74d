// SPDX-License-Identifier: Apache-2.0
//
// See report.hpp.
#include "debug/report.hpp"

#include <cstdlib>
#include <cstring>
#include <exception>
#include <string_view>
#include <typeinfo>

#include <cxxabi.h>

#include "base/fatal.hpp"
#include "debug/backtrace.hpp"
#include "debug/exception.hpp"
#include "debug/symbols.hpp"
#include "sched/sched.hpp"
#include "seam/clock.hpp"

namespace gofer::rt {

namespace {

/// The first template argument of `name`, if it begins with `prefix`; else all of it. A user's
/// lambda that was inlined into one of our templates shows up under that template's name.
std::string_view callable_in(std::string_view name, std::string_view prefix) {
    if (name.substr(0, prefix.size()) != prefix) return name;
    name.remove_prefix(prefix.size());
    int depth = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if (depth == 0 && (c == '>' || (c == ',' && name.substr(i, 2) == ", ")))
            return name.substr(0, i);
        if (c == '<' || c == '(' || c == '{') ++depth;
        if (c == '>' || c == ')' || c == '}') --depth;
    }
    return name;
}

/// Prints a name in the source's terms. `may_allocate`: false in a signal handler, where malloc's
/// lock may be held by the very code that was interrupted; the name then stays mangled.
void print_name(printer& out, const char* name, bool may_allocate) {
    char* readable = may_allocate ? abi::__cxa_demangle(name, nullptr, nullptr, nullptr) : nullptr;
    std::string_view text = readable != nullptr ? readable : name;
    for (const std::string_view ours :
         {"void gofer::detail::run_closure<gofer::detail::closure<", "gofer::run<"}) {
        text = callable_in(text, ours);
    }
    out << text;
    std::free(readable);
}

void print_place(printer& out, const void* pc, bool may_allocate) {
    const symbol s = find_symbol(pc);
    if (s.name != nullptr) {
        print_name(out, s.name, may_allocate);
    } else {
        out << pc;
    }
    out << "\n\t" << s.module << '+' << reinterpret_cast<const void*>(s.module_offset);
}

bool is_named(const void* pc, std::string_view prefix) {
    const char* name = find_symbol(pc).name;
    return name != nullptr && std::string_view(name).substr(0, prefix.size()) == prefix;
}

/// The runtime's own frames at the bottom, and below a park, say nothing to a user.
bool is_own_frame(const void* pc) {
    for (const std::string_view prefix :
         {"gofer_", "_ZN5gofer2rt", "_ZN5gofer6detail12_GLOBAL__N_1", "_ZN5gofer6detail9chan_recv",
          "_ZN5gofer6detail9chan_send", "_ZN5gofer6detail14countdown_wait",
          "_ZN5gofer6detail17throw_send_closed"}) {
        if (is_named(pc, prefix)) return true;
    }
    return false;
}

/// Prints frames; of a very deep stack the first and the last ones.
struct frame_printer {
    printer& out;
    bool may_allocate;
    std::size_t total = 0;
    std::size_t index = 0;
    bool skips_throw = false; ///< frames up to __cxa_throw are the unwinder's

    static constexpr std::size_t shown_at_each_end = 50; // Go's numbers

    static bool count(const void*, void* p) {
        ++static_cast<frame_printer*>(p)->total;
        return true;
    }
    static bool print(const void* pc, void* p) {
        auto* self = static_cast<frame_printer*>(p);
        self->one(pc);
        return true;
    }
    void one(const void* pc) {
        const std::size_t i = index++;
        if (skips_throw) {
            if (is_named(pc, "__cxa_throw") || is_named(pc, "__cxa_rethrow") ||
                is_named(pc, "_ZSt17rethrow_exception")) {
                skips_throw = false;
            }
            return;
        }
        if (i >= shown_at_each_end && i + shown_at_each_end < total) {
            if (i == shown_at_each_end) out << "...additional frames elided...\n";
            return;
        }
        if (is_own_frame(pc)) return;
        print_place(out, pc, may_allocate);
        out << '\n';
    }
};

void print_created_by(printer& out, const G* g, bool may_allocate) {
    if (g->start_pc == nullptr) return;
    out << (g->id == 1 ? "started by " : "created by ");
    const auto* call = static_cast<const char*>(g->start_pc) - 1;
    const symbol s = find_symbol(call);
    if (s.name != nullptr) {
        print_name(out, s.name, may_allocate);
    } else {
        out << g->start_pc;
    }
    if (g->parent != 0) out << " in goroutine " << g->parent;
    out << "\n\t" << s.module << '+' << reinterpret_cast<const void*>(s.module_offset) << '\n';
}

const char* state_text(const G* g, g_status status) {
    return status == g_status::waiting ? text_of(g->reason) : text_of(status);
}

void print_header(printer& out, const G* g, g_status status) {
    out << "goroutine " << g->id << " [" << state_text(g, status);
    if (status == g_status::waiting) {
        const std::int64_t minutes = (seam::now_ns() - g->since_ns) / 60'000'000'000;
        if (minutes > 0) out << ", " << minutes << " minutes";
    }
    out << ']';
    if (g->name != nullptr) out << " \"" << g->name << '"';
    out << ":\n";
}

void print_saved_stack(printer& out, void* sp) {
    frame_printer frames{out, true};
    backtrace_saved(sp, &frame_printer::count, &frames);
    backtrace_saved(sp, &frame_printer::print, &frames);
}

} // namespace

namespace {

/// One that stands still.
void print_goroutine(printer& out, const G* g, g_status status) {
    print_header(out, g, status);
    void* sp = g->sp.load(memory_order_acquire); // pairs: gofer_switch's store
    if (G::is_context(sp)) {
        print_saved_stack(out, sp);
    } else if (status == g_status::running) {
        out << "\t(it runs on; its stack cannot be shown)\n";
    } else if (g->is_newborn()) {
        out << "\t(it had not started)\n";
    }
    print_created_by(out, g, true);
}

} // namespace

void print_left_behind(printer& out, const G* g) {
    print_goroutine(out, g, g->left_as);
}

void report_deadlock() {
    {
        printer out;
        out << "fatal error: all goroutines are asleep - deadlock!\n";
        for_each_g(
            [](G* g, void* to) {
                if (g->state.now() == g_status::abandoned) return;
                auto& text = *static_cast<printer*>(to);
                text << '\n';
                print_goroutine(text, g, g->state.now());
            },
            &out);
    }
    exit_now(2);
}

void report_leaks(const item_chain<G>& left) {
    printer out;
    out << "gofer: " << left.count << (left.count == 1 ? " goroutine was" : " goroutines were")
        << " left when the program ended (options.leaks_ok allows that; options.grace is how long "
           "it waits)\n";
    for (const G* g = left.first; g != nullptr; g = g->next) {
        out << '\n';
        print_left_behind(out, g);
    }
}

void report_uncaught(const G* g, const _Unwind_Exception* exception) {
    {
        printer out;
        out << "gofer: uncaught exception in goroutine " << g->id;
        if (g->name != nullptr) out << " \"" << g->name << '"';
        out << ": ";
        print_exception(out, exception);
        out << "\n\n";
        print_header(out, g, g_status::running);
        frame_printer frames{out, true};
        frames.skips_throw = true;
        backtrace_here(&frame_printer::count, &frames);
        backtrace_here(&frame_printer::print, &frames);
        print_created_by(out, g, true);
    }
    exit_now(2);
}

void report_dropped(std::exception_ptr exception) {
    try {
        std::rethrow_exception(std::move(exception));
    } catch (...) {
        printer out;
        out << "gofer: uncaught exception in a task that nobody asked with get(): ";
        print_current_exception(out);
        out << '\n';
    }
    exit_now(2);
}

void report_overrun(G* g) {
    report_overflow(g, g->stk->low);
}

void report_overflow(const G* g, const void* address) {
    {
        printer out;
        out << "gofer: stack overflow in goroutine " << g->id;
        if (g->name != nullptr) out << " \"" << g->name << '"';
        out << ": its stack of " << g->stk->usable_bytes()
            << " bytes is used up (the guard was hit at " << address
            << "); recurse less, or give it more: go({.stack = bytes}, ...), options.main_stack "
               "for main\n\n";
        print_header(out, g, g_status::running);
        frame_printer frames{out, false};
        backtrace_here(&frame_printer::count, &frames);
        backtrace_here(&frame_printer::print, &frames);
        print_created_by(out, g, false);
    }
    exit_now(2);
}

} // namespace gofer::rt
