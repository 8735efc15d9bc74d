// SPDX-License-Identifier: Apache-2.0
//
// Goroutines that are left when the main function returns: what the report says of them.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "gofer/gofer.hpp"

namespace {

using namespace std::chrono_literals;

gofer::options quick() {
    gofer::options o;
    o.grace = 100ms;
    return o;
}

[[gnu::noinline]] void wait_for_a_value(const gofer::chan<int>& c) {
    static_cast<void>(c.recv());
    std::puts("received"); // not reached: and no tail call
}

[[gnu::noinline]] void send_a_value(const gofer::chan<int>& c) {
    c.send(1);
    std::puts("sent");
}

int receive_for_ever() {
    return gofer::run(quick(), [] {
        const auto c = gofer::make_chan<int>();
        gofer::go([=] { wait_for_a_value(c); });
        gofer::gosched();
    });
}

int send_on_nil() {
    return gofer::run(quick(), [] {
        gofer::go({.name = "nil sender"}, [] { send_a_value(gofer::chan<int>()); });
        gofer::gosched();
    });
}

int two_in_different_states() {
    return gofer::run(quick(), [] {
        const auto c = gofer::make_chan<int>();
        static gofer::wait_group never;
        never.add(1);
        gofer::go({.name = "receiver"}, [=] { wait_for_a_value(c); });
        gofer::go({.name = "waiter"}, [] {
            never.wait();
            std::puts("waited");
        });
        gofer::gosched();
    });
}

int leaks_are_ok() {
    gofer::options o = quick();
    o.leaks_ok = true;
    return gofer::run(o, [] {
        gofer::go([] { wait_for_a_value(gofer::make_chan<int>()); });
        gofer::gosched();
    });
}

int ends_within_grace() {
    gofer::options o;
    o.grace = 60s;
    return gofer::run(o, [] {
        gofer::go([] {
            for (int i = 0; i < 1000; ++i) gofer::gosched();
            std::fputs("ended in time\n", stderr);
        });
    });
}

int busy_for_ever() {
    return gofer::run(quick(), [] {
        gofer::go({.name = "busy"}, [] {
            for (;;) gofer::gosched();
        });
    });
}

int spins_without_entering_the_runtime() {
    static std::atomic<bool> is_spinning = false;
    gofer::options o = quick();
    o.procs = 2;
    return gofer::run(o, [] {
        gofer::go({.name = "spinning"}, [] {
            is_spinning = true;
            for (;;) is_spinning.load();
        });
        while (!is_spinning) gofer::gosched();
    });
}

int parked_ones_do_not_use_up_the_grace() {
    gofer::options o;
    o.grace = 1h;
    return gofer::run(o, [] {
        gofer::go([] { wait_for_a_value(gofer::make_chan<int>()); });
        gofer::gosched();
    });
}

int no_destructor_runs() {
    struct speaks {
        ~speaks() { std::fputs("a destructor ran\n", stderr); }
    };
    return gofer::run(quick(), [] {
        gofer::go({.name = "with a destructor"}, [] {
            const speaks local;
            wait_for_a_value(gofer::make_chan<int>());
        });
        gofer::gosched();
    });
}

int code_of_main_wins() {
    return gofer::run(quick(), [] {
        gofer::go([] { wait_for_a_value(gofer::make_chan<int>()); });
        gofer::gosched();
        return 7;
    });
}

int a_runtime_object() {
    gofer::runtime rt(quick());
    const auto is_running = gofer::make_chan<void>();
    rt.go([=] {
        is_running.send();
        wait_for_a_value(gofer::make_chan<int>());
    });
    is_running.recv();
    return rt.stop();
}

struct scenario {
    std::string_view name;
    int (*run)();
};

constexpr scenario scenarios[] = {
    {"receive", receive_for_ever},
    {"nil_send", send_on_nil},
    {"two", two_in_different_states},
    {"leaks_ok", leaks_are_ok},
    {"within_grace", ends_within_grace},
    {"busy", busy_for_ever},
    {"spinning", spins_without_entering_the_runtime},
    {"no_grace_for_parked", parked_ones_do_not_use_up_the_grace},
    {"no_destructor", no_destructor_runs},
    {"code_of_main", code_of_main_wins},
    {"runtime_object", a_runtime_object},
};

} // namespace

int main(int, char** argv) {
    for (const auto& s : scenarios) {
        if (s.name == argv[1]) return s.run();
    }
    return 99;
}
