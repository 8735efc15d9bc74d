// SPDX-License-Identifier: Apache-2.0
//
// One side of an exchange: what send, receive, the try_ forms and select have in common.
//
// It comes in two steps. send_locked and recv_locked, under the channel's lock, decide and take the
// partner off its queue; complete, after the lock is released, moves the bytes and wakes the
// partner.
#pragma once

#include <cstring>

#include "chan/chan_core.hpp"
#include "sched/park.hpp"

namespace gofer::detail {

/// What the locked step found.
enum class found { done, must_wait, closed };

struct exchange {
    found result;
    rt::waiter* partner = nullptr; ///< to be served and woken
    void* to = nullptr;            ///< bytes still to be moved, if not null
    const void* from = nullptr;
};

/// An element's bytes. Words, the commonest, without a call.
inline void copy_element(void* to, const void* from, std::size_t bytes) {
    using word [[gnu::may_alias, gnu::aligned(1)]] = std::uint64_t;
    if (bytes == sizeof(word)) [[likely]] {
        *static_cast<word*>(to) = *static_cast<const word*>(from);
    } else {
        std::memcpy(to, from, bytes);
    }
}

inline exchange send_locked(chan_core* c, void* from) {
    if (c->closed()) [[unlikely]]
        return {found::closed};
    if (rt::waiter* w = c->receivers.pop_claimed()) return {found::done, w, w->element, from};
    const std::size_t count = c->len();
    if (count == c->capacity) return {found::must_wait};
    std::byte* slot = c->slot(c->head + count);
    rt::sanitizer::happens_after(slot); // the receiver that emptied it
    copy_element(slot, from, c->stride);
    rt::sanitizer::happens_before(slot);
    c->set_len(count + 1);
    return {found::done};
}

inline exchange recv_locked(chan_core* c, void* to) {
    const std::size_t count = c->len();
    if (count == 0) {
        if (rt::waiter* w = c->senders.pop_claimed()) return {found::done, w, to, w->element};
        return {c->closed() ? found::closed : found::must_wait};
    }
    std::byte* slot = c->slot(c->head);
    rt::sanitizer::happens_after(slot); // the sender that filled it
    copy_element(to, slot, c->stride);
    rt::sanitizer::happens_before(slot); // for who fills it next
    c->head = c->head + 1 == c->capacity ? 0 : c->head + 1;
    rt::waiter* w = c->senders.pop_claimed();
    if (w == nullptr) {
        c->set_len(count - 1);
        return {found::done};
    }
    // The buffer stays full: the sender's element goes to its end, which is the slot just emptied.
    // Under the lock, since another receiver may come for it.
    rt::sanitizer::happens_after(w->element); // what the sender did before it came
    copy_element(slot, w->element, c->stride);
    rt::sanitizer::happens_before(slot);
    return {found::done, w};
}

/// Unlocked. Nothing to do unless there is a partner.
inline void complete(rt::M* m, const chan_core* c, const exchange& e) {
    rt::waiter* w = e.partner;
    if (w == nullptr) return;
    rt::sanitizer::happens_after(w->element); // what the partner did before it came
    if (e.to != nullptr) copy_element(e.to, e.from, c->stride);
    w->outcome = rt::wait_outcome::served;
    rt::wake(m, w);
}

} // namespace gofer::detail
