// SPDX-License-Identifier: Apache-2.0
//
// Pooled small stacks that fibers of every worker thread may take and give back.
#pragma once

#include <boost/context/stack_context.hpp>
#include <cstddef>

// A Boost.Context stack allocator. boost::fibers::pooled_fixedsize_stack cannot be used here: its
// boost::pool is not thread-safe, and with work stealing a stack is often freed on another thread
// than the one that allocated it. This one keeps free stacks per thread and exchanges them in
// batches.
class PooledStack {
public:
    static constexpr std::size_t stack_bytes = 16 * 1024; // no guard page

    boost::context::stack_context allocate();
    void deallocate(boost::context::stack_context& stack) noexcept;
};
