// SPDX-License-Identifier: Apache-2.0
//
// See chan_core.hpp: making, sending, receiving, closing.
#include "chan/chan_core.hpp"

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include "base/fatal.hpp"
#include "chan/exchange.hpp"
#include "chan/report.hpp"
#include "gofer/errors.hpp"
#include "sched/park.hpp"

namespace gofer::detail {

namespace {

using rt::come_in;
using rt::go_out;
using rt::wait_outcome;
using rt::waiter;

/// Waits on a queue of c, whose lock is held, with its element at `element`. Comes back outside.
wait_outcome wait_on(rt::M* m, chan_core* c, rt::wait_queue& queue, void* element,
                     rt::wait_reason reason) {
    if (m != nullptr) [[likely]] {
        rt::G* g = m->g;
        waiter& own = g->wait;
        own.owner = rt::waiter_owner(g);
        own.element = element;
        own.outcome = wait_outcome::pending;
        rt::prepare_park(g, reason, c);
        queue.push(&own);
        c->lock.unlock();
        m = rt::park(m);
        rt::leave(m);
        return own.outcome;
    }
    rt::thread_parker parker;
    waiter own;
    own.owner = rt::waiter_owner(&parker);
    own.element = element;
    queue.push(&own);
    c->lock.unlock();
    rt::thread_leave();
    rt::thread_wait(parker);
    rt::sanitizer::happens_after(&parker);
    return own.outcome;
}

/// Waiting where no runtime lives would be for ever.
void check_runtime(const char* what) {
    // pairs: start_scheduler
    if (rt::sched.status.load(rt::memory_order_acquire) == rt::runtime_status::off)
        throw_no_runtime(what);
}

/// Nobody ever takes it off: parks for good.
[[noreturn]] void wait_for_ever(rt::wait_reason reason) {
    check_runtime("send or receive on a nil channel");
    rt::M* m = rt::current_m();
    if (m == nullptr) {
        rt::thread_parker never;
        for (;;) rt::thread_wait(never);
    }
    rt::enter(m);
    m->g->wait.owner = rt::waiter_owner(m->g);
    m->g->wait.queue = nullptr;
    rt::prepare_park(m->g, reason, nullptr);
    rt::park(m);
    rt::rt_bug("a goroutine that waits on a nil channel was made ready");
}

/// Sends; `closed` if the channel was closed, before or meanwhile.
wait_outcome send_or_wait(chan_core* c, void* from) {
    if (c == nullptr) [[unlikely]]
        wait_for_ever(rt::wait_reason::chan_send_nil);
    rt::M* m = come_in();
    rt::sanitizer::happens_before(from);
    c->lock.lock();
    const exchange e = send_locked(c, from);
    if (e.result != found::must_wait) [[likely]] {
        c->lock.unlock();
        complete(m, c, e);
        go_out(rt::current_m());
        return e.result == found::done ? wait_outcome::served : wait_outcome::closed;
    }
    if (m == nullptr && rt::sched.status.load(rt::memory_order_acquire) ==
                            rt::runtime_status::off) { // pairs: start_scheduler
        c->lock.unlock();
        go_out(m);
        throw_no_runtime("channel send");
    }
    return wait_on(m, c, c->senders, from, rt::wait_reason::chan_send);
}

} // namespace

void chan_send(chan_core* c, void* from) {
    if (send_or_wait(c, from) == wait_outcome::closed) [[unlikely]]
        throw_send_closed(c);
}

chan_status chan_send_or_closed(chan_core* c, void* from) {
    return send_or_wait(c, from) == wait_outcome::served ? chan_status::ok : chan_status::closed;
}

bool chan_recv(chan_core* c, void* to) {
    if (c == nullptr) [[unlikely]]
        wait_for_ever(rt::wait_reason::chan_receive_nil);
    rt::M* m = come_in();
    rt::sanitizer::happens_before(to);
    c->lock.lock();
    const exchange e = recv_locked(c, to);
    if (e.result != found::must_wait) [[likely]] {
        c->lock.unlock();
        complete(m, c, e);
        go_out(rt::current_m());
        if (e.result == found::closed)
            rt::sanitizer::happens_after(c); // what the closer did before
        return e.result == found::done;
    }
    if (m == nullptr && rt::sched.status.load(rt::memory_order_acquire) ==
                            rt::runtime_status::off) { // pairs: start_scheduler
        c->lock.unlock();
        go_out(m);
        throw_no_runtime("channel receive");
    }
    const bool is_served =
        wait_on(m, c, c->receivers, to, rt::wait_reason::chan_receive) == wait_outcome::served;
    if (!is_served) rt::sanitizer::happens_after(c);
    return is_served;
}

chan_status chan_try_send(chan_core* c, void* from) noexcept {
    // A look without the lock: a full channel costs no locked instruction.
    if (const chan_status now = chan_can_send(c); now == chan_status::full) return now;
    rt::M* m = come_in();
    c->lock.lock();
    const exchange e = send_locked(c, from);
    c->lock.unlock();
    complete(m, c, e);
    go_out(rt::current_m());
    switch (e.result) {
    case found::done:
        return chan_status::ok;
    case found::closed:
        return chan_status::closed;
    case found::must_wait:
        break;
    }
    return chan_status::full;
}

chan_status chan_try_recv(chan_core* c, void* to) noexcept {
    if (c == nullptr) return chan_status::empty;
    // A look without the lock, in the order of Go's chanrecv: empty first, then not closed. A
    // channel that was found open afterwards was open and empty at that moment in between.
    if (c->count.load(rt::memory_order_acquire) == 0 && c->senders.is_empty() && // pairs: set_len
        !c->is_closed.load(rt::memory_order_acquire)) { // pairs: chan_close
        return chan_status::empty;
    }
    rt::M* m = come_in();
    c->lock.lock();
    const exchange e = recv_locked(c, to);
    c->lock.unlock();
    complete(m, c, e);
    go_out(rt::current_m());
    switch (e.result) {
    case found::done:
        return chan_status::ok;
    case found::closed:
        rt::sanitizer::happens_after(c);
        return chan_status::closed;
    case found::must_wait:
        break;
    }
    return chan_status::empty;
}

chan_status chan_can_send(const chan_core* c) noexcept {
    if (c == nullptr) return chan_status::full;
    if (c->is_closed.load(rt::memory_order_acquire))
        return chan_status::closed; // pairs: chan_close
    if (c->len() < c->capacity || !c->receivers.is_empty()) return chan_status::ok;
    return chan_status::full;
}

namespace {

/// Under the lock: nobody waits any more, nobody will. Moves the waiters to `all`, receivers first.
void close_locked(chan_core* c, rt::wait_queue& all) {
    c->is_closed.store(true, rt::memory_order_release); // pairs: looks without the lock
    rt::sanitizer::happens_before(c);
    for (rt::wait_queue* queue : {&c->receivers, &c->senders}) {
        while (waiter* w = queue->pop_claimed()) {
            w->outcome = wait_outcome::closed;
            all.push(w);
        }
    }
}

} // namespace

void chan_close(chan_core* c) {
    if (c == nullptr) throw_close_nil();
    rt::M* m = come_in();
    c->lock.lock();
    if (c->closed()) {
        c->lock.unlock();
        go_out(m);
        throw_close_closed(c);
    }
    rt::wait_queue all;
    close_locked(c, all);
    c->lock.unlock();
    rt::wake_list(m, all.first());
    go_out(rt::current_m());
}

std::size_t chan_len(const chan_core* c) noexcept {
    return c == nullptr ? 0 : c->len();
}

std::size_t chan_cap(const chan_core* c) noexcept {
    return c == nullptr ? 0 : c->capacity;
}

// ---- life ------------------------------------------------------------------------------------

chan_core* chan_make(const element_type& type, std::size_t capacity) {
    const void* made_at = __builtin_return_address(0);
    const std::size_t stride = (type.bytes + type.align - 1) / type.align * type.align;
    constexpr std::size_t bytes_max = std::size_t{1} << 47; // the address space
    if (stride != 0 && capacity > bytes_max / stride) throw_huge_capacity(capacity, type.bytes);
    if (stride == 0 && capacity > bytes_max) throw_huge_capacity(capacity, type.bytes);
    const std::size_t align = type.align > alignof(chan_core) ? type.align : alignof(chan_core);
    const std::size_t offset = (sizeof(chan_core) + type.align - 1) / type.align * type.align;
    const std::size_t bytes = offset + capacity * stride;

    void* memory = ::operator new(bytes, std::align_val_t(align));
    auto* c = ::new (memory) chan_core;
    c->capacity = capacity;
    c->stride = stride;
    c->elements = static_cast<std::byte*>(memory) + offset;
    c->destroy = type.destroy;
    c->made_at = made_at;
    c->align = align;
    return c;
}

void chan_retain(chan_core* c) noexcept {
    c->refs.fetch_add(1, rt::memory_order_relaxed); // pairs: nothing; the caller holds a reference
}

namespace {

/// Ends the life of what is still buffered. By the last owner, or of elements taken out.
void destroy_elements(chan_core* c) {
    if (c->destroy == nullptr) return;
    const std::size_t count = c->len();
    for (std::size_t i = 0; i < count; ++i) c->destroy(c->slot(c->head + i));
}

} // namespace

void chan_release(chan_core* c) noexcept {
    rt::sanitizer::happens_before(&c->refs);
    if (c->refs.fetch_sub(1, rt::memory_order_acq_rel) != 1) return; // pairs: itself
    rt::sanitizer::happens_after(&c->refs);
    destroy_elements(c);
    const std::size_t align = c->align;
    c->~chan_core();
    ::operator delete(c, std::align_val_t(align));
}

void chan_end_retain(chan_core* c, bool is_sender) noexcept {
    // pairs: nothing; the caller holds an end
    (is_sender ? c->send_ends : c->recv_ends)
        .fetch_add(1, rt::memory_order_relaxed); // pairs: as above
}

void chan_end_release(chan_core* c, bool is_sender) noexcept {
    auto& ends = is_sender ? c->send_ends : c->recv_ends;
    rt::sanitizer::happens_before(&ends);
    if (ends.fetch_sub(1, rt::memory_order_acq_rel) != 1) return; // pairs: itself
    rt::sanitizer::happens_after(&ends);
    rt::M* m = come_in();
    c->lock.lock();
    if (c->closed() && is_sender) {
        c->lock.unlock();
        go_out(m);
        return;
    }
    rt::wait_queue all;
    close_locked(c, all);
    c->lock.unlock();
    rt::wake_list(m, all.first());
    go_out(rt::current_m());
    if (is_sender) return;
    // Nobody can receive any more, and nobody can send: what is buffered is ours.
    for (std::size_t i = 0; i < c->len(); ++i) rt::sanitizer::happens_after(c->slot(c->head + i));
    destroy_elements(c);
    c->set_len(0);
}

} // namespace gofer::detail
