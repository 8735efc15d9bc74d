// SPDX-License-Identifier: Apache-2.0
//
// Scheduling of one execution.
#include "checker/execution.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace model {

execution* execution::current = nullptr;

namespace {
// The clock runs on by so much: more than any bound of a spin, less than a wait that a user asks.
constexpr std::uint64_t jump_ns = 1'000'000'000;
} // namespace

execution::execution(choices& c, const options& o) : shared(c, trace_), choices_(c), options_(o) {
    threads_[main_thread].name = "test";
}

void execution::begin(std::uint32_t preemptions_max, visited_states* visited) {
    ++number;
    choices_.rewind();
    trace_.clear();
    shared.reset(options_.delays);
    sleepers_.clear();
    running_ = main_thread;
    is_launching_ = is_pruned_ = false;
    preemptions_ = forced_visible_ = jumps_ = 0;
    now_ns_ = jump_ns;
    preemptions_max_ = preemptions_max;
    visited_ = visited;
    failure_ = failure_kind::none;
    if (choices_.is_random()) {
        for (std::size_t& point : change_points_) point = choices_.random()() % steps_most_;
    }
}

void execution::add_thread(std::string name, std::function<void()> body) {
    const thread_id id = shared.thread_count();
    if (id == thread_count_max) fail(failure_kind::exception, "too many threads in one body");
    shared.set_thread_count(id + 1);
    thread& t = threads_[id];
    t.name = std::move(name);
    t.body = std::move(body);
    t.state = status::ready;
    t.stores_seen = 0;
    t.has_read_clock = t.has_timeout = t.was_woken = false;
    // Above every priority that a change point gives.
    if (choices_.is_random()) t.priority = thread_count_max + (choices_.random()() >> 8);
}

void execution::run_threads() {
    shared.drain(main_thread);
    is_launching_ = true;
    for (thread_id id = 1; id < shared.thread_count(); ++id) {
        // What the test set up happens before each thread.
        view& v = shared.views[id];
        const std::uint32_t own = v.now.steps[id];
        v.now = shared.views[main_thread].now;
        v.now.steps[id] = own;
        threads_[id].stores_seen = stores_of_others(id);
        threads_[id].flow.prepare(&execution::thread_main, this);
        running_ = id;
        threads_[id].flow.switch_from(threads_[main_thread].flow);
        if (failure_ != failure_kind::none || is_pruned_) break;
    }
    is_launching_ = false;
    running_ = main_thread;
    if (failure_ == failure_kind::none) go_on(false);
    running_ = main_thread;
    steps_most_ = std::max(steps_most_, trace_.size());
    if (failure_ != failure_kind::none || is_pruned_) leave();
    while (shared.drain_one()) {
    }
    for (thread_id id = 1; id < shared.thread_count(); ++id) {
        shared.views[main_thread].now.join(shared.views[id].now);
    }
}

void execution::thread_main(void* self) {
    auto* e = static_cast<execution*>(self);
    const thread_id id = e->running_;
    try {
        e->threads_[id].body();
    } catch (const std::exception& x) {
        e->fail(failure_kind::exception, std::string("an exception leaves a thread: ") + x.what());
    } catch (...) {
        e->fail(failure_kind::exception, "an exception leaves a thread");
    }
    e->end_thread();
    std::terminate(); // not reached: an ended thread is never resumed
}

void execution::end_thread() {
    step s;
    s.by = running_;
    s.kind = step_kind::end;
    trace_.add(s);
    threads_[running_].state = status::ended;
    if (is_launching_) {
        threads_[main_thread].flow.switch_from(threads_[running_].flow);
    } else {
        go_on(false);
    }
}

void execution::before_operation() {
    if (running_ == main_thread) return;
    if (is_launching_) {
        // Each thread stands before its first operation when the scheduling begins.
        threads_[main_thread].flow.switch_from(threads_[running_].flow);
        return;
    }
    if (trace_.size() >= options_.steps_max) {
        fail(failure_kind::livelock, "no end after " + std::to_string(options_.steps_max) +
                                         " steps: is a spin without yield, or a livelock");
    }
    go_on(true);
}

bool execution::can_go_on(thread_id t) const {
    switch (threads_[t].state) {
    case status::ready:
        return true;
    case status::yielded:
        return stores_of_others(t) != threads_[t].stores_seen;
    case status::sleeping:
    case status::ended:
        return false;
    }
    return false;
}

std::uint32_t execution::stores_of_others(thread_id t) const {
    std::uint32_t stores = forced_visible_;
    for (thread_id other = 0; other < shared.thread_count(); ++other) {
        if (other != t) stores += shared.views[other].stores + shared.views[other].late;
    }
    return stores;
}

