// SPDX-License-Identifier: Apache-2.0
//
// Exceptions that leave a goroutine: what the report says.
#include <cstdio>
#include <stdexcept>
#include <string_view>

#include "gofer/gofer.hpp"

namespace {

struct own_type {
    int value;
};

[[noreturn, gnu::noinline]] void throw_from_here(std::string_view what) {
    if (what == "int") throw 42;
    if (what == "own_type") throw own_type{1};
    if (what == "text") throw "a text";
    throw std::runtime_error("something went wrong");
}

[[gnu::noinline]] void calls_the_thrower(std::string_view what) {
    throw_from_here(what);
    std::puts("not reached");
}

/// Waits until the report has ended the program.
[[noreturn]] void wait_for_the_end() {
    for (;;) gofer::gosched();
}

[[gnu::noinline]] void rethrows() {
    try {
        throw_from_here("runtime_error");
    } catch (...) {
        gofer::gosched();
        throw;
    }
}

void run_scenario(std::string_view scenario) {
    if (scenario == "main") {
        calls_the_thrower("runtime_error");
    } else if (scenario == "named") {
        gofer::go({.name = "worker"}, [] { calls_the_thrower("runtime_error"); });
        wait_for_the_end();
    } else if (scenario == "rethrown") {
        gofer::go([] { rethrows(); });
        wait_for_the_end();
    } else if (scenario == "dropped") {
        {
            auto dropped = gofer::async([] { calls_the_thrower("runtime_error"); });
        }
        wait_for_the_end();
    } else if (scenario == "dropped_after_its_end") {
        auto kept = gofer::async([] { calls_the_thrower("runtime_error"); });
        kept.wait();
        kept.detach();
        wait_for_the_end();
    } else if (scenario == "wait_group") {
        gofer::wait_group wg;
        wg.go([] { calls_the_thrower("runtime_error"); });
        wg.wait();
        std::fputs("wait returned\n", stderr);
    } else if (scenario == "closed_channel") {
        const auto c = gofer::make_chan<int>(3);
        c.send(1);
        c.close();
        gofer::go([=] { c.send(2); });
        wait_for_the_end();
    } else {
        gofer::go([=] { calls_the_thrower(scenario); });
        wait_for_the_end();
    }
}

/// rethrow_main: the exception of main comes out of run, to be handled as usual.
int rethrow_main() {
    gofer::options o;
    o.rethrow_main = true;
    try {
        gofer::run(o, [] { calls_the_thrower("runtime_error"); });
    } catch (const std::runtime_error& e) {
        std::fprintf(stderr, "caught outside: %s\n", e.what());
        return 5;
    }
    return 99;
}

/// rethrow_main is about main only: what leaves another goroutine is reported.
int rethrow_main_but_another_throws() {
    gofer::options o;
    o.rethrow_main = true;
    return gofer::run(o, [] {
        gofer::go([] { calls_the_thrower("runtime_error"); });
        wait_for_the_end();
    });
}

} // namespace

int main(int, char** argv) {
    const std::string_view scenario = argv[1];
    if (scenario == "rethrow_main") return rethrow_main();
    if (scenario == "rethrow_main_but_another") return rethrow_main_but_another_throws();
    return gofer::run([=] { run_scenario(scenario); });
}
