// SPDX-License-Identifier: Apache-2.0
//
// What a parked fiber takes.
#include "benchmarks.hpp"
#include "body.hpp"
#include "wait_group.hpp"

#include <boost/fiber/operations.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

static std::int64_t resident_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word != "VmRSS:") continue;
        std::int64_t kibibytes;
        status >> kibibytes;
        return kibibytes * 1024;
    }
    std::abort();
}

[[gnu::noinline]] static bool receive_one(Unbuffered<int>& channel) {
    int never_sent;
    return channel.pop(never_sent) == channel_op_status::success;
}

double parked_memory() {
    constexpr std::size_t count = 1'000'000;
    Unbuffered<int> channel;
    WaitGroup started(count);
    WaitGroup finished(count);
    const std::int64_t before = resident_bytes();
    for (std::size_t fiber = 0; fiber < count; ++fiber) {
        spawn([&] {
            started.done();
            require(!receive_one(channel), "parked_memory");
            finished.done();
        });
    }
    started.wait();
    boost::this_fiber::sleep_for(std::chrono::milliseconds(100)); // the last fibers to start park
    const std::int64_t growth = resident_bytes() - before;
    channel.close();
    finished.wait();
    return static_cast<double>(growth) / count;
}
