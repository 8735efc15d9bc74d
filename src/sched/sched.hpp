// SPDX-License-Identifier: Apache-2.0
//
// The scheduler's shared state, and the functions that its parts offer to each other.
//
// Locks, in rank order: procs_mutex (gomaxprocs), the gate's mutex, then sched.lock or the timer
// lock of a P. A channel's lock nests in none of these and takes none. The first two are taken
// outside the runtime; nobody sleeps, or leaves the runtime, with a byte lock held.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/atomic.hpp"
#include "platform/cpus.hpp"
#include "sched/m.hpp"
#include "sched/p.hpp"
#include "seam/byte_lock.hpp"

namespace gofer::rt {

enum class runtime_status : std::uint32_t { off, starting, running, stopping };

struct scheduler {
    // Read by all, seldom written.
    atomic<runtime_status> status{runtime_status::off};
    atomic<std::uint32_t> procs{0};      ///< gomaxprocs
    atomic<std::uint32_t> procs_made{0}; ///< entries of all_ps that exist
    std::uint8_t stack_class = 0;        ///< of goroutines that ask for no size of their own
    std::uint32_t thread_max = 0;
    P* all_ps[procs_max] = {};

    // Looked at by every push. Written with lock held; read without.
    /// A P idles and waking its M is worth trying: not soon after a search that found nothing.
    alignas(64) atomic<std::uint32_t> may_wake{0};
    atomic<std::uint32_t> idle_ps{0};
    /// Ms that look for work. Whoever pushes wakes nobody while one does.
    alignas(64) atomic<std::uint32_t> searching{0};

    alignas(64) byte_lock lock;
    // Guarded by lock.
    item_chain<G> global;
    bool is_wake_held = false;
    P* idle_p_list = nullptr;
    M* idle_m_list = nullptr;
    std::uint32_t m_count = 0; ///< threads that live
    std::uint32_t wanted_ms =
        0; ///< threads that the spawner is to start, each with a P from starting_ps
    P* starting_ps = nullptr; ///< linked by next_idle
    std::uint32_t next_m_id = 0;
    // Written with lock held, read without: hints.
    atomic<std::uint32_t> global_count{0};
    atomic<M*> all_ms{nullptr};

    /// Goroutines that plain threads started, and the blocks of ids.
    alignas(64) atomic<std::uint64_t> foreign_spawned{0};
    atomic<std::uint64_t> next_id_block{0};
    /// `run` waits for its main goroutine: the thread that started the runtime wakes nobody, and
    /// goroutines that all sleep are a deadlock. Off from the moment the main goroutine ends.
    atomic<bool> is_main_awaited{false};
    bool checks_canaries = false; ///< some stacks have no guard of the kernel's
    std::uint64_t abandoned = 0;  ///< goroutines left behind by earlier runtimes

    /// A coarse clock for "since when": written by slow paths.
    alignas(64) atomic<std::int64_t> coarse_ns{0};

    /// Bumped whenever the one who stops the runtime should look again.
    alignas(64) atomic<std::uint32_t> stop_event{0};
};

extern scheduler sched;

// ---- enter.cpp
/// Handles what is asked of this thread; comes back inside. May find M on another P.
[[gnu::noinline, gnu::cold]] void enter_slow(M* m);

// ---- queues.cpp: runnable goroutines beyond the local queue
void push_overflow(M* m, G* g);        ///< the ring is full: half of it goes global
void push_global(item_chain<G> chain); ///< inside, or a plain thread
G* take_global(M* m);                  ///< a batch, its first returned
[[gnu::noinline]] G* pick_slow(M* m);  ///< out of credits
/// Somebody idles and nobody searches: wakes one M. Steps out around the futex.
[[gnu::noinline, gnu::cold]] void wake_one(M* m);
/// The same, by a plain thread. True: somebody was woken, or is searching already.
bool wake_one_from_thread();

// ---- find_work.cpp
/// The loop of an M on its own stack, until the runtime ends.
void schedule(M* m);
/// Goroutines wait for a busy P although another P idles: asked by sysmon, at intervals.
bool has_waiting_backlog();

// ---- idle.cpp
bool sleep_until_woken(M* m); ///< gives its P up, if it has one; false: told to end
void own_p(M* m, P* p);       ///< takes an idle P that was handed to this M
void retire_p(M* m);          ///< gives a surplus P up
/// Gives the P to the sleeping `to`, with g to run, or (null) to any M or a new one. False: `to`
/// does not sleep, or there are too many threads; nothing has changed.
bool hand_p_off(M* m, M* to, G* g);
void push_idle_p_locked(P* p);
void update_may_wake_locked(); ///< after idle_ps or is_wake_held changed
void hold_wakes(bool is_held); ///< a search was fruitless, or not

// ---- procs.cpp
bool make_procs(std::uint32_t n); ///< false: no memory
void reset_procs_mutex();         ///< a goroutine that was left behind may hold it
void set_procs(std::uint32_t n);

// ---- spawner.cpp, sysmon.cpp: the threads without a P
int spawner_start(); ///< 0 or an errno
void spawner_stop();
void spawner_poke();
void free_m(M* m); ///< its thread was joined
int sysmon_start();
void sysmon_stop();
void sysmon_poke();
void sysmon_note_timer(std::int64_t when_ns); ///< a P's first timer has changed

// ---- slab.cpp
G* take_g_from_slab(); ///< one, for a plain thread; null: no memory
void return_g_to_slab(G* g);
bool refill_gs(P* p);
void free_g(M* m, G* g);
void for_each_g(void (*visit)(G*, void*),
                void* arg); ///< all but dead ones and embryos; under the gate

// ---- spawn.cpp
void free_name(char* name);

// ---- blocks.cpp
void free_cached_blocks(P* p); ///< by who stops the runtime

// ---- stacks.cpp: the P's cache of stacks
/// Gives a newborn its stack. Ends the program with a clear error if there is no memory for it.
void bind_stack(M* m, G* newborn);
/// Of a goroutine that ends on it and runs on it until it jumps away: not spilled by this call.
void release_stack(M* m, stack* s);
void free_cached_stacks(P* p); ///< by who stops the runtime: the next one may want other sizes

/// How many goroutines live.
std::uint64_t live_count();

} // namespace gofer::rt
