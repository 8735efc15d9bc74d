// SPDX-License-Identifier: Apache-2.0
//
// select: one goroutine or thread, several channels, one exchange.
//
//     try_ready         a case that can go on at once does, in the order of the dice; nothing is
//     locked
//                       but that case's channel
//     enqueue_all       every channel is locked, in the order of addresses; still nothing ready: a
//                       waiter on each, then all are unlocked, and park
//     dequeue_losers    the waiters that did not win are taken off again
//
// I1  While all channels are locked no case can become ready, so that none is missed between the
//     last look and the waiting.
// I2  Who finds one of the waiters claims the whole select under that channel's lock
//     (wait_queue::pop_claimed). So after dequeue_losers, which takes each lock, nobody touches the
//     waiters any more: they may lie on the stack.
// I3  A select does not meet itself: its waiters are put on only when it has found no partner.
//
// Rejected: claiming oneself while trying (Go 1.0's first idea and libthread's): finding one's
// partner claimed then needs a way back; locking all channels for every try: two locked
// instructions a case more where something is ready. Source: Go's runtime/select.go. Tested by:
// tests/unit/chan, tests/go_behaviour.
#include <functional>
#include <new>
#include <utility>

#include "base/fatal.hpp"
#include "chan/exchange.hpp"
#include "chan/report.hpp"
#include "gofer/detail/select_core.hpp"
#include "sched/timers.hpp"

namespace gofer::detail {

namespace {

using rt::waiter;

/// Whether the case may be ready: a look without the lock.
bool looks_ready(const select_case& c) {
    if (c.channel == nullptr) return false;
    // For a receive empty first, then closed: see chan_try_recv. A send tells the two by itself.
    const std::size_t count = c.channel->count.load(rt::memory_order_acquire); // pairs: set_len
    if (c.is_send) {
        if (count < c.channel->capacity || !c.channel->receivers.is_empty()) return true;
    } else {
        if (count != 0 || !c.channel->senders.is_empty()) return true;
    }
    return c.channel->is_closed.load(rt::memory_order_acquire); // pairs: chan_close
}

/// The locked step of a case.
exchange try_locked(select_case& c) {
    const exchange e =
        c.is_send ? send_locked(c.channel, c.element) : recv_locked(c.channel, c.element);
    c.is_closed = e.result == found::closed;
    return e;
}

void complete_case(rt::M* m, const select_case& c, const exchange& e) {
    complete(m, c.channel, e);
    if (c.is_closed && !c.is_send)
        rt::sanitizer::happens_after(c.channel); // what the closer did before
}

/// The cases in the order in which they are tried: as written, or by the dice.
class trial_order {
public:
    trial_order(rt::M* m, const select_request& r) : count_(r.count), is_ordered_(r.is_ordered) {
        if (is_ordered_ || count_ < 2) return;
        rt::seam::choices& dice = m != nullptr ? m->p->choice : thread_dice();
        for (std::uint32_t i = 0; i < count_; ++i) { // Fisher and Yates, inside out
            const std::uint32_t j = dice.below(i + 1);
            r.order[i] = r.order[j];
            r.order[j] = i;
        }
    }
    [[nodiscard]] std::uint32_t at(const select_request& r, std::uint32_t i) const {
        return is_ordered_ || count_ < 2 ? i : r.order[i];
    }

private:
    /// Plain threads are slow anyway: one stream each, never cached across a wait.
    static rt::seam::choices& thread_dice() {
        static thread_local rt::seam::choices dice(static_cast<std::uint64_t>(rt::seam::now_ns()));
        return dice;
    }

