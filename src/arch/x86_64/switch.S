# SPDX-License-Identifier: Apache-2.0
#
# The context switch for x86-64 (System V ABI), the entry of a goroutine, and the frame that is the
# only catch at a goroutine's bottom.
#
# A saved context is one word, its stack pointer. From there upwards lie, pushed by gofer_switch or
# gofer_start:
#
#     sp +  0   r15
#     sp +  8   r14
#     sp + 16   r13
#     sp + 24   r12
#     sp + 32   rbx
#     sp + 40   rbp
#     sp + 48   where to go on
#
# mxcsr and the x87 control word stay with the thread: saving them costs 10 ns a switch, and
# floating-point modes of a goroutine are documented not to follow it.
#
# The store of the stack pointer is the last touch of the stack that is left: whoever sees it may
# resume the context on another thread. x86-64 keeps stores in order, so a plain store is a release
# (pairs: the acquire load of G.sp by whoever resumes).
#
# gofer_switch is entered by a call and goes on by `ret`, so that the return stack of the CPU stays
# in step: by `jmp` it is one entry off, and each return of the resumed goroutine is mispredicted
# (chan_pingpong 64 ns against 50, ring 34 against 23). gofer_jump, whose caller never returns,
# goes on by `jmp`.
#
# Tested by: tests/unit/arch/switch_test.cpp.

        .text

        .macro  save_registers
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbp, 0
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbx, 0
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r12, 0
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r13, 0
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r14, 0
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r15, 0
        .endm

        .macro  restore_registers
        popq    %r15
        .cfi_adjust_cfa_offset -8
        .cfi_same_value r15
        popq    %r14
        .cfi_adjust_cfa_offset -8
        .cfi_same_value r14
        popq    %r13
        .cfi_adjust_cfa_offset -8
        .cfi_same_value r13
        popq    %r12
        .cfi_adjust_cfa_offset -8
        .cfi_same_value r12
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_same_value rbx
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_same_value rbp
        .endm

# void gofer_switch(void** save_sp, void* resume_sp)
# Saves the caller's context, stores its sp in *save_sp, goes on where resume_sp was saved.
        .globl  gofer_switch
        .hidden gofer_switch
        .type   gofer_switch, @function
        .balign 16
gofer_switch:
        .cfi_startproc
        save_registers
        movq    %rsp, (%rdi)                    # publishes the context left
        movq    %rsi, %rsp                      # same layout there, so the CFI holds
        restore_registers
        ret
        .cfi_endproc
        .size   gofer_switch, . - gofer_switch

# void gofer_jump(void* resume_sp): the same without saving; the caller's stack is left for good.
        .globl  gofer_jump
        .hidden gofer_jump
        .type   gofer_jump, @function
        .balign 16
gofer_jump:
        .cfi_startproc
        .cfi_def_cfa rdi, 56                    # the context resumed, not the one left
        .cfi_offset rbp, -16
        .cfi_offset rbx, -24
        .cfi_offset r12, -32
        .cfi_offset r13, -40
        .cfi_offset r14, -48
        .cfi_offset r15, -56
        movq    %rdi, %rsp
        .cfi_def_cfa_register rsp
        restore_registers
        popq    %rcx
        .cfi_adjust_cfa_offset -8
        .cfi_register rip, rcx
        jmpq    *%rcx                           # no call to return from: see above
        .cfi_endproc
        .size   gofer_jump, . - gofer_jump

# void gofer_start(void** save_sp, void* top)
# As gofer_switch, but goes on at the bottom of the empty stack that ends at top (16-aligned).
        .globl  gofer_start
        .hidden gofer_start
        .type   gofer_start, @function
        .balign 16
gofer_start:
        .cfi_startproc
        save_registers
        movq    %rsp, (%rdi)                    # publishes the context left
        movq    %rsi, %rsp
        jmp     gofer_entry
        .cfi_endproc
        .size   gofer_start, . - gofer_start

# void gofer_start_over(void* top): gofer_start without saving.
        .globl  gofer_start_over
        .hidden gofer_start_over
        .type   gofer_start_over, @function
        .balign 16
gofer_start_over:
        .cfi_startproc
        .cfi_undefined rip
        movq    %rdi, %rsp
        jmp     gofer_entry
        .cfi_endproc
        .size   gofer_start_over, . - gofer_start_over

# The bottom frame of every goroutine: backtraces end here, because there is no caller (the CFI
# says so to unwinders, rbp = 0 to those that follow frame pointers).
        .type   gofer_entry, @function
        .balign 16
gofer_entry:
        .cfi_startproc
        .cfi_undefined rip
        xorl    %ebp, %ebp
        call    gofer_goroutine_main
        ud2                                     # it does not return
        .cfi_endproc
        .size   gofer_entry, . - gofer_entry

# void gofer_invoke(void (*fn)(void*), void* arg)
# Calls fn(arg). Its personality is asked about every exception that reaches this frame, before a
# stack frame is given up: so a report can still see where it was thrown.
        .globl  gofer_invoke
        .hidden gofer_invoke
        .type   gofer_invoke, @function
        .balign 16
gofer_invoke:
        .cfi_startproc
        .cfi_personality 0x9b, DW.ref.gofer_invoke_personality
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        movq    %rdi, %rax
        movq    %rsi, %rdi
        callq   *%rax
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        ret
        .globl  gofer_invoke_pad
        .hidden gofer_invoke_pad
gofer_invoke_pad:                               # the personality sends us here, rax = the exception
        .cfi_adjust_cfa_offset 8
        movq    %rax, %rdi
        call    gofer_invoke_landed
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        ret
        .cfi_endproc
        .size   gofer_invoke, . - gofer_invoke

# void gofer_backtrace_from(void* sp, _Unwind_Trace_Fn visit, void* arg)
# _Unwind_Backtrace of a saved context. While it runs, this frame's CFI says that its caller's
# registers lie at sp, where gofer_switch pushed them: the unwinder steps from here onto that stack.
        .globl  gofer_backtrace_from
        .hidden gofer_backtrace_from
        .type   gofer_backtrace_from, @function
        .balign 16
gofer_backtrace_from:
        .cfi_startproc
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbx, 0
        movq    %rdi, %rbx
        movq    %rsi, %rdi
        movq    %rdx, %rsi
        .cfi_remember_state
        .cfi_def_cfa rbx, 56
        .cfi_offset rip, -8
        .cfi_offset rbp, -16
        .cfi_offset rbx, -24
        .cfi_offset r12, -32
        .cfi_offset r13, -40
        .cfi_offset r14, -48
        .cfi_offset r15, -56
        call    _Unwind_Backtrace@PLT
        .cfi_restore_state
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_same_value rbx
        ret
        .cfi_endproc
        .size   gofer_backtrace_from, . - gofer_backtrace_from

        .hidden DW.ref.gofer_invoke_personality
        .weak   DW.ref.gofer_invoke_personality
        .section .data.rel.local.DW.ref.gofer_invoke_personality,"awG",@progbits, \
                 DW.ref.gofer_invoke_personality,comdat
        .balign 8
        .type   DW.ref.gofer_invoke_personality, @object
        .size   DW.ref.gofer_invoke_personality, 8
DW.ref.gofer_invoke_personality:
        .quad   gofer_invoke_personality

# thread_local M* gofer_current_m, here so that link-time optimisation keeps it for inline assembly.
        .section .tbss,"awT",@nobits
        .globl  gofer_current_m
        .hidden gofer_current_m
        .type   gofer_current_m, @object
        .size   gofer_current_m, 8
        .balign 8
gofer_current_m:
        .zero   8

        .section .note.GNU-stack,"",@progbits
