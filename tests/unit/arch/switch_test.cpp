// SPDX-License-Identifier: Apache-2.0
//
// The context switch alone, without a scheduler: what it keeps, how a new stack begins, where
// backtraces end, and that the frame at the bottom is asked about exceptions.
//
// This program links src/arch only and provides the functions that it calls upwards.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unwind.h>

#include "arch/context.hpp"

namespace {

/// A stack to switch to, and the two contexts.
struct coroutine {
    std::vector<std::byte> room = std::vector<std::byte>(256 * 1024);
    void* own_sp = nullptr;
    void* caller_sp = nullptr;
    std::uintptr_t outermost_frame = 1;
    std::function<void()> body;

    [[nodiscard]] void* top() {
        const auto end = reinterpret_cast<std::uintptr_t>(room.data() + room.size());
        return reinterpret_cast<void*>(end & ~std::uintptr_t{15});
    }
    void start(std::function<void()> f) {
        body = std::move(f);
        running = this;
        gofer_start(&caller_sp, top());
    }
    void resume() {
        running = this;
        gofer_switch(&caller_sp, own_sp);
    }
    void leave() { gofer_switch(&own_sp, caller_sp); }

    static inline coroutine* running = nullptr;
};

/// What the personality was asked, and the exception that landed at the bottom.
int exceptions_searched = 0;
int exceptions_landed = 0;

} // namespace

extern "C" {

[[noreturn]] void gofer_goroutine_main() {
    coroutine* self = coroutine::running;
    // Asking for the frame makes the compiler save rbp there: the value that the entry left in it.
    self->outermost_frame = *static_cast<std::uintptr_t*>(__builtin_frame_address(0));
    self->body();
    gofer_jump(self->caller_sp);
}

_Unwind_Reason_Code gofer_invoke_personality(int, _Unwind_Action actions, _Unwind_Exception_Class,
                                             _Unwind_Exception* exception,
                                             _Unwind_Context* context) {
    if ((actions & _UA_SEARCH_PHASE) != 0) {
        ++exceptions_searched;
        return _URC_HANDLER_FOUND;
    }
    _Unwind_SetGR(context, 0, reinterpret_cast<_Unwind_Word>(exception));
    _Unwind_SetIP(context, reinterpret_cast<_Unwind_Word>(&gofer_invoke_pad));
    return _URC_INSTALL_CONTEXT;
}

void gofer_invoke_landed(_Unwind_Exception* exception) {
    ++exceptions_landed;
    _Unwind_DeleteException(exception);
}

/// Loads seed, seed + 1 ... into the callee-saved registers, switches, and returns how many of them
/// are not the same afterwards.
unsigned switch_with_registers(void** save_sp, void* resume_sp, std::uint64_t seed);

} // extern "C"

asm(R"(
        .text
        .type   switch_with_registers, @function
switch_with_registers:
        .cfi_startproc
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        pushq   %rdx
        .cfi_def_cfa_offset 64
        leaq    0(%rdx), %rbp
        leaq    1(%rdx), %rbx
        leaq    2(%rdx), %r12
        leaq    3(%rdx), %r13
        leaq    4(%rdx), %r14
        leaq    5(%rdx), %r15
        call    gofer_switch
        popq    %rdx
        xorl    %eax, %eax
        .irp    register, %rbp, %rbx, %r12, %r13, %r14, %r15
        xorl    %ecx, %ecx
        cmpq    %rdx, \register
        setne   %cl
        addl    %ecx, %eax
        incq    %rdx
        .endr
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        ret
        .cfi_endproc
        .size   switch_with_registers, . - switch_with_registers
)");

namespace {

TEST(context_switch, goes_to_and_fro) {
    coroutine c;
    std::vector<int> order;
    c.start([&] {
        order.push_back(1);
        c.leave();
        order.push_back(3);
        c.leave();
        order.push_back(5);
    });
    order.push_back(2);
    c.resume();
    order.push_back(4);
    c.resume();
    order.push_back(6);
    EXPECT_EQ(order, (std::vector{1, 2, 3, 4, 5, 6}));
}

TEST(context_switch, keeps_the_callee_saved_registers_of_both_sides) {
    coroutine c;
    unsigned wrong = 0;
    c.start([&] {
        for (std::uint64_t i = 0; i < 1000; ++i) {
            wrong += switch_with_registers(&c.own_sp, c.caller_sp, 7'000'000 + i);
        }
    });
    for (std::uint64_t i = 0; i < 1000; ++i) {
        wrong += switch_with_registers(&c.caller_sp, c.own_sp, ~i);
    }
    EXPECT_EQ(wrong, 0u);
}

[[gnu::noinline]] double mix(double a, double b) {
    return a * 1.0000001 + b / 3;
}

TEST(context_switch, keeps_what_is_being_computed_in_floating_point) {
    const auto compute = [](auto&& between) {
        double a = 1;
        double b = 2;
        long double x = 3;
        for (int i = 0; i < 1000; ++i) {
            a = mix(a, b);
            between();
            b = mix(b, a);
            x = x / 2 + static_cast<long double>(a);
        }
        return a + b + static_cast<double>(x);
    };
    const double expected = compute([] {});
    coroutine c;
    double in_coroutine = 0;
    c.start([&] { in_coroutine = compute([&] { c.leave(); }); });
    const double outside = compute([&] { c.resume(); });
    EXPECT_EQ(in_coroutine, expected);
    EXPECT_EQ(outside, expected);
}

TEST(context_switch, a_saved_context_is_the_stack_pointer_in_its_own_stack) {
    coroutine c;
    c.start([&] { c.leave(); });
    const auto sp = reinterpret_cast<std::uintptr_t>(c.own_sp);
    EXPECT_GE(sp, reinterpret_cast<std::uintptr_t>(c.room.data()));
    EXPECT_LT(sp, reinterpret_cast<std::uintptr_t>(c.top()));
    c.resume();
}

TEST(context_switch, a_new_stack_begins_aligned_for_every_instruction) {
    coroutine c;
    std::uintptr_t frame = 1;
    c.start([&] { frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); });
    EXPECT_EQ(frame % 16, 0u);
}

