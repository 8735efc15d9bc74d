// SPDX-License-Identifier: Apache-2.0
//
// The kinds of elements, one of each way of travelling through a channel: what it is made from a
// number, and which number one was made from.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/tracked.hpp"

namespace gofer_test {

template <class T>
struct kind;

template <>
struct kind<int> {
    static int make(int n) { return n; }
    static int number(const int& v) { return v; }
};

/// Trivially copyable, one byte.
template <>
struct kind<unsigned char> {
    static unsigned char make(int n) { return static_cast<unsigned char>(n); }
    static int number(const unsigned char& v) { return v; }
};

/// Trivially copyable, three words, both ends written.
struct triple {
    std::int64_t first;
    std::int64_t second;
    std::int64_t third;
};
template <>
struct kind<triple> {
    static triple make(int n) { return {n, 2 * n, 3 * n}; }
    static int number(const triple& v) {
        EXPECT_EQ(v.second, 2 * v.first);
        EXPECT_EQ(v.third, 3 * v.first);
        return static_cast<int>(v.first);
    }
};

/// Trivially copyable and larger than any size class or page.
struct large {
    std::array<int, 5000> words;
};
template <>
struct kind<large> {
    static large make(int n) {
        large v;
        v.words.fill(n);
        return v;
    }
    static int number(const large& v) {
        for (const int w : v.words) {
            if (w != v.words[0]) ADD_FAILURE() << "torn value";
        }
        return v.words[0];
    }
};

/// Trivially copyable with an alignment of a cache line.
struct alignas(64) aligned {
    int value;
};
template <>
struct kind<aligned> {
    static aligned make(int n) { return {n}; }
    static int number(const aligned& v) {
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&v) % 64, 0u);
        return v.value;
    }
};

/// Relocatable: travels as its bytes though it owns something.
template <>
struct kind<std::unique_ptr<int>> {
    static std::unique_ptr<int> make(int n) { return std::make_unique<int>(n); }
    static int number(const std::unique_ptr<int>& v) { return v == nullptr ? -1 : *v; }
};
template <>
struct kind<std::shared_ptr<int>> {
    static std::shared_ptr<int> make(int n) { return std::make_shared<int>(n); }
    static int number(const std::shared_ptr<int>& v) { return v == nullptr ? -1 : *v; }
};

/// Boxed: points into itself while short.
template <>
struct kind<std::string> {
    static std::string make(int n) { return "no. " + std::to_string(n); }
    static int number(const std::string& v) { return v.empty() ? -1 : std::stoi(v.substr(4)); }
};

/// Boxed and movable only.
template <>
struct kind<std::vector<std::unique_ptr<int>>> {
    using type = std::vector<std::unique_ptr<int>>;
    static type make(int n) {
        type v;
        v.push_back(std::make_unique<int>(n));
        return v;
    }
    static int number(const type& v) { return v.empty() ? -1 : *v[0]; }
};

/// Boxed and larger than any size class.
template <>
struct kind<std::array<std::string, 500>> {
    using type = std::array<std::string, 500>;
    static type make(int n) {
        type v;
        v.fill(std::to_string(n));
        return v;
    }
    static int number(const type& v) {
        EXPECT_EQ(v.front(), v.back());
        return v[0].empty() ? -1 : std::stoi(v[0]);
    }
};

template <>
struct kind<tracked> {
    static tracked make(int n) { return tracked(n); }
    static int number(const tracked& v) { return v.value; }
};
template <>
struct kind<tracked_move_only> {
    static tracked_move_only make(int n) { return tracked_move_only(n); }
    static int number(const tracked_move_only& v) { return v.value; }
};
template <>
struct kind<touchy> {
    static touchy make(int n) { return touchy(n); }
    static int number(const touchy& v) { return v.value; }
};
template <>
struct kind<touchy_move_only> {
    static touchy_move_only make(int n) { return touchy_move_only(n); }
    static int number(const touchy_move_only& v) { return v.value; }
};

using all_kinds = ::testing::Types<int, unsigned char, triple, large, aligned, std::unique_ptr<int>,
                                   std::shared_ptr<int>, std::string,
                                   std::vector<std::unique_ptr<int>>, std::array<std::string, 500>,
                                   tracked, tracked_move_only, touchy, touchy_move_only>;

} // namespace gofer_test