/// The running thread first, if it can stay; nobody else when its pre-emptions are used up.
execution::candidates execution::who_can_go_on(bool can_stay) {
    candidates c;
    if (can_stay) c.ids[c.count++] = running_;
    const bool is_bound = preemptions_ >= preemptions_max_ && options_.random_executions == 0;
    if (can_stay && is_bound) return c;
    for (std::uint32_t i = 1; i < shared.thread_count(); ++i) {
        // Round robin from the running one, so that the first path of a search is a fair one.
        const thread_id t = 1 + (running_ + i - 1) % (shared.thread_count() - 1);
        if (t != running_ && can_go_on(t)) c.ids[c.count++] = t;
    }
    // One that yielded and may go on does so only if nobody else can.
    if (c.count == 0 && running_ != main_thread && can_go_on(running_)) c.ids[c.count++] = running_;
    if (is_bound && options_.is_counting_turns && c.count != 0) c.count = 1;
    return c;
}

/// Picks the thread that goes on, and comes back when that is the caller again.
void execution::go_on(bool can_stay) {
    candidates c = who_can_go_on(can_stay);
    while (c.count == 0) {
        if (shared.drain_one()) {
            ++forced_visible_;
        } else if (!let_time_pass()) {
            break;
        }
        c = who_can_go_on(can_stay);
    }
    if (c.count == 0) {
        const bool have_all_ended =
            std::all_of(threads_.begin() + 1, threads_.begin() + shared.thread_count(),
                        [](const thread& t) { return t.state == status::ended; });
        if (!have_all_ended) fail(failure_kind::deadlock, "nobody can go on:" + who_waits());
        if (running_ != main_thread) leave();
        return;
    }
    if (prune(can_stay)) leave();
    const std::uint32_t picked = choices_.pick(c.count, preference(c));
    if (picked != 0 && (can_stay || options_.is_counting_turns)) ++preemptions_;
    switch_to(c.ids[picked]);
}

void execution::switch_to(thread_id next) {
    if (next == running_) return;
    const thread_id before = std::exchange(running_, next);
    threads_[next].flow.switch_from(threads_[before].flow);
}

/// Back to the test's context for good.
void execution::leave() {
    if (running_ == main_thread) {
        current = nullptr; // the body's destructors are no part of it
        throw execution_ended{};
    }
    const thread_id before = running_;
    threads_[main_thread].flow.switch_from(threads_[before].flow);
    std::terminate(); // not reached
}

/// What follows is a function of the state, the running thread and the pre-emptions left. So this
/// one is known if it was reached with as many left; or, since going elsewhere costs one at most,
/// with one more left while whoever was running.
bool execution::prune(bool can_stay) {
    if (visited_ == nullptr || shared.has_adopted || !choices_.is_at_frontier()) return false;
    const std::uint64_t state = state_hash();
    const auto [by_any, is_new] = visited_->try_emplace(state, preemptions_);
    if (!is_new && by_any->second < preemptions_) return is_pruned_ = true;
    by_any->second = preemptions_;
    const std::uint64_t running = (std::uint64_t{running_} << 1) | (can_stay ? 1 : 0);
    const auto [by_this, is_first] = visited_->try_emplace(mix(state, running), preemptions_);
    if (!is_first && by_this->second <= preemptions_) return is_pruned_ = true;
    by_this->second = preemptions_;
    return false;
}

bool execution::let_time_pass() {
    bool helps = false;
    for (thread_id t = 1; t < shared.thread_count(); ++t) {
        thread& waiting = threads_[t];
        const bool is_in_time = (waiting.state == status::yielded && waiting.has_read_clock) ||
                                (waiting.state == status::sleeping && waiting.has_timeout);
        if (!is_in_time) continue;
        helps = true;
        waiting.state = status::ready;
        std::erase(sleepers_, t);
    }
    if (!helps) return false;
    now_ns_ += jump_ns;
    step s;
    s.kind = step_kind::time_passes;
    trace_.add(s);
    return true;
}

/// Random mode: the highest priority goes on; at a change point the running one falls to the end.
std::uint32_t execution::preference(const candidates& c) {
    if (!choices_.is_random()) return choices::no_preference;
    for (std::uint32_t i = 0; i < random_changes; ++i) {
        if (change_points_[i] == trace_.size()) threads_[running_].priority = i;
    }
    const auto* best =
        std::max_element(c.ids.begin(), c.ids.begin() + c.count, [&](thread_id a, thread_id b) {
            return threads_[a].priority < threads_[b].priority;
        });
    return static_cast<std::uint32_t>(best - c.ids.begin());
}

