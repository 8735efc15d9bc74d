// SPDX-License-Identifier: Apache-2.0
//
// The memory of the model: x86-TSO, with the happens-before of C++ kept beside it.
//
// A store goes to the buffer of its thread, in order; it becomes visible to others when it leaves
// the buffer. Loads look into the thread's own buffer first. Locked operations, sequentially
// consistent stores and fences empty the buffer.
//
// I1  A buffered store leaves as late as possible: only when another thread is about to look at its
//     location, or to write there, is "has it become visible?" a choice. Every other moment is
//     indistinguishable from one of these, so that nothing is lost and much is saved.
// I2  Beside the value, each location carries the clock that an acquiring load of it learns. A
//     relaxed store carries nothing (but what a release fence before it gave), although TSO would
//     order it: so data handed over by it races.
// I3  Whoever touches a location must have seen its construction, and who destroys it must have
//     seen every touch.
// I4  membarrier() empties the other buffers only up to the last compiler fence of their threads:
//     what a thread did after that, a compiler may have moved.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "checker/choices.hpp"
#include "checker/clock.hpp"
#include "checker/object_table.hpp"
#include "checker/trace.hpp"

namespace model {

/// An atomic object, as the model knows it. Number 0 is none.
using location_id = std::uint32_t;

struct location {
    word value = 0;
    clock released;             ///< what an acquiring load learns
    clock touched;              ///< the last step of each thread that touched it
    std::uint64_t identity = 0; ///< the same in every execution: creator, and its how-manieth
    void* home = nullptr;       ///< the object's own copy of the value; null: destroyed
    std::size_t bytes = 0;
    thread_id created_by = main_thread;
    std::uint32_t created_at = 0;
    const char* name = nullptr;
};

struct buffered_store {
    location_id where = 0;
    word value = 0;
    clock released;
};

/// What one thread knows, and what it has stored that others do not see yet.
struct view {
    clock now;
    clock acquirable;     ///< what an acquire fence would learn
    clock fence_released; ///< what a relaxed store releases, by the last release fence
    std::vector<buffered_store> buffer;
    std::size_t fenced = 0;    ///< so many of the buffer stand before the last compiler fence
    std::uint32_t stores = 0;  ///< that changed something; for yield
    std::uint32_t created = 0; ///< locations
    std::uint32_t late = 0;  ///< that became visible after somebody had looked too early; for yield
    bool has_hidden = false; ///< somebody has looked too early
    std::uint32_t delayed_at = 0; ///< how many stores it had made when they were delayed last
    std::uint64_t history = 0;    ///< a hash of everything that it has read and done
};

class memory {
public:
    memory(choices& c, trace& t) : choices_(c), trace_(t) {}

    void reset(std::uint32_t delays_max);
    void set_thread_count(std::uint32_t count) { thread_count_ = count; }

    /// A thread constructs an object. It becomes a location when it is first touched.
    void create(thread_id by, const void* home);
    /// The location of an object; one that is older than the execution becomes one here.
    location_id locate(void* home, std::size_t bytes);
    [[nodiscard]] bool is_atomic(const void* home) { return objects_.find(home) != nullptr; }
    /// Nothing, if it is not of this execution.
    void destroy(thread_id by, const void* home);
    void name(location_id where, const char* text) { locations_[where].name = text; }

    word load(thread_id by, location_id where, std::memory_order order);
    void store(thread_id by, location_id where, word value, std::memory_order order);
    /// The two halves of a locked operation; nothing comes between.
    word begin_update(thread_id by, location_id where);
    void finish_update(thread_id by, location_id where, word value, std::memory_order order);
    void fail_update(thread_id by, location_id where, std::memory_order order);
    void fence(thread_id by, std::memory_order order);
    [[nodiscard]] bool has_unfenced(thread_id by) const {
        return views[by].fenced != views[by].buffer.size();
    }
    void compiler_fence(thread_id by) { views[by].fenced = views[by].buffer.size(); }
    void membarrier(thread_id by);
    /// What the kernel sees of a word: the same as a locked read.
    word kernel_read(thread_id by, location_id where);

    /// Makes every buffered store of the thread visible.
    void drain(thread_id of);
    /// Makes the oldest buffered store of some thread visible. False: there is none.
    bool drain_one();
    /// Counts a step of the thread; every operation on shared state is one.
    std::uint32_t tick(thread_id by) { return ++views[by].now.steps[by]; }

    /// A hash of what is in memory, not of who knows it.
    [[nodiscard]] std::uint64_t contents() const { return contents_; }
    [[nodiscard]] const std::vector<location>& locations() const { return locations_; }
    [[nodiscard]] std::uint32_t delays() const { return delays_; }
    [[nodiscard]] std::uint32_t thread_count() const { return thread_count_; }
    [[nodiscard]] step step_on(thread_id by, step_kind kind, location_id where) const;

    std::array<view, thread_count_max> views;
    /// Objects that were adopted: their numbers depend on the interleaving.
    bool has_adopted = false;

private:
    void touch(thread_id by, location_id where);
    void learn(thread_id by, const clock& released, std::memory_order order);
    [[nodiscard]] clock releases(thread_id by, std::memory_order order) const;
    void write(location_id where, word value, const clock& released);
    /// Chooses which buffered stores of others to `where` become visible now.
    void let_others_be_seen(thread_id by, location_id where, bool is_read);
    /// Whether the stores of these threads may go on waiting, and what that costs.
    [[nodiscard]] bool may_delay(const thread_id* holders, std::uint32_t count) const;
    void delay(const thread_id* holders, std::uint32_t count);
    void commit_through(thread_id of, location_id where);
    void commit_oldest(thread_id of);

    [[nodiscard]] std::uint64_t hash_of(const location& l) const;

    choices& choices_;
    trace& trace_;
    std::vector<location> locations_;
    object_table objects_;
    std::uint32_t thread_count_ = 1;
    std::uint32_t delays_ = 0;
    std::uint32_t delays_max_ = 0;
    std::uint64_t contents_ = 0; ///< the sum of hash_of all locations
    /// Threads of which a store is just becoming visible: see commit_oldest.
    std::uint32_t committing_ = 0;
};

std::uint64_t mix(std::uint64_t hash, std::uint64_t value);
std::uint64_t hash_of(const clock& c);

} // namespace model
