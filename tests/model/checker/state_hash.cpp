// SPDX-License-Identifier: Apache-2.0
//
// When two executions are in the same state: then what follows is the same, and one of them is
// enough.
//
// A thread's own state is a function of everything that it has read, which its history holds.
// Shared data that is not in the model is covered too, as long as it is free of races: its value is
// a function of the happens-before order, which the clocks hold. This needs that addresses which
// are stored in atomics mean the same object in every execution: shared state lies in the body's
// frame, or is allocated there before the threads start.
#include "checker/execution.hpp"

namespace model {

std::uint64_t execution::state_hash() const {
    const std::uint32_t count = shared.thread_count();
    std::uint64_t hash = shared.contents();
    for (thread_id t = 0; t < count; ++t) {
        const view& v = shared.views[t];
        const thread& th = threads_[t];
        hash = mix(hash, v.history);
        hash = mix(hash, hash_of(v.now));
        hash = mix(hash, hash_of(v.acquirable));
        hash = mix(hash, hash_of(v.fence_released));
        for (const buffered_store& b : v.buffer) {
            hash = mix(hash, shared.locations()[b.where].identity);
            hash = mix(hash, b.value);
            hash = mix(hash, hash_of(b.released));
        }
        hash = mix(hash, v.fenced);
        hash = mix(hash, (v.delayed_at == v.stores ? 1U : 0U) | (v.has_hidden ? 2U : 0U));
        hash = mix(hash, static_cast<std::uint64_t>(th.state));
        hash = mix(hash, can_go_on(t) || stores_of_others(t) != th.stores_seen ? 1 : 0);
        hash = mix(hash, (th.has_read_clock ? 1U : 0U) | (th.has_timeout ? 2U : 0U));
        if (th.state == status::sleeping) {
            hash = mix(hash, shared.locations()[th.sleeps_on].identity);
        }
    }
    for (const thread_id t : sleepers_) hash = mix(hash, t);
    return mix(mix(mix(hash, now_ns_), jumps_), shared.delays());
}

} // namespace model