TEST(context_switch, a_stack_may_be_started_over_from_another_one) {
    coroutine first;
    coroutine second;
    std::vector<int> order;
    second.body = [&] { order.push_back(2); };
    first.start([&] {
        order.push_back(1);
        second.caller_sp = first.caller_sp;
        coroutine::running = &second;
        gofer_start_over(second.top()); // first is left for good
    });
    EXPECT_EQ(order, (std::vector{1, 2}));
}

struct frames {
    int count = 0;
    _Unwind_Reason_Code end = _URC_NO_REASON;
};

[[gnu::noinline]] frames count_frames() {
    frames f;
    f.end = _Unwind_Backtrace(
        [](_Unwind_Context* context, void* counted) {
            if (_Unwind_GetIP(context) != 0) ++static_cast<frames*>(counted)->count;
            return static_cast<frames*>(counted)->count < 1000 ? _URC_NO_REASON : _URC_NORMAL_STOP;
        },
        &f);
    return f;
}

[[gnu::noinline]] frames count_frames_below(int depth) {
    frames f = depth == 0 ? count_frames() : count_frames_below(depth - 1);
    asm volatile("" : "+m"(f)); // no tail call
    return f;
}

TEST(context_switch, backtraces_end_cleanly_at_the_entry) {
    coroutine c;
    frames shallow;
    frames deep;
    c.start([&] {
        shallow = count_frames_below(0);
        deep = count_frames_below(20);
    });
    EXPECT_EQ(shallow.end, _URC_END_OF_STACK);
    EXPECT_EQ(deep.end, _URC_END_OF_STACK);
    EXPECT_EQ(deep.count, shallow.count + 20);
    // count_frames and its caller, the lambda and std::function's way to it, the goroutine's main
    // function, the entry.
    EXPECT_LE(shallow.count, 10);
}

TEST(context_switch, frame_pointers_end_at_zero) {
    coroutine c;
    c.start([] {});
    EXPECT_EQ(c.outermost_frame, 0u);
}

TEST(invoke, returns_when_the_function_returns) {
    int called = 0;
    gofer_invoke([](void* n) { ++*static_cast<int*>(n); }, &called);
    EXPECT_EQ(called, 1);
    EXPECT_EQ(exceptions_searched, 0);
}

TEST(invoke, is_asked_about_an_exception_that_leaves_and_lands_it) {
    struct local {
        int* destroyed;
        ~local() { ++*destroyed; }
    };
    exceptions_searched = 0;
    exceptions_landed = 0;
    int destroyed = 0;
    gofer_invoke(
        [](void* n) {
            const local unwound{static_cast<int*>(n)};
            throw 5;
        },
        &destroyed);
    EXPECT_EQ(exceptions_searched, 1);
    EXPECT_EQ(exceptions_landed, 1);
    EXPECT_EQ(destroyed, 1);
}

TEST(invoke, is_not_asked_about_an_exception_that_is_caught_inside) {
    exceptions_searched = 0;
    int caught = 0;
    gofer_invoke(
        [](void* n) {
            try {
                throw 5;
            } catch (int) {
                ++*static_cast<int*>(n);
            }
        },
        &caught);
    EXPECT_EQ(caught, 1);
    EXPECT_EQ(exceptions_searched, 0);
}

TEST(invoke, catches_at_the_bottom_of_another_stack) {
    exceptions_landed = 0;
    coroutine c;
    bool has_returned = false;
    c.start([&] {
        gofer_invoke([](void*) { throw 5; }, nullptr);
        has_returned = true;
    });
    EXPECT_TRUE(has_returned);
    EXPECT_EQ(exceptions_landed, 1);
}

} // namespace
