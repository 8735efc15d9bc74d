// SPDX-License-Identifier: Apache-2.0
//
// Recursion that uses up a goroutine's stack: what the report says.
#include <cstddef>
#include <string_view>

#include "gofer/gofer.hpp"

namespace {

/// Without end, which the compiler must not find out.
volatile bool is_endless = true;

[[gnu::noinline]] int descend(int depth) {
    volatile char room[512];
    room[0] = static_cast<char>(depth);
    const int below = is_endless ? descend(depth + 1) : 0;
    return below + room[0];
}

/// One frame larger than the guard region: probes must touch it all the same.
[[gnu::noinline]] int one_large_frame(int depth) {
    volatile char room[512 * 1024];
    room[0] = static_cast<char>(depth);
    return room[0];
}

} // namespace

int main(int, char** argv) {
    const std::string_view scenario = argv[1];
    return gofer::run([=] {
        if (scenario == "main") return descend(0);
        if (scenario == "default") {
            gofer::go([] { descend(0); });
        } else if (scenario == "sized") {
            gofer::go({.name = "deep one", .stack = 1 << 20}, [] { descend(0); });
        } else if (scenario == "large_frame") {
            gofer::go([] { one_large_frame(0); });
        } else if (scenario == "after_a_park") {
            gofer::go([] {
                for (int i = 0; i < 10; ++i) gofer::gosched();
                descend(0);
            });
        } else {
            return 99;
        }
        for (;;) gofer::gosched();
    });
}
