// SPDX-License-Identifier: Apache-2.0
//
// The threads that run the fibers: the one that constructs this object and the ones it starts.
#pragma once

#include <boost/fiber/algo/work_stealing.hpp>
#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/mutex.hpp>
#include <boost/fiber/operations.hpp>
#include <mutex>
#include <thread>
#include <vector>

enum class IdleThreads { spin, suspend };

// Boost.Fiber allows one set of work-stealing threads per process, so construct only one of these.
class WorkerThreads {
public:
    WorkerThreads(unsigned workers, IdleThreads idle) {
        if (workers == 1) return; // the calling thread with the default algorithm, round_robin
        for (unsigned started = 1; started < workers; ++started) {
            threads_.emplace_back([this, workers, idle] {
                join_work_stealing(workers, idle);
                std::unique_lock lock(mutex_);
                stop_requested_.wait(lock, [this] { return stopping_; });
            });
        }
        join_work_stealing(workers, idle);
    }

    WorkerThreads(const WorkerThreads&) = delete;
    WorkerThreads& operator=(const WorkerThreads&) = delete;

    ~WorkerThreads() {
        {
            std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        stop_requested_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

private:
    // Returns when all the workers have called it.
    static void join_work_stealing(unsigned workers, IdleThreads idle) {
        const bool suspend = idle == IdleThreads::suspend;
        boost::fibers::use_scheduling_algorithm<boost::fibers::algo::work_stealing>(workers,
                                                                                    suspend);
    }

    boost::fibers::mutex mutex_;
    boost::fibers::condition_variable stop_requested_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};
