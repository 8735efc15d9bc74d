// SPDX-License-Identifier: Apache-2.0
//
// What every benchmark body uses: spawning on a pooled stack, the clock, checks.
#pragma once

#include "stack_pool.hpp"

#include <boost/fiber/buffered_channel.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/unbuffered_channel.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace fibers = boost::fibers;
using Clock = std::chrono::steady_clock;
using fibers::channel_op_status;

template <class Item>
using Unbuffered = fibers::unbuffered_channel<Item>;
template <class Item>
using Buffered = fibers::buffered_channel<Item>;

template <class Function>
void spawn(Function&& function, fibers::launch policy = fibers::launch::post) {
    fibers::fiber(policy, std::allocator_arg, PooledStack(), std::forward<Function>(function))
        .detach();
}

inline double ns_per_op(Clock::time_point start, std::size_t operations) {
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() /
           static_cast<double>(operations);
}

inline double milliseconds(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

inline void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "wrong result: %s\n", what);
    std::abort();
}
