// SPDX-License-Identifier: Apache-2.0
//
// Values that count how many of them live, so that a test sees what is lost or destroyed twice.
#pragma once

#include <atomic>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

namespace gofer_test {

/// How many objects of one kind live, and the demand that none is left.
class census {
public:
    void born() { live_.fetch_add(1); }
    void died() { live_.fetch_sub(1); }
    [[nodiscard]] int live() const { return live_.load(); }

private:
    std::atomic<int> live_{0};
};

/// Copyable and movable; a moved-from one has the value -1. Not trivially copyable, so it travels
/// in a box.
struct tracked {
    static inline census all;
    int value;

    explicit tracked(int v = 0) : value(v) { all.born(); }
    tracked(const tracked& other) : value(other.value) { all.born(); }
    tracked(tracked&& other) noexcept : value(std::exchange(other.value, -1)) { all.born(); }
    tracked& operator=(const tracked&) = default;
    tracked& operator=(tracked&& other) noexcept {
        value = std::exchange(other.value, -1);
        return *this;
    }
    ~tracked() { all.died(); }
};

/// Movable only.
struct tracked_move_only : tracked {
    using tracked::tracked;
    tracked_move_only(tracked_move_only&&) noexcept = default;
    tracked_move_only& operator=(tracked_move_only&&) noexcept = default;
};

/// Throws `refused` from the move or copy that is the `fuse`-th from now; 0: none throws.
struct refused : std::runtime_error {
    refused() : std::runtime_error("refused to be moved or copied") {}
};

struct touchy {
    static inline census all;
    static inline std::atomic<int> fuse{0};
    int value;

    explicit touchy(int v = 0) : value(v) { all.born(); }
    touchy(const touchy& other) : value(other.value) {
        burn();
        all.born();
    }
    touchy(touchy&& other) : value(other.value) { // NOLINT: it may throw, that is its point
        burn();
        other.value = -1;
        all.born();
    }
    touchy& operator=(const touchy& other) {
        burn();
        value = other.value;
        return *this;
    }
    touchy& operator=(touchy&& other) { // NOLINT: as above
        burn();
        value = std::exchange(other.value, -1);
        return *this;
    }
    ~touchy() { all.died(); }

private:
    static void burn() {
        if (fuse.load() > 0 && fuse.fetch_sub(1) == 1) throw refused();
    }
};

/// Movable only, and its move may throw.
struct touchy_move_only : touchy {
    using touchy::touchy;
    touchy_move_only(touchy_move_only&&) = default;
    touchy_move_only& operator=(touchy_move_only&&) = default;
};

/// While it lives in a test: no object of the kind is left at its end that was not there before.
template <class Kind>
class balance {
public:
    balance() : before_(Kind::all.live()) {}
    balance(const balance&) = delete;
    balance& operator=(const balance&) = delete;
    ~balance() { EXPECT_EQ(Kind::all.live(), before_) << "objects were leaked or destroyed twice"; }

private:
    int before_;
};

} // namespace gofer_test
