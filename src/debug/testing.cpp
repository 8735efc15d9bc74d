// SPDX-License-Identifier: Apache-2.0
//
// See testing.hpp.
#include "debug/testing.hpp"

#include "sched/gate.hpp"
#include "sched/sched.hpp"

namespace gofer::rt::testing {

namespace {

struct count_parked {
    std::uint64_t goid; ///< 0: all
    std::size_t count;
};

std::size_t count(std::uint64_t goid) {
    count_parked counting{goid, 0};
    gate.close();
    for_each_g(
        [](G* g, void* arg) {
            auto* to = static_cast<count_parked*>(arg);
            if (g->state.now() != g_status::waiting) return;
            if (to->goid == 0 || to->goid == g->id) ++to->count;
        },
        &counting);
    gate.open();
    return counting.count;
}

} // namespace

std::size_t parked_count() {
    return count(0);
}

bool is_parked(std::uint64_t goid) {
    return count(goid) != 0;
}

} // namespace gofer::rt::testing
