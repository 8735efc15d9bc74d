// SPDX-License-Identifier: Apache-2.0
//
// The states of a goroutine, and the only way from one to another.
//
//                spawn_begin      spawn_commit          dispatch
//         dead ─────────────> embryo ───────> runnable ──────────> running
//           ^                   │ spawn_abort     ^  ^                │ │ │
//           │<──────────────────┘                 │  └──gosched───────┘ │ │
//           │                               ready │                     │ │
//           │                                 waiting <───prepare_park──┘ │   (cancel_park: back)
//           └──────────────────────bury───────────────────────────────────┘
//         waiting, runnable, running ──abandon──> abandoned   (left when the runtime ended)
//
// | state     | stack             | where it is                       | who may change it       |
// |-----------|-------------------|-----------------------------------|-------------------------|
// | dead      | none              | a free list                       | spawn_begin             |
// | embryo    | none              | in the hands of its spawner       | its spawner             |
// | runnable  | none if newborn   | exactly one run queue             | who takes it off        |
// | running   | in use by an M    | M.g of exactly one M              | the goroutine           |
// | waiting   | saved, or about to| wait queues, or a waker's hands   | who took it off a queue |
// | abandoned | saved             | nowhere                           | nobody                  |
//
// A waiting goroutine may be made runnable, and be dispatched, before its stack pointer is stored:
// see park.hpp.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "base/check.hpp"

namespace gofer::rt {

enum class g_status : std::uint8_t { dead, embryo, runnable, running, waiting, abandoned };

constexpr const char* text_of(g_status status) {
    constexpr const char* texts[] = {"dead",    "embryo",  "runnable",
                                     "running", "waiting", "abandoned"};
    return texts[static_cast<std::uint8_t>(status)];
}

class g_state {
public:
    /// The one door: checks that the goroutine is in `from`, and that the table above knows the
    /// step.
    template <g_status From, g_status To>
    void move() {
        static_assert(is_legal(From, To), "g_state.hpp names the legal transitions");
        // pairs: nothing; whoever moves owns the G, others look only under the gate
        GOFER_CHECK(now_.load(memory_order_relaxed) == From);
        now_.store(To, memory_order_relaxed); // pairs: as above
    }
    /// waiting -> runnable. False: it was left behind when its runtime ended, and stays so.
    [[nodiscard]] bool wake() {
        if (now() != g_status::waiting) [[unlikely]] {
            GOFER_CHECK(now() == g_status::abandoned);
            return false;
        }
        now_.store(g_status::runnable, memory_order_relaxed); // pairs: as above
        return true;
    }
    [[nodiscard]] g_status now() const {
        return now_.load(memory_order_relaxed);
    } // pairs: as above

private:
    static constexpr bool is_legal(g_status from, g_status to) {
        using enum g_status;
        switch (from) {
        case dead:
            return to == embryo;
        case embryo:
            return to == runnable || to == dead;
        case runnable:
            return to == running || to == abandoned;
        case running:
            return to == runnable || to == waiting || to == dead || to == abandoned;
        case waiting:
            return to == runnable || to == running || to == abandoned;
        case abandoned:
            return false;
        }
        return false;
    }

    atomic<g_status> now_{g_status::dead};
};

} // namespace gofer::rt