void execution::yield() {
    if (running_ == main_thread) return;
    before_operation();
    thread& me = threads_[running_];
    const thread_id id = running_;
    shared.tick(id);
    shared.compiler_fence(id);
    step s;
    s.by = id;
    s.kind = step_kind::yield;
    trace_.add(s);
    shared.views[id].history = mix(shared.views[id].history, 3);
    if (choices_.is_random()) me.priority = 0;
    me.state = status::yielded;
    go_on(false);
    me.state = status::ready;
    me.stores_seen = stores_of_others(id);
    me.has_read_clock = false;
}

bool execution::futex_wait(location_id where, word expected, bool has_timeout) {
    before_operation();
    const word value = shared.kernel_read(running_, where);
    step s = shared.step_on(running_, step_kind::futex_wait, where);
    s.value = value;
    s.other = expected;
    const bool is_spurious = value == expected && options_.has_spurious_wakes &&
                             preemptions_ < preemptions_max_ && choices_.pick(2) == 1;
    if (is_spurious) ++preemptions_;
    if (value != expected || is_spurious) {
        trace_.add(s);
        return false;
    }
    s.kind = step_kind::futex_sleep;
    trace_.add(s);
    if (running_ == main_thread) fail(failure_kind::deadlock, "the test itself would sleep");
    thread& me = threads_[running_];
    me.state = status::sleeping;
    me.sleeps_on = where;
    me.has_timeout = has_timeout;
    me.was_woken = false;
    sleepers_.push_back(running_);
    go_on(false);
    shared.views[running_].history = mix(shared.views[running_].history, me.was_woken ? 4 : 5);
    return me.was_woken;
}

std::uint32_t execution::futex_wake(location_id where, std::uint32_t count) {
    before_operation();
    // The kernel has a full barrier before it looks for sleepers. The word may be gone by now, so
    // it is not touched.
    shared.tick(running_);
    shared.compiler_fence(running_);
    shared.drain(running_);
    std::uint32_t woken = 0;
    for (auto it = sleepers_.begin(); it != sleepers_.end() && woken < count;) {
        thread& sleeper = threads_[*it];
        if (sleeper.sleeps_on != where) {
            ++it;
            continue;
        }
        sleeper.state = status::ready;
        sleeper.was_woken = true;
        it = sleepers_.erase(it);
        ++woken;
    }
    step s = shared.step_on(running_, step_kind::futex_wake, where);
    s.value = woken;
    trace_.add(s);
    shared.views[running_].history = mix(shared.views[running_].history, 6 + woken);
    return woken;
}

std::uint32_t execution::choose(std::uint32_t count) {
    const std::uint32_t picked = choices_.pick(count);
    step s;
    s.by = running_;
    s.kind = step_kind::choose;
    s.value = picked;
    s.other = count;
    trace_.add(s);
    shared.views[running_].history = mix(shared.views[running_].history, 1000 + picked);
    return picked;
}

std::uint64_t execution::now_ns() {
    if (running_ != main_thread) {
        threads_[running_].has_read_clock = true;
        if (jumps_ < options_.clock_jumps && choose(2) == 1) {
            ++jumps_;
            now_ns_ += jump_ns;
        }
    }
    shared.views[running_].history = mix(shared.views[running_].history, now_ns_);
    return now_ns_;
}

void execution::fail(failure_kind kind, const std::string& what) {
    failure_ = kind;
    failure_text_ = what;
    leave();
}

void execution::fail(failure_kind kind, const std::string& what, thread_id other, thread_id by) {
    std::string text = what + " [" + threads_[by].name;
    if (other != by) text += ", not ordered after " + threads_[other].name;
    fail(kind, text + "]");
}

std::string execution::who_waits() const {
    std::string text;
    for (thread_id t = 1; t < shared.thread_count(); ++t) {
        const thread& waiting = threads_[t];
        if (waiting.state == status::ended) continue;
        text += " " + waiting.name;
        if (waiting.state == status::yielded) {
            text += " spins;";
            continue;
        }
        const char* name = shared.locations()[waiting.sleeps_on].name;
        text += " sleeps in futex_wait on ";
        text += name != nullptr ? name : "#" + std::to_string(waiting.sleeps_on);
        text += ";";
    }
    return text;
}

std::string execution::report() const {
    std::vector<std::string> names;
    for (thread_id t = 0; t < shared.thread_count(); ++t) names.push_back(threads_[t].name);
    std::string text;
    if (failure_ != failure_kind::none) {
        text += std::string(text_of(failure_)) + ": " + failure_text_ + "\n";
    }
    return text + trace_.text(names);
}

} // namespace model
