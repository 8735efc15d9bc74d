// SPDX-License-Identifier: Apache-2.0
//
// Programs that use the runtime wrongly, or end in their own way: text and exit code.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "gofer/gofer.hpp"

namespace {

/// Prints the error as a careful program would.
template <class F>
int report(F&& f) {
    try {
        f();
    } catch (const gofer::error& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
    return 99;
}

int main_goexit_with_others() {
    return gofer::run([] {
        gofer::go([] {
            for (int i = 0; i < 100; ++i) gofer::gosched();
            std::fputs("the other one ended\n", stderr);
        });
        gofer::goexit();
    });
}

/// exit() from a goroutine runs the handlers, with the others alive.
int exit_from_a_goroutine() {
    std::atexit([] { std::fputs("exit handler\n", stderr); });
    return gofer::run([] {
        gofer::go([] { std::exit(4); });
        for (;;) gofer::gosched();
    });
}

} // namespace

int main(int, char** argv) {
    const std::string_view s = argv[1];
    if (s == "no_runtime") return report([] { gofer::go([] {}); });
    if (s == "no_runtime_send") return report([] { gofer::make_chan<int>().send(1); });
    if (s == "no_runtime_wait") {
        return report([] {
            gofer::wait_group wg;
            wg.add(1);
            wg.wait();
        });
    }
    if (s == "procs" || s == "procs_zero") return report([] { gofer::run([] {}); });
    if (s == "procs_uncaught") return gofer::run([] {});
    if (s == "two_runtimes") return gofer::run([] { return report([] { gofer::run([] {}); }); });
    if (s == "two_objects") {
        return report([] {
            gofer::runtime first;
            gofer::runtime second;
        });
    }
    if (s == "absurd_stack") {
        return gofer::run([] { return report([] { gofer::go({.stack = 1ul << 40}, [] {}); }); });
    }
    if (s == "negative_wait_group") return report([] { gofer::wait_group().done(); });
    if (s == "huge_capacity") {
        return report([] { static_cast<void>(gofer::make_chan<int>(~0ul)); });
    }
    if (s == "main_goexit") return gofer::run([] { gofer::goexit(); });
    if (s == "main_goexit_with_others") return main_goexit_with_others();
    if (s == "code") return gofer::run([] { return 42; });
    if (s == "exit") return exit_from_a_goroutine();
    return 99;
}