    std::uint32_t count_;
    bool is_ordered_;
};

constexpr std::uint32_t none = UINT32_MAX;

std::uint32_t try_ready(rt::M* m, const select_request& r, const trial_order& order) {
    for (std::uint32_t i = 0; i < r.count; ++i) {
        const std::uint32_t index = order.at(r, i);
        select_case& c = r.cases[index];
        if (!looks_ready(c)) continue;
        c.channel->lock.lock();
        const exchange e = try_locked(c);
        c.channel->lock.unlock();
        if (e.result == found::must_wait) continue;
        complete_case(m, c, e);
        return index;
    }
    return none;
}

/// Indexes of the cases that have channels, by address, and those of one channel in the order of
/// the dice, in which they then wait. Returns how many. By insertion: stable, and without heap.
std::uint32_t sort_by_address(const select_request& r, const trial_order& order,
                              std::uint32_t* sorted) {
    std::uint32_t n = 0;
    for (std::uint32_t i = 0; i < r.count; ++i) {
        const std::uint32_t index = order.at(r, i);
        const chan_core* c = r.cases[index].channel;
        if (c == nullptr) continue;
        std::uint32_t at = n++;
        for (; at > 0 && std::less<>{}(c, r.cases[sorted[at - 1]].channel); --at) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = index;
    }
    return n;
}

/// Calls f for each channel once, in the order of addresses.
template <class F>
void for_each_channel(const select_request& r, const std::uint32_t* sorted, std::uint32_t n,
                      F&& f) {
    const chan_core* last = nullptr;
    for (std::uint32_t i = 0; i < n; ++i) {
        chan_core* c = r.cases[sorted[i]].channel;
        if (c != last) f(c);
        last = c;
    }
}

/// A wait that the clock may end: claims the select as a partner would.
struct select_timer : rt::runtime_timer {
    rt::select_op* op = nullptr;
    waiter* own = nullptr; ///< on no queue; stands for the select when the clock wins
};

void on_time(rt::runtime_timer* t, rt::M* m) {
    auto* timer = static_cast<select_timer*>(t);
    waiter* own = timer->own;
    const bool is_ours = timer->op->claim();
    if (is_ours) timer->op->winner = own;
    timer->set_done();
    if (is_ours) rt::wake(m, own);
}

/// Waiters on all channels, which are locked.
void enqueue_all(const select_request& r, const std::uint32_t* sorted, std::uint32_t n,
                 rt::select_op& op) {
    for (std::uint32_t i = 0; i < n; ++i) {
        select_case& c = r.cases[sorted[i]];
        auto& w = *::new (c.waiter_room) waiter;
        w.owner = rt::waiter_owner(&op);
        w.element = c.element;
        rt::sanitizer::happens_before(c.element);
        (c.is_send ? c.channel->senders : c.channel->receivers).push(&w);
    }
}

/// Locks all channels and looks for the last time. What it finds it goes through; else there is a
/// waiter on each channel, and the goroutine is about to park. All are unlocked either way.
std::uint32_t try_or_enqueue(rt::M* m, const select_request& r, const trial_order& order,
                             const std::uint32_t* sorted, std::uint32_t n, rt::select_op& op) {
    for_each_channel(r, sorted, n, [](chan_core* c) { c->lock.lock(); });
    std::uint32_t index = none;
    exchange e{found::must_wait};
    for (std::uint32_t i = 0; i < r.count && e.result == found::must_wait; ++i) {
        index = order.at(r, i);
        if (r.cases[index].channel != nullptr) e = try_locked(r.cases[index]);
    }
    const bool must_wait = e.result == found::must_wait;
    if (must_wait) {
        if (m != nullptr) {
            rt::prepare_park(
                m->g, n == 0 ? rt::wait_reason::select_no_cases : rt::wait_reason::select, &op);
            m->g->wait.owner = rt::waiter_owner(&op); // for who abandons it
            m->g->wait.queue = nullptr;
        }
        enqueue_all(r, sorted, n, op);
    }
    for_each_channel(r, sorted, n, [](chan_core* c) { c->lock.unlock(); });
    if (must_wait) return none;
    complete_case(m, r.cases[index], e);
    return index;
}

waiter* waiter_of(const select_case& c) {
    return std::launder(reinterpret_cast<waiter*>(const_cast<std::byte*>(c.waiter_room)));
}

void dequeue_losers(const select_request& r, const std::uint32_t* sorted, std::uint32_t n,
                    const waiter* winner) {
    for (std::uint32_t i = 0; i < n; ++i) {
        const select_case& c = r.cases[sorted[i]];
        waiter* w = waiter_of(c);
        if (w == winner) continue;
        const rt::byte_lock_guard guard(c.channel->lock);
        if (w->queue != nullptr) w->queue->remove(w);
    }
}

void start_clock(rt::M* m, select_timer& timer, rt::select_op& op, waiter& own,
                 std::int64_t timeout_ns) {
    timer.when_ns = rt::moment_after(timeout_ns);
    timer.fire = &on_time;
    timer.op = &op;
    timer.own = &own;
    if (!rt::timer_set(m, &timer)) rt::fatal("out of memory for timers");
}

/// Parks, or blocks the plain thread. Comes back inside.
rt::M* wait_parked(rt::M* m, rt::thread_parker& parker) {
    if (m != nullptr) return rt::park(m);
    rt::thread_leave();
    rt::thread_wait(parker);
    rt::sanitizer::happens_after(&parker);
    rt::thread_enter();
    return nullptr;
}

} // namespace

int select_wait(const select_request& r) {
    rt::M* m = rt::come_in();
    const trial_order order(m, r);
    std::uint32_t index = try_ready(m, r, order);
    if (index != none || r.has_otherwise || r.timeout_ns == 0) {
        rt::go_out(rt::current_m());
        if (index != none) return static_cast<int>(index);
        return r.has_otherwise ? select_otherwise : select_timeout;
    }
    // pairs: start_scheduler
    if (m == nullptr &&
        rt::sched.status.load(rt::memory_order_acquire) == rt::runtime_status::off) {
        rt::go_out(m);
        throw_no_runtime("select");
    }
    std::uint32_t* sorted = r.order + r.count;
    const std::uint32_t n = sort_by_address(r, order, sorted);
    rt::thread_parker parker;
    rt::select_op op;
    op.who = m != nullptr ? rt::waiter_owner(m->g) : rt::waiter_owner(&parker);
    index = try_or_enqueue(m, r, order, sorted, n, op);
    if (index != none) {
        rt::go_out(rt::current_m());
        return static_cast<int>(index);
    }

    waiter clock_waiter;
    clock_waiter.owner = rt::waiter_owner(&op);
    select_timer timer;
    const bool has_clock = r.timeout_ns >= 0;
    if (has_clock) start_clock(m, timer, op, clock_waiter, r.timeout_ns);
    m = wait_parked(m, parker);
    if (has_clock) rt::timer_cancel(m, &timer);
    dequeue_losers(r, sorted, n, op.winner);
    rt::go_out(rt::current_m());
    if (op.winner == &clock_waiter) return select_timeout;
    for (std::uint32_t i = 0; i < n; ++i) {
        select_case& c = r.cases[sorted[i]];
        if (waiter_of(c) != op.winner) continue;
        c.is_closed = op.winner->outcome == rt::wait_outcome::closed;
        if (c.is_closed && !c.is_send) rt::sanitizer::happens_after(c.channel);
        return static_cast<int>(sorted[i]);
    }
    rt::rt_bug("select was woken by nobody");
}

} // namespace gofer::detail
