// SPDX-License-Identifier: Apache-2.0
//
// model::var: plain data, checked for races. Two accesses of different threads, one of them a
// write, must be ordered by happens-before; the values themselves need no model then.
#pragma once

#include <utility>

#include "checker/atomic.hpp"

namespace model {

/// Who accessed a piece of plain data last.
class access_log {
public:
    explicit access_log(const char* name) : name_(name) { write(); }
    ~access_log() { note(step_kind::write, "destroys plain data"); }
    access_log(const access_log&) = delete;
    access_log& operator=(const access_log&) = delete;

    void read() const { note(step_kind::read, "reads plain data"); }
    void write() const { note(step_kind::write, "writes plain data"); }
    void name(const char* text) { name_ = text; }

private:
    void note(step_kind kind, const char* what) const;

    const char* name_;
    mutable std::uint32_t known_to_ = 0;
    mutable thread_id written_by_ = main_thread;
    mutable std::uint32_t written_at_ = 0;
    mutable clock read_at_;
};

template <class T>
class var {
public:
    var() : var(T{}) {}
    explicit(false) var(T initial, const char* name = nullptr) // NOLINT: as the data itself
        : log_(name), value_(std::move(initial)) {}
    var(const var& other) : var(other.get()) {}
    var& operator=(const var& other) {
        set(other.get());
        return *this;
    }

    [[nodiscard]] const T& get() const {
        log_.read();
        return value_;
    }
    void set(T value) {
        log_.write();
        value_ = std::move(value);
    }
    explicit(false) operator const T&() const { return get(); } // NOLINT: as the data itself
    var& operator=(T value) {
        set(std::move(value));
        return *this;
    }
    var& operator+=(const T& n) { return *this = static_cast<T>(get() + n); }
    var& operator-=(const T& n) { return *this = static_cast<T>(get() - n); }
    var& operator++() { return *this += T{1}; }
    var& operator--() { return *this -= T{1}; }
    const T& operator->() const
        requires std::is_pointer_v<T>
    {
        return get();
    }
    void name(const char* text) { log_.name(text); }

private:
    access_log log_;
    T value_;
};

} // namespace model
