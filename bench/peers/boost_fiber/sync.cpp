// SPDX-License-Identifier: Apache-2.0
//
// A contended mutex, many fibers waiting for one event, sleeping.
#include "benchmarks.hpp"
#include "body.hpp"
#include "wait_group.hpp"

#include <boost/fiber/mutex.hpp>
#include <boost/fiber/operations.hpp>
#include <chrono>
#include <mutex>

double mutex_contended() {
    constexpr std::size_t count = 8;
    constexpr std::size_t locks_each = 250'000;
    fibers::mutex mutex;
    std::size_t counter = 0;
    WaitGroup group(count);
    const auto start = Clock::now();
    for (std::size_t fiber = 0; fiber < count; ++fiber) {
        spawn([&] {
            for (std::size_t i = 0; i < locks_each; ++i) {
                std::lock_guard lock(mutex);
                ++counter;
            }
            group.done();
        });
    }
    group.wait();
    const double figure = ns_per_op(start, count * locks_each);
    require(counter == count * locks_each, "mutex_contended");
    return figure;
}

double waitgroup_fanout() {
    constexpr std::size_t count = 100'000;
    Unbuffered<int> gate;
    WaitGroup parked(count);
    WaitGroup finished(count);
    const auto start = Clock::now();
    for (std::size_t fiber = 0; fiber < count; ++fiber) {
        spawn([&] {
            parked.done();
            int never_sent;
            require(gate.pop(never_sent) == channel_op_status::closed, "waitgroup_fanout");
            finished.done();
        });
    }
    parked.wait();
    gate.close();
    finished.wait();
    return ns_per_op(start, count);
}

double sleep_many() {
    constexpr std::size_t count = 100'000;
    constexpr std::chrono::milliseconds nap(100);
    WaitGroup group(count);
    const auto start = Clock::now();
    for (std::size_t fiber = 0; fiber < count; ++fiber) {
        spawn([&group, nap] {
            boost::this_fiber::sleep_for(nap);
            group.done();
        });
    }
    group.wait();
    return milliseconds(start);
}
