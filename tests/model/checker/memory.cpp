// SPDX-License-Identifier: Apache-2.0
//
// x86-TSO by store buffers, happens-before by vector clocks.
#include "checker/memory.hpp"

#include <cstring>

#include "checker/execution.hpp"

namespace model {

namespace {

bool acquires(std::memory_order order) {
    return order == std::memory_order_acquire || order == std::memory_order_consume ||
           order == std::memory_order_acq_rel || order == std::memory_order_seq_cst;
}

bool releases_all(std::memory_order order) {
    return order == std::memory_order_release || order == std::memory_order_acq_rel ||
           order == std::memory_order_seq_cst;
}

const buffered_store* newest_in(const std::vector<buffered_store>& buffer, location_id where) {
    for (auto it = buffer.rbegin(); it != buffer.rend(); ++it) {
        if (it->where == where) return &*it;
    }
    return nullptr;
}

} // namespace

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    // The finaliser of splitmix64 over a running sum.
    hash += value + 0x9e37'79b9'7f4a'7c15ULL;
    hash = (hash ^ (hash >> 30)) * 0xbf58'476d'1ce4'e5b9ULL;
    hash = (hash ^ (hash >> 27)) * 0x94d0'49bb'1331'11ebULL;
    return hash ^ (hash >> 31);
}

std::uint64_t hash_of(const clock& c) {
    std::uint64_t hash = 0;
    for (const std::uint32_t steps : c.steps) hash = hash * 0x9e37'79b9'7f4a'7c15ULL + steps;
    return hash;
}

std::uint64_t memory::hash_of(const location& l) const {
    return mix(mix(mix(l.identity, l.value), l.home != nullptr ? 1 : 0),
               model::hash_of(l.released));
}

void memory::reset(std::uint32_t delays_max) {
    contents_ = 0;
    delays_ = 0;
    delays_max_ = delays_max;
    locations_.assign(1, location{});
    objects_.begin_execution();
    for (view& v : views) {
        v.now = v.acquirable = v.fence_released = clock{};
        v.buffer.clear();
        v.fenced = 0;
        v.stores = v.late = v.created = v.delayed_at = 0;
        v.has_hidden = false;
        v.history = 0;
    }
    thread_count_ = 1;
    committing_ = 0;
    has_adopted = false;
}

void memory::create(thread_id by, const void* home) {
    const std::uint32_t now = tick(by);
    objects_.put(home).born = {.by = by, .at = now, .serial = ++views[by].created};
}

location_id memory::locate(void* home, std::size_t bytes) {
    object_table::entry* known = objects_.find(home);
    if (known != nullptr && known->id != 0) return known->id;
    location l;
    std::memcpy(&l.value, home, bytes);
    l.home = home;
    l.bytes = bytes;
    if (known != nullptr) {
        l.created_by = known->born.by;
        l.created_at = known->born.at;
        l.identity = (std::uint64_t{known->born.by} << 32) | known->born.serial;
    } else {
        has_adopted = true;
        known = &objects_.put(home);
        l.identity = ~std::uint64_t{0} - locations_.size();
    }
    contents_ += hash_of(l);
    locations_.push_back(l);
    known->id = static_cast<location_id>(locations_.size() - 1);
    return known->id;
}

void memory::destroy(thread_id by, const void* home) {
    const object_table::entry* known = objects_.find(home);
    if (known == nullptr || known->id == 0) return;
    tick(by);
    location& l = locations_[known->id];
    for (thread_id t = 0; t < thread_count_; ++t) {
        if (t != by && !views[by].now.has_seen(t, l.touched.steps[t])) {
            execution::current->fail(failure_kind::race,
                                     "an atomic is destroyed that another thread touches", t, by);
        }
    }
    // One's own buffered stores to it may still leave: into memory that is somebody else's by then.
    // The reuse is by the same thread, or handed on by a release, which is behind in the buffer.
    contents_ -= hash_of(l);
    l.home = nullptr;
    contents_ += hash_of(l);
}

step memory::step_on(thread_id by, step_kind kind, location_id where) const {
    step s;
    s.by = by;
    s.kind = kind;
    s.object = locations_[where].name;
    s.object_number = where;
    return s;
}

void memory::touch(thread_id by, location_id where) {
    location& l = locations_[where];
    const std::uint32_t now = tick(by);
    if (l.home == nullptr) {
        execution::current->fail(failure_kind::race, "an atomic is used after its destruction", by,
                                 by);
    }
    if (!views[by].now.has_seen(l.created_by, l.created_at)) {
        execution::current->fail(failure_kind::race,
                                 "an atomic is used whose construction may not be visible",
                                 l.created_by, by);
    }
    l.touched.steps[by] = now;
}

void memory::learn(thread_id by, const clock& released, std::memory_order order) {
    view& v = views[by];
    (acquires(order) ? v.now : v.acquirable).join(released);
}

clock memory::releases(thread_id by, std::memory_order order) const {
    return releases_all(order) ? views[by].now : views[by].fence_released;
}

void memory::write(location_id where, word value, const clock& released) {
    location& l = locations_[where];
    contents_ -= hash_of(l);
    l.value = value;
    l.released = released;
    contents_ += hash_of(l);
    if (l.home != nullptr) std::memcpy(l.home, &value, l.bytes);
}

word memory::load(thread_id by, location_id where, std::memory_order order) {
    touch(by, where);
    view& v = views[by];
    word value = 0;
    if (const buffered_store* own = newest_in(v.buffer, where)) {
        value = own->value;
    } else {
        let_others_be_seen(by, where, true);
        value = locations_[where].value;
        learn(by, locations_[where].released, order);
    }
    step s = step_on(by, step_kind::load, where);
    s.value = value;
    s.order = order;
    trace_.add(s);
    v.history = mix(mix(v.history, locations_[where].identity), value);
    return value;
}

