// SPDX-License-Identifier: Apache-2.0
//
// The bodies of the common set, by the names of bench/SPEC.md. Each runs on a goroutine, does its
// work once, checks the result, and gives the figure.
#pragma once

#include "benchmark.hpp"

namespace bench {

// spawn.cpp
sample spawn_join();
sample spawn_chain();
sample skynet();
sample yield();
sample fib_forkjoin();

// channels.cpp
sample chan_pingpong();
sample chan_buffered();
sample chan_mpmc();
sample chan_fanin();
sample select2();
sample select_default();
sample ring();
sample sieve();

// sync.cpp
sample waitgroup_fanout();

// timers.cpp
sample sleep_many();

// memory.cpp
sample parked_memory();

// sha1.cpp
sample parallel_sha1();

} // namespace bench
