// SPDX-License-Identifier: Apache-2.0
//
// model::atomic: std::atomic's interface, each operation a step of the running execution.
//
// Laid out as T; what the model knows of it is found by its address. Outside of an execution,
// operations are plain ones.
#pragma once

#include <atomic>
#include <cstring>
#include <type_traits>

#include "checker/execution.hpp"

namespace model {

template <class T>
class atomic {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(word));

public:
    using value_type = T;
    static constexpr bool is_always_lock_free = true;

    constexpr atomic() noexcept : atomic(T{}) {}
    constexpr atomic(T initial) noexcept : value_(initial) { // NOLINT: as std::atomic
        if (std::is_constant_evaluated()) return;
        if (execution::current != nullptr) execution::current->shared.create(by(), &value_);
    }
    ~atomic() {
        if (execution::current != nullptr) execution::current->shared.destroy(by(), &value_);
    }
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;

    [[nodiscard]] T load(std::memory_order order = std::memory_order_seq_cst) const {
        if (execution::current == nullptr) return value_;
        execution::current->before_operation();
        return to_value(execution::current->shared.load(by(), id(), order));
    }
    void store(T value, std::memory_order order = std::memory_order_seq_cst) {
        if (execution::current == nullptr) {
            value_ = value;
            return;
        }
        // A store into the buffer is seen by nobody yet: going elsewhere before it is the same as
        // going after it, with the store still in the buffer.
        if (order == std::memory_order_seq_cst) execution::current->before_operation();
        execution::current->shared.store(by(), id(), to_word(value), order);
    }
    T exchange(T value, std::memory_order order = std::memory_order_seq_cst) {
        return update(order, [&](T) { return value; });
    }
    bool compare_exchange_strong(T& expected, T desired, std::memory_order success,
                                 std::memory_order failure) {
        if (execution::current == nullptr) {
            const bool is_equal = to_word(value_) == to_word(expected);
            (is_equal ? value_ : expected) = is_equal ? desired : value_;
            return is_equal;
        }
        execution::current->before_operation();
        memory& m = execution::current->shared;
        const word old = m.begin_update(by(), id());
        if (old == to_word(expected)) {
            m.finish_update(by(), id(), to_word(desired), success);
            return true;
        }
        m.fail_update(by(), id(), failure);
        expected = to_value(old);
        return false;
    }
    bool compare_exchange_strong(T& expected, T desired,
                                 std::memory_order order = std::memory_order_seq_cst) {
        return compare_exchange_strong(expected, desired, order, failure_order(order));
    }
    // Never fails without reason on x86.
    bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                               std::memory_order failure) {
        return compare_exchange_strong(expected, desired, success, failure);
    }
    bool compare_exchange_weak(T& expected, T desired,
                               std::memory_order order = std::memory_order_seq_cst) {
        return compare_exchange_strong(expected, desired, order);
    }

    template <class U = T>
    T fetch_add(U n, std::memory_order order = std::memory_order_seq_cst) {
        return update(order, [&](T old) { return static_cast<T>(old + n); });
    }
    template <class U = T>
    T fetch_sub(U n, std::memory_order order = std::memory_order_seq_cst) {
        return update(order, [&](T old) { return static_cast<T>(old - n); });
    }
    T fetch_or(T bits, std::memory_order order = std::memory_order_seq_cst) {
        return update(order, [&](T old) { return static_cast<T>(old | bits); });
    }
    T fetch_and(T bits, std::memory_order order = std::memory_order_seq_cst) {
        return update(order, [&](T old) { return static_cast<T>(old & bits); });
    }
    T fetch_xor(T bits, std::memory_order order = std::memory_order_seq_cst) {
        return update(order, [&](T old) { return static_cast<T>(old ^ bits); });
    }

    operator T() const { return load(); } // NOLINT: as std::atomic
    T operator=(T value) {                // NOLINT: as std::atomic
        store(value);
        return value;
    }
    T operator++() { return static_cast<T>(fetch_add(1) + 1); }
    T operator--() { return static_cast<T>(fetch_sub(1) - 1); }
    T operator++(int) { return fetch_add(1); }
    T operator--(int) { return fetch_sub(1); }

    /// For futexes and names.
    [[nodiscard]] location_id id() const {
        return execution::current->shared.locate(&value_, sizeof(T));
    }
    static word to_word(T value) {
        word w = 0;
        std::memcpy(&w, &value, sizeof value);
        return w;
    }

private:
    static T to_value(word w) {
        T value;
        std::memcpy(&value, &w, sizeof value);
        return value;
    }
    static constexpr std::memory_order failure_order(std::memory_order order) {
        if (order == std::memory_order_acq_rel) return std::memory_order_acquire;
        if (order == std::memory_order_release) return std::memory_order_relaxed;
        return order;
    }
    static thread_id by() { return execution::current->running(); }
    template <class F>
    T update(std::memory_order order, F f) {
        if (execution::current == nullptr) {
            const T old = value_;
            value_ = f(old);
            return old;
        }
        execution::current->before_operation();
        memory& m = execution::current->shared;
        const word old = m.begin_update(by(), id());
        m.finish_update(by(), id(), to_word(f(to_value(old))), order);
        return to_value(old);
    }

    mutable T value_; // mutable: memory writes it when a store becomes visible
};

inline void thread_fence(std::memory_order order) {
    if (execution::current == nullptr) return;
    execution::current->before_operation();
    execution::current->shared.fence(execution::current->running(), order);
}

/// What the compiler may not move memory accesses across: it makes a membarrier of another thread
/// see the stores before it.
inline void compiler_fence() {
    if (execution::current == nullptr) return;
    memory& m = execution::current->shared;
    // From here on a membarrier takes the stores out of the buffer.
    if (m.has_unfenced(execution::current->running())) execution::current->before_operation();
    m.compiler_fence(execution::current->running());
}

/// The system call: a fence on every thread of the process.
inline void membarrier() {
    if (execution::current == nullptr) return;
    execution::current->before_operation();
    execution::current->shared.membarrier(execution::current->running());
}

/// A spin hint: the caller goes on when another thread has stored something since.
inline void yield() {
    if (execution::current != nullptr) execution::current->yield();
}

/// False: it returned without having been woken.
template <class T>
bool futex_wait(atomic<T>& word_, T expected, bool has_timeout = false) {
    return execution::current->futex_wait(word_.id(), atomic<T>::to_word(expected), has_timeout);
}
template <class T>
std::uint32_t futex_wake(atomic<T>& word_, std::uint32_t count) {
    return execution::current->futex_wake(word_.id(), count);
}

/// One of 0 .. count-1; the search tries all.
inline std::uint32_t choose(std::uint32_t count) {
    return execution::current->choose(count);
}

/// A clock that may run on at any reading, and does when nobody can go on otherwise.
inline std::uint64_t now_ns() {
    return execution::current != nullptr ? execution::current->now_ns() : 0;
}

/// How steps print an object. `text` is a literal.
template <class T>
void name(const atomic<T>& object, const char* text) {
    if (execution::current != nullptr) execution::current->shared.name(object.id(), text);
}

/// A line of the test's own among the steps. `text` is a literal.
inline void note(const char* text) {
    if (execution::current == nullptr) return;
    step s;
    s.by = execution::current->running();
    s.text = text;
    execution::current->steps_done().add(s);
}

} // namespace model
