// SPDX-License-Identifier: Apache-2.0
//
// Race detection: a clock of readers and the last writer, as FastTrack keeps them.
#include "checker/var.hpp"

namespace model {

void access_log::note(step_kind kind, const char* what) const {
    execution* e = execution::current;
    if (e == nullptr) return;
    if (known_to_ != execution::number) {
        known_to_ = execution::number;
        written_by_ = main_thread;
        written_at_ = 0;
        read_at_ = clock{};
    }
    const thread_id by = e->running();
    const std::uint32_t now = e->shared.tick(by);
    const clock& seen = e->shared.views[by].now;
    step s;
    s.by = by;
    s.kind = kind;
    s.object = name_ != nullptr ? name_ : "plain data";
    e->steps_done().add(s);
    if (!seen.has_seen(written_by_, written_at_)) {
        e->fail(failure_kind::race, what + std::string(" that another thread wrote"), written_by_,
                by);
    }
    if (kind == step_kind::read) {
        read_at_.steps[by] = now;
        return;
    }
    for (thread_id t = 0; t < e->shared.thread_count(); ++t) {
        if (!seen.has_seen(t, read_at_.steps[t])) {
            e->fail(failure_kind::race, what + std::string(" that another thread read"), t, by);
        }
    }
    written_by_ = by;
    written_at_ = now;
}

} // namespace model
