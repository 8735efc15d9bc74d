// SPDX-License-Identifier: Apache-2.0
//
// A counter of unfinished fibers that a fiber can wait on.
#pragma once

#include <atomic>
#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/mutex.hpp>
#include <cstddef>
#include <mutex>

class WaitGroup {
public:
    explicit WaitGroup(std::size_t fibers) : unfinished_(fibers) {}

    void done() {
        if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
        std::lock_guard lock(mutex_);
        all_finished_ = true;
        condition_.notify_all();
    }

    void wait() {
        std::unique_lock lock(mutex_);
        condition_.wait(lock, [this] { return all_finished_; });
    }

private:
    std::atomic<std::size_t> unfinished_;
    boost::fibers::mutex mutex_;
    boost::fibers::condition_variable condition_;
    bool all_finished_ = false;
};
