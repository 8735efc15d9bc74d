// SPDX-License-Identifier: Apache-2.0
//
// Making Ps, and changing their number while goroutines run.
#include <mutex>
#include <new>
#include <string>

#include <sys/mman.h>

#include "gofer/errors.hpp"
#include "gofer/go.hpp"
#include "platform/cpus.hpp"
#include "platform/futex_mutex.hpp"
#include "sched/park.hpp"

namespace gofer::rt {

namespace {

/// One change at a time. Taken outside the runtime only.
futex_mutex procs_mutex;

P* make_p(std::uint32_t id) {
    void* memory =
        ::mmap(nullptr, sizeof(P), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    P* p = ::new (memory) P;
    p->id = id;
    p->choice = seam::choices(id + 1);
    return p;
}

} // namespace

bool make_procs(std::uint32_t n) {
    for (std::uint32_t i = sched.procs_made.load(memory_order_relaxed); i < n;
         ++i) { // pairs: nothing; the only writer
        sched.all_ps[i] = make_p(i);
        if (sched.all_ps[i] == nullptr) return false;
        sched.procs_made.store(i + 1,
                               memory_order_release); // pairs: loads in find_work.cpp, idle.cpp
    }
    return true;
}

void reset_procs_mutex() {
    procs_mutex.reset();
}

std::uint32_t exchange_procs(int n) {
    const std::lock_guard guard(procs_mutex);
    const std::uint32_t before =
        sched.procs.load(memory_order_relaxed); // pairs: nothing; under procs_mutex
    if (n <= 0 || static_cast<std::uint32_t>(n) == before) return before;
    if (!make_procs(static_cast<std::uint32_t>(n))) {
        throw resource_error("gofer: gomaxprocs(" + std::to_string(n) +
                             "): no memory for the contexts");
    }
    M* m = come_in();
    set_procs(static_cast<std::uint32_t>(n));
    go_out(m);
    if (static_cast<std::uint32_t>(n) > before)
        wake_one_from_thread(); // who is woken wakes the next if there is work
    return before;
}

void set_procs(std::uint32_t n) {
    const byte_lock_guard guard(sched.lock);
    sched.procs.store(n,
                      memory_order_relaxed); // pairs: the ask below; lookers act at their next pick
    sched.idle_p_list = nullptr;
    sched.idle_ps.store(0, memory_order_relaxed); // pairs: nothing; counted anew here
    // Backwards, so that the lowest ids are handed out first.
    for (std::uint32_t i = sched.procs_made.load(memory_order_relaxed);
         i-- > 0;) { // pairs: nothing; under procs_mutex
        P* p = sched.all_ps[i];
        if (p->status == p_status::owned) {
            // seq_cst: not needed; an owner that takes the P just now looks at procs itself
            if (door* d = p->owner.load(); d != nullptr && i >= n) d->ask(attention::retire);
        } else if (i < n) {
            push_idle_p_locked(p);
        } else {
            p->status = p_status::retired;
        }
    }
    update_may_wake_locked();
}

} // namespace gofer::rt

namespace gofer {

int gomaxprocs(int n) {
    using namespace rt;
    // pairs: boot's store
    if (sched.status.load(memory_order_acquire) == runtime_status::off) {
        throw no_runtime(
            "gofer: gomaxprocs: no runtime lives; start one with gofer::run, or set options.procs");
    }
    if (n > procs_max) {
        throw usage_error("gofer: gomaxprocs(" + std::to_string(n) + "): at most " +
                          std::to_string(procs_max) + " contexts");
    }
    return static_cast<int>(exchange_procs(n));
}

int num_cpu() noexcept {
    return rt::cpus_allowed();
}

} // namespace gofer
