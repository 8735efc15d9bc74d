// SPDX-License-Identifier: Apache-2.0
//
// Waiting for time to pass.
#include "bodies.hpp"

#include <gofer/gofer.hpp>

namespace bench {

sample sleep_many() {
    using namespace std::chrono_literals;
    const int goroutines = static_cast<int>(size(100'000, 1'000));
    return time_in_ms([&] {
        gofer::wait_group sleeping;
        for (int i = 0; i < goroutines; ++i) sleeping.go([] { gofer::sleep(100ms); });
        sleeping.wait();
    });
}

} // namespace bench
