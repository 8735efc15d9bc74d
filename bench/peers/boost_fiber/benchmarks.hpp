// SPDX-License-Identifier: Apache-2.0
//
// The benchmark bodies. Each function is one pass, run in a fiber of its own, and returns the
// figure in the benchmark's unit.
#pragma once

double spawn_join();
double spawn_chain();
double skynet();
double yield_between_two();
double chan_pingpong();
double chan_buffered();
double chan_mpmc();
double chan_fanin();
double select_default();
double ring();
double sieve();
double mutex_contended();
double waitgroup_fanout();
double sleep_many();
double parked_memory();
double fib_forkjoin();
double parallel_sha1();
