// SPDX-License-Identifier: Apache-2.0
//
// What a parked goroutine takes.
#include "bodies.hpp"

#include <gofer/gofer.hpp>

#include <cstdio>
#include <fstream>
#include <string>

namespace bench {

namespace {

/// The bytes that /proc/self/status gives for `field`, which ends in a colon.
std::int64_t status_bytes(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word != field) continue;
        std::int64_t kibibytes = 0;
        status >> kibibytes;
        return kibibytes * 1024;
    }
    check("/proc/self/status has the field", 0, 1);
    return 0;
}

[[gnu::noinline]] bool receive(const gofer::chan<std::int64_t>& channel) {
    return channel.recv().has_value();
}

} // namespace

sample parked_memory() {
    const int goroutines = static_cast<int>(size(1'000'000, 1'000));
    const std::int64_t resident_before = status_bytes("VmRSS:");
    const std::int64_t tables_before = status_bytes("VmPTE:");
    const auto never = gofer::make_chan<std::int64_t>();
    gofer::wait_group arriving;
    gofer::wait_group running;
    const auto elapsed = time_of([&] {
        arriving.add(goroutines);
        running.add(goroutines);
        for (int i = 0; i < goroutines; ++i) {
            gofer::go([&] {
                arriving.done();
                check("parked_memory, values received", receive(never) ? 1 : 0, 0);
                running.done();
            });
        }
        // Each one's stack is in use by now, also where the last few have yet to park.
        arriving.wait();
    });
    const std::int64_t resident = status_bytes("VmRSS:") - resident_before;
    const std::int64_t tables = status_bytes("VmPTE:") - tables_before;
    never.close();
    running.wait();

    const auto each = [&](std::int64_t bytes) { return static_cast<double>(bytes) / goroutines; };
    add_note("parked_memory, page tables, B/task", each(tables));
    add_note("parked_memory, all memory (resident and page tables), B/task",
             each(resident + tables));
    return {each(resident), goroutines, elapsed};
}

} // namespace bench
