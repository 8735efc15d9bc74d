// SPDX-License-Identifier: Apache-2.0
//
// See parked.hpp. Counts under the gate, when every goroutine is either in user code or at rest.
#include "support/parked.hpp"

#include "sched/g.hpp"
#include "sched/gate.hpp"
#include "sched/sched.hpp"

namespace gofer_test {

namespace {

/// How many goroutines wait; of those with the id, if it is not 0.
struct count {
    std::uint64_t id;
    std::size_t waiting = 0;
};

std::size_t count_waiting(std::uint64_t id) {
    count c{id};
    gofer::rt::gate.close();
    gofer::rt::for_each_g(
        [](gofer::rt::G* g, void* p) {
            auto& counted = *static_cast<count*>(p);
            if (counted.id != 0 && counted.id != g->id) return;
            if (g->state.now() == gofer::rt::g_status::waiting) ++counted.waiting;
        },
        &c);
    gofer::rt::gate.open();
    return c.waiting;
}

} // namespace

std::size_t parked_count() { return count_waiting(0); }

bool is_parked(std::uint64_t goid) { return count_waiting(goid) == 1; }

} // namespace gofer_test
