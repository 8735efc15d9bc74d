// SPDX-License-Identifier: Apache-2.0
//
// The spawner: the thread that starts Ms. Starting a thread allocates, and whoever needs an M is
// inside the runtime, where nothing may take a foreign lock; so it leaves an order and this thread
// carries it out.
#include <new>
#include <utility>

#include <cerrno>
#include <cxxabi.h>
#include <sys/mman.h>

#include "base/fatal.hpp"
#include "base/print.hpp"
#include "platform/thread.hpp"
#include "sched/park.hpp"
#include "sched/spawner.hpp"

namespace gofer::rt {

namespace {

pthread_t spawner_thread;
atomic<std::uint32_t> orders{0}; // bumped by every poke; futex word
atomic<bool> is_over{false};

M* make_m() {
    void* memory =
        ::mmap(nullptr, sizeof(M), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : ::new (memory) M;
}

} // namespace

void free_m(M* m) {
    ::munmap(m, sizeof(M));
}

namespace {

void* m_main(void* arg) {
    M* m = static_cast<M*>(arg);
    set_current_m(m);
    // Its layout is part of the Itanium C++ ABI: caughtExceptions, uncaughtExceptions.
    m->exceptions = reinterpret_cast<exception_state*>(abi::__cxa_get_globals());
    m->error = &errno;
    *m->error = 0;
    const thread_stack own = thread_own_stack();
    m->own_low = own.low;
    m->own_top = own.top;
    m->own_sanitizer = sanitizer::current_fiber();
    thread_signal_stack_make();

    enter(m);
    own_p(m, std::exchange(m->next_p, nullptr));
    schedule(m);
    leave(m);
    sanitizer::happens_after(&sched); // thread-locals that goroutines used here are destroyed now

    thread_signal_stack_drop();
    set_current_m(nullptr);
    return nullptr;
}

/// Starts one thread for one of the waiting Ps. False: the system refuses.
int start_m() {
    M* m = make_m();
    if (m == nullptr) return ENOMEM;
    {
        const byte_lock_guard guard(sched.lock);
        if (sched.starting_ps == nullptr) {
            ::munmap(m, sizeof(M));
            return 0;
        }
        m->next_p = sched.starting_ps;
        sched.starting_ps = m->next_p->next_idle;
        --sched.wanted_ms;
        ++sched.m_count;
        m->id = sched.next_m_id++;
        m->is_searching = m->next_p->starts_searching;
        m->ask(attention::gate); // it looks at the gate before its first step inside
        m->next_all = sched.all_ms.load(memory_order_relaxed); // pairs: nothing; under the lock
        sched.all_ms.store(m, memory_order_release);           // pairs: stop_gate::close
    }
    return thread_start(&m->thread, &m_main, m, "gofer-m");
}

void* spawner_main(void*) {
    for (;;) {
        const std::uint32_t seen = orders.load(memory_order_acquire); // pairs: spawner_poke
        if (is_over.load(memory_order_acquire)) return nullptr;       // pairs: spawner_stop
        if (sched.starting_ps == nullptr) { // a look; start_m looks again under the lock
            futex_wait(orders, seen);
            continue;
        }
        if (const int error = start_m(); error != 0) thread_refused(error);
    }
}

} // namespace

void thread_refused(int error) {
    printer() << "gofer: the system refuses another thread ("
              << (error == EAGAIN
                      ? "EAGAIN: a limit on processes or threads: ulimit -u, pids.max of the cgroup"
                      : "out of memory")
              << "); " << sched.m_count << " run. Raise the limit, or lower GOFER_PROCS.\n";
    fatal("cannot start a thread for a context");
}

int spawner_start() {
    is_over.store(false, memory_order_relaxed); // pairs: nothing; the thread starts after
    return thread_start(&spawner_thread, &spawner_main, nullptr, "gofer-spawner");
}

void spawner_stop() {
    is_over.store(true, memory_order_release); // pairs: spawner_main
    spawner_poke();
    pthread_join(spawner_thread, nullptr);
}

void spawner_poke() {
    orders.fetch_add(1, memory_order_release); // pairs: spawner_main
    futex_wake(orders);
}

} // namespace gofer::rt
