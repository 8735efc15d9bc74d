// SPDX-License-Identifier: Apache-2.0
//
// Many goroutines waiting for one event.
#include "bodies.hpp"

#include <gofer/gofer.hpp>

namespace bench {

sample waitgroup_fanout() {
    const int goroutines = static_cast<int>(size(100'000, 1'000));
    std::chrono::steady_clock::time_point released;
    const sample result = time_per_op(goroutines, [&] {
        gofer::wait_group arriving;
        gofer::wait_group running;
        const auto event = gofer::make_chan<void>();
        arriving.add(goroutines);
        running.add(goroutines);
        for (int i = 0; i < goroutines; ++i) {
            gofer::go([&] {
                arriving.done();
                event.recv();
                running.done();
            });
        }
        arriving.wait();
        released = std::chrono::steady_clock::now();
        event.close();
        running.wait();
    });
    add_note("waitgroup_fanout, release and join only, ns/op",
             per_op(std::chrono::steady_clock::now() - released, goroutines));
    return result;
}

} // namespace bench
