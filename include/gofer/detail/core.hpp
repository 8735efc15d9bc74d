// SPDX-License-Identifier: Apache-2.0
//
// The one door from the templates to the runtime: untyped entry points, implemented in `src/`.
// Nothing here is part of the public contract.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>

#define GOFER_ALWAYS_INLINE [[gnu::always_inline]] inline

namespace gofer {

enum class chan_status : std::uint8_t;
struct go_options;

namespace detail {

// ---- goroutines (src/sched/spawn.cpp) ------------------------------------------------------

struct goroutine; // G, opaque here

/// What the core must know of a closure type. One constant object per type.
struct closure_type {
    void (*run)(void* closure); ///< calls the closure, then destroys it, whatever happens
    std::size_t bytes;
    std::size_t align;
};

/// Closures up to this size and alignment live inside their G.
inline constexpr std::size_t closure_inline_bytes = 56;
inline constexpr std::size_t closure_inline_align = 8;

/// Where a closure is to be built, and the goroutine that will run it.
struct embryo {
    goroutine* g;
    void* closure;
};

/// Makes a goroutine that is not yet known to anybody. Throws no_runtime, usage_error (options) or
/// resource_error. The caller builds the closure, then calls spawn_commit, or spawn_abort if
/// building it threw.
embryo spawn_begin(const closure_type& type, const go_options* options);
/// Makes it runnable. The caller's return address is recorded as its start site.
[[gnu::noinline]] void spawn_commit(goroutine* g) noexcept;
void spawn_abort(goroutine* g) noexcept;
/// begin, memcpy, commit in one entry: for trivially copyable closures that fit inline.
[[gnu::noinline]] void spawn_copy(const closure_type& type, const void* closure);

// ---- blocks of memory, cached per P (src/sched/blocks.cpp) ----------------------------------

/// Storage for boxed elements and shared states. May be called from anywhere; never parks.
/// Throws std::bad_alloc.
void* block_alloc(std::size_t bytes);
void block_free(void* block, std::size_t bytes) noexcept;

// ---- channels (src/chan/) -------------------------------------------------------------------

struct chan_core;

struct element_type {
    std::size_t bytes;
    std::size_t align;
    void (*destroy)(void* element); ///< for what is still buffered when the last handle goes; null:
                                    ///< nothing to do
};

/// Throws usage_error when the buffer cannot exist, std::bad_alloc when there is no memory for it.
/// The caller's return address is recorded as the place where the channel was made.
[[gnu::noinline]] chan_core* chan_make(const element_type& type, std::size_t capacity);
void chan_retain(chan_core* c) noexcept;
void chan_release(chan_core* c) noexcept;
/// Elements are relocated: on success the bytes at `from` belong to the channel.
/// Parks until taken or buffered. Throws channel_error (closed), no_runtime.
void chan_send(chan_core* c, void* from);
/// As chan_send, but says `closed` instead of throwing.
chan_status chan_send_or_closed(chan_core* c, void* from);
/// Parks until a value or the close comes. False: closed and drained, `to` untouched.
bool chan_recv(chan_core* c, void* to);
chan_status chan_try_send(chan_core* c, void* from) noexcept;
chan_status chan_try_recv(chan_core* c, void* to) noexcept;
/// Throws channel_error for a nil or closed channel.
void chan_close(chan_core* c);
std::size_t chan_len(const chan_core* c) noexcept;
std::size_t chan_cap(const chan_core* c) noexcept;
/// What try_send would answer just now, without sending.
chan_status chan_can_send(const chan_core* c) noexcept;

/// Counts of owning ends (make_ends). The last send end closes; the last receive end closes too
/// and drops what is buffered.
void chan_end_retain(chan_core* c, bool is_sender) noexcept;
void chan_end_release(chan_core* c, bool is_sender) noexcept;

[[noreturn]] void throw_send_closed(const chan_core* c);

// ---- waiting for a count to reach zero (src/sync/countdown.cpp) ------------------------------

/// Counts down; goroutines and threads wait for zero. The base of wait_group and task.
/// One word: bits 0-31 the count, bit 32 the lock of the list of waiters, bit 33 "somebody waits".
struct countdown {
    std::atomic<std::uint64_t> word{0};
    void* waiters = nullptr; // guarded by the lock bit

    static constexpr std::uint64_t count_mask = 0xffff'ffff;
    static constexpr std::int64_t count_max = 0x7fff'ffff;
    static constexpr std::uint64_t lock = std::uint64_t{1} << 32;
    static constexpr std::uint64_t waited = std::uint64_t{1} << 33;
};

/// Takes the last n off while somebody waits, or is about to, and wakes them. Touches `c` last
/// before the first wake. False: the count is not n any more, or nobody waits; nothing has changed.
bool countdown_finish(countdown& c, std::uint64_t n) noexcept;
/// Parks until the count is zero. Throws no_runtime if it would have to wait and no runtime lives.
void countdown_wait(countdown& c);
/// The same, for at most d (not negative). False: the time ran out first.
bool countdown_wait_for(countdown& c, std::chrono::nanoseconds d);
[[noreturn]] void throw_negative_count();
[[noreturn]] void throw_count_overflow();

/// An exception left a task and nobody fetched it: reported as uncaught, exit code 2.
[[noreturn]] void task_exception_dropped(std::exception_ptr exception) noexcept;

} // namespace detail
} // namespace gofer
