// SPDX-License-Identifier: Apache-2.0
//
// What one switch from goroutine to goroutine costs, exception state and errno included, without
// queues or channels: two goroutines hand the thread to and fro by the runtime's own
// switch_goroutine. Prints `name value unit`, as the common set does:
//
//     switch                both run the same loop, so that the CPU predicts every return
//     switch_other_caller   they run different ones: one mispredicted return a switch is added
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "gofer/gofer.hpp"
#include "sched/park.hpp"

namespace {

using gofer::rt::current_m;
using gofer::rt::G;
using gofer::rt::M;

/// One call site for both, as in the runtime, where all who wait park in one place.
[[gnu::noinline]] void hand_over(G* self, G* to) {
    M* m = current_m();
    gofer::rt::enter(m);
    gofer::rt::switch_goroutine(m, self, to);
    gofer::rt::leave(current_m());
}

struct pair {
    G* first = nullptr;
    G* partner = nullptr;
    std::int64_t rounds_left = 0; ///< of the first
    bool has_ended = false;
};

[[gnu::noinline]] void take_turns(const bool& has_ended, std::int64_t& rounds_left, G* self,
                                  G* to) {
    while (!has_ended && rounds_left-- > 0) hand_over(self, to);
}

/// A loop of its own.
[[gnu::noinline]] void take_other_turns(const bool& has_ended, G* self, G* to) {
    while (!has_ended) hand_over(self, to);
}

void be_partner(pair& p, bool has_own_loop) {
    p.partner = current_m()->g;
    hand_over(p.partner, p.first);
    std::int64_t endless = INT64_MAX;
    if (has_own_loop) {
        take_other_turns(p.has_ended, p.partner, p.first);
    } else {
        take_turns(p.has_ended, endless, p.partner, p.first);
    }
}

double ns_per_switch(std::int64_t rounds, bool has_own_loop) {
    pair p;
    p.rounds_left = rounds;
    gofer::wait_group ending;
    ending.go([&p, has_own_loop] { be_partner(p, has_own_loop); });

    M* m = current_m();
    gofer::rt::enter(m);
    p.first = m->g;
    G* newborn = m->p->queue.pop_newest();
    gofer::rt::leave(m);
    hand_over(p.first, newborn); // its first turn; from then on each knows the other

    const auto start = std::chrono::steady_clock::now();
    take_turns(p.has_ended, p.rounds_left, p.first, p.partner);
    const std::chrono::duration<double, std::nano> elapsed =
        std::chrono::steady_clock::now() - start;

    p.has_ended = true;
    m = current_m();
    gofer::rt::enter(m);
    gofer::rt::push_runnable(m, p.partner);
    gofer::rt::leave(m);
    ending.wait();
    return elapsed.count() / static_cast<double>(2 * rounds);
}

void print_median(const char* name, std::int64_t rounds, bool has_own_loop) {
    constexpr int samples = 5;
    double figures[samples];
    for (double& figure : figures) figure = ns_per_switch(rounds, has_own_loop);
    std::sort(figures, figures + samples);
    std::printf("%s %.2f ns/op\n", name, figures[samples / 2]);
}

} // namespace

int main(int count, char** arguments) {
    const bool is_tiny = count > 1 && std::string_view(arguments[1]) == "--tiny";
    return gofer::run({.procs = 1}, [is_tiny] {
        const std::int64_t rounds = is_tiny ? 1'000 : 20'000'000;
        print_median("switch", rounds, false);
        print_median("switch_other_caller", rounds, true);
    });
}