void memory::store(thread_id by, location_id where, word value, std::memory_order order) {
    touch(by, where);
    step s = step_on(by, step_kind::store, where);
    s.value = value;
    s.order = order;
    trace_.add(s);
    view& v = views[by];
    v.history = mix(mix(v.history, locations_[where].identity), value);
    ++v.stores;
    v.buffer.push_back({.where = where, .value = value, .released = releases(by, order)});
    if (order == std::memory_order_seq_cst) {
        compiler_fence(by);
        drain(by);
    }
}

word memory::begin_update(thread_id by, location_id where) {
    touch(by, where);
    compiler_fence(by);
    drain(by);
    let_others_be_seen(by, where, true);
    return locations_[where].value;
}

void memory::finish_update(thread_id by, location_id where, word value, std::memory_order order) {
    location& l = locations_[where];
    step s = step_on(by, step_kind::update, where);
    s.value = value;
    s.other = l.value;
    s.order = order;
    trace_.add(s);
    view& v = views[by];
    v.history = mix(mix(mix(v.history, l.identity), l.value), value);
    learn(by, l.released, order);
    // A spinning test-and-set that changes nothing must not wake those who wait for a change.
    if (value != l.value) ++v.stores;
    clock released = l.released; // the release sequence goes on
    released.join(releases(by, order));
    write(where, value, released);
}

void memory::fail_update(thread_id by, location_id where, std::memory_order order) {
    location& l = locations_[where];
    step s = step_on(by, step_kind::failed_update, where);
    s.value = l.value;
    s.order = order;
    trace_.add(s);
    views[by].history = mix(mix(views[by].history, l.identity), l.value);
    learn(by, l.released, order);
}

word memory::kernel_read(thread_id by, location_id where) {
    const word value = begin_update(by, where);
    views[by].history = mix(mix(views[by].history, locations_[where].identity), value);
    return value;
}

void memory::fence(thread_id by, std::memory_order order) {
    tick(by);
    view& v = views[by];
    if (acquires(order)) v.now.join(v.acquirable);
    if (releases_all(order)) v.fence_released = v.now;
    compiler_fence(by);
    if (order == std::memory_order_seq_cst) drain(by);
    step s;
    s.by = by;
    s.kind = step_kind::fence;
    s.order = order;
    trace_.add(s);
    v.history = mix(v.history, 1);
}

void memory::membarrier(thread_id by) {
    tick(by);
    step s;
    s.by = by;
    s.kind = step_kind::membarrier;
    trace_.add(s);
    compiler_fence(by);
    for (thread_id t = 0; t < thread_count_; ++t) {
        view& v = views[t];
        while (v.fenced != 0) commit_oldest(t);
        v.now.join(v.acquirable);
        v.fence_released = v.now;
    }
    views[by].history = mix(views[by].history, 2);
}

void memory::drain(thread_id of) {
    while (!views[of].buffer.empty()) commit_oldest(of);
}

bool memory::drain_one() {
    std::array<thread_id, thread_count_max> full{};
    std::uint32_t count = 0;
    for (thread_id t = 0; t < thread_count_; ++t) {
        if (!views[t].buffer.empty()) full[count++] = t;
    }
    if (count == 0) return false;
    commit_oldest(full[choices_.pick(count)]);
    return true;
}

void memory::let_others_be_seen(thread_id by, location_id where, bool is_read) {
    for (;;) {
        std::array<thread_id, thread_count_max> holders{};
        std::uint32_t count = 0;
        for (thread_id t = 0; t < thread_count_; ++t) {
            const bool is_busy = t == by || ((committing_ >> t) & 1) != 0;
            if (!is_busy && newest_in(views[t].buffer, where) != nullptr) holders[count++] = t;
        }
        if (count == 0) return;
        const std::uint32_t wait = !is_read || may_delay(holders.data(), count) ? 1 : 0;
        const std::uint32_t picked = choices_.pick(count + wait);
        if (picked < wait) {
            if (is_read) delay(holders.data(), count);
            return;
        }
        commit_through(holders[picked - wait], where);
    }
}

bool memory::may_delay(const thread_id* holders, std::uint32_t count) const {
    std::uint32_t cost = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (views[holders[i]].delayed_at != views[holders[i]].stores) ++cost;
    }
    return cost <= delays_max_ - delays_;
}

void memory::delay(const thread_id* holders, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        view& v = views[holders[i]];
        v.has_hidden = true;
        if (v.delayed_at != v.stores) ++delays_;
        v.delayed_at = v.stores;
    }
}

void memory::commit_through(thread_id of, location_id where) {
    location_id committed = 0;
    do {
        committed = views[of].buffer.front().where;
        commit_oldest(of);
    } while (committed != where);
}

/// Others may have stores to the same location in their buffers: who is first is a choice. Their
/// older stores come before; those of threads that are on the way themselves come after.
void memory::commit_oldest(thread_id of) {
    view& v = views[of];
    const location_id where = v.buffer.front().where;
    committing_ |= 1U << of;
    let_others_be_seen(of, where, false);
    committing_ &= ~(1U << of);
    const buffered_store first = v.buffer.front();
    v.buffer.erase(v.buffer.begin());
    if (v.fenced != 0) --v.fenced;
    if (v.has_hidden) ++v.late;
    if (v.buffer.empty()) v.has_hidden = false;
    write(where, first.value, first.released);
    step s = step_on(of, step_kind::becomes_visible, where);
    s.value = first.value;
    trace_.add(s);
}

} // namespace model
