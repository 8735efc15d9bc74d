// SPDX-License-Identifier: Apache-2.0
//
// The bottom of every goroutine: running closures, ending, what happens to an exception that gets
// this far, and goexit.
//
// A goroutine whose successor is a newborn of the same stack size hands its own stack on: a
// thousand goroutines that have not started yet use one hot stack.
//
// Exceptions. gofer_invoke (src/arch) is the only catch. Its personality runs in the search phase,
// while every frame up to the throw still stands: that is when the report is made. goexit throws a
// native exception whose type is made at run time as derived from abi::__forced_unwind, so that
// libstdc++'s own `catch (...)` (iostreams, futures) lets it pass as it lets thread cancellation
// pass; _Unwind_ForcedUnwind itself would end the process at a `catch (...)` that runs while
// another exception is handled.
//
// Tested by: tests/unit/sched, tests/program.
#include <cxxabi.h>
#include <exception>
#include <new>
#include <typeinfo>
#include <utility>

#include <unwind.h>

#include "gofer/errors.hpp"
#include "gofer/go.hpp"
#include "sched/hooks.hpp"
#include "sched/park.hpp"

namespace gofer::rt {

namespace {

/// Ends the goroutine's life. Inside, still on its stack.
void bury(M* m, G* g) {
    *m->error = 0;
    if (sched.checks_canaries && !stack_canary_ok(*g->stk)) [[unlikely]]
        hooks.overran(g);
    sanitizer::happens_before(g->inline_closure); // for who reuses the G
    sanitizer::happens_before(&sched);            // for who waits for the end of all
    m->g = nullptr;
    g->state.move<g_status::running, g_status::dead>();
    P::count(m->p->died);
    free_g(m, g);
    if (sched.status.load(memory_order_relaxed) == runtime_status::stopping)
        [[unlikely]] {                                       // pairs: nothing; stop looks again
        sched.stop_event.fetch_add(1, memory_order_acq_rel); // pairs: the stopper's load
        futex_wake(sched.stop_event);
    }
}

/// Leaves the stack of a goroutine that has ended, for `next`.
[[noreturn]] void leave_dead_stack(M* m, stack* dead, bool must_use_own_stack, G* next) {
    void* sp = next == nullptr ? nullptr
                               : next->sp.load(memory_order_acquire); // pairs: gofer_switch's store
    if (must_use_own_stack) {
        m->dead_stack = dead; // given back from the other stack
        sp = nullptr;
    } else {
        release_stack(m, dead);
    }
    if (G::is_context(sp)) {
        next->sp.store(nullptr, memory_order_relaxed); // pairs: nothing; `next` is ours
        m->g = next;
        sanitizer::leave_stack(nullptr, next->sanitizer, next->stk->low, next->stk->top);
        gofer_jump(sp);
    }
    if (sp == G::newborn_sp()) {
        bind_stack(m, next);
        m->g = next;
        sanitizer::leave_stack(nullptr, next->sanitizer, next->stk->low, next->stk->top);
        gofer_start_over(stack_start(*next->stk));
    }
    m->pending = next;
    m->g = nullptr;
    sanitizer::leave_stack(nullptr, m->own_sanitizer, m->own_low, m->own_top);
    gofer_jump(std::exchange(m->own_sp, nullptr));
}

/// Runs the goroutine that this M has just taken up, to its end.
void run_to_end(M* m, G* g) {
    sanitizer::destroy_fiber(std::exchange(m->dead_fiber, nullptr));
    sanitizer::happens_after(g);
    sanitizer::happens_after(g->stk->low); // who had this stack before
    g->state.move<g_status::runnable, g_status::running>();
    leave(m);
    gofer_invoke(g->run, g->closure);
    if (g->closure_bytes != 0) detail::block_free(g->closure_block, g->closure_bytes);
    if (g->name != nullptr) free_name(std::exchange(g->name, nullptr));
}

} // namespace

extern "C" [[noreturn]] void gofer_goroutine_main() {
    sanitizer::enter_stack(nullptr);
    for (;;) {
        M* m = current_m();
        G* g = m->g;
        run_to_end(m, g);

        m = current_m();
        enter(m);
        stack* own = g->stk;
        const bool is_default = g->stack_class == sched.stack_class;
        const bool was_pinned = g->is_pinned;
        m->dead_fiber = g->sanitizer;
        bury(m, g);
        if (was_pinned) m->pinned_g = nullptr;

        P* p = m->p;
        G* next = pick(m);
        sanitizer::happens_before(own->low); // for who reuses the stack
        p->tick.store(p->tick.load(memory_order_relaxed) + 1,
                      memory_order_relaxed); // pairs: nothing; a hint
        const bool hands_on = next != nullptr && is_default && !was_pinned &&
                              next->sp.load(memory_order_relaxed) ==
                                  G::newborn_sp() && // pairs: nothing; newborns do not change
                              next->stack_class == sched.stack_class;
        if (!hands_on) leave_dead_stack(m, own, !is_default || was_pinned, next);

        next->stk = own;
        next->sp.store(nullptr, memory_order_relaxed); // pairs: nothing; `next` is ours
        next->sanitizer = sanitizer::make_fiber();
        m->g = next;
#if defined(GOFER_TSAN)
        sanitizer::leave_stack(nullptr, next->sanitizer, nullptr, nullptr);
#endif
    }
}

// ---- goexit ----------------------------------------------------------------------------------

namespace {

/// Thrown by goexit. Its type_info names abi::__forced_unwind as base, which C++ itself cannot
/// express, since that class has no definition that could be derived from.
struct exit_object {
    void* unused;
};

const std::type_info& exit_type() {
    // Never destroyed: a goroutine may unwind during exit.
    alignas(abi::__si_class_type_info) static std::byte storage[sizeof(abi::__si_class_type_info)];
    static const auto* type = ::new (storage) abi::__si_class_type_info(
        "gofer::goexit", static_cast<const abi::__class_type_info*>(&typeid(abi::__forced_unwind)));
    return *type;
}

/// The exception is destroyed: at the bottom, or before, by a `catch (...)` that swallowed it.
void forget_exit(void*) {
    current_m()->g->exit_exception = nullptr;
}

} // namespace

[[noreturn]] void throw_goexit(G* g) {
    void* exception = abi::__cxa_allocate_exception(sizeof(exit_object));
    ::new (exception) exit_object{};
    g->exit_exception = exception;
    abi::__cxa_throw(exception, const_cast<std::type_info*>(&exit_type()), &forget_exit);
}

// ---- what reaches the bottom -----------------------------------------------------------------

/// Called in the search phase by the unwinder: nothing has been unwound yet.
extern "C" [[gnu::used]] _Unwind_Reason_Code
gofer_invoke_personality(int version, _Unwind_Action actions, _Unwind_Exception_Class,
                         _Unwind_Exception* exception, _Unwind_Context* context) {
    if (version != 1) return _URC_FATAL_PHASE1_ERROR;
    if ((actions & _UA_SEARCH_PHASE) != 0) {
        G* g = current_m()->g;
        const void* object = exception + 1; // libstdc++ puts the object right behind the header
        if (object != g->exit_exception) hooks.uncaught_exception(g, exception);
        return _URC_HANDLER_FOUND;
    }
    if ((actions & _UA_HANDLER_FRAME) == 0) return _URC_CONTINUE_UNWIND;
    _Unwind_SetGR(context, __builtin_eh_return_data_regno(0),
                  reinterpret_cast<_Unwind_Word>(exception));
    _Unwind_SetGR(context, __builtin_eh_return_data_regno(1), 0);
    _Unwind_SetIP(context, reinterpret_cast<_Unwind_Ptr>(gofer_invoke_pad));
    return _URC_INSTALL_CONTEXT;
}

/// The goroutine's stack has been unwound by goexit, or by an exception that the hook let pass.
extern "C" [[gnu::used]] void gofer_invoke_landed(_Unwind_Exception* exception) {
    abi::__cxa_begin_catch(exception);
    G* g = current_m()->g;
    if (std::exchange(g->exit_exception, nullptr) == nullptr) {
        hooks.exception_landed(g);
    } else {
        hooks.goexit_landed(g);
    }
    abi::__cxa_end_catch();
}

} // namespace gofer::rt

namespace gofer {

void goexit() {
    rt::M* m = rt::current_m();
    if (m == nullptr || m->g == nullptr) {
        throw no_runtime("gofer: goexit: not called from a goroutine; a thread ends by returning "
                         "from its function");
    }
    rt::throw_goexit(m->g);
}

} // namespace gofer
