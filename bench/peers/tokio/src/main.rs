// SPDX-License-Identifier: Apache-2.0

//! The common benchmark set on Tokio (multi-thread runtime, `tokio::sync` channels).
//!
//! Usage: `tokio_bench [NAME...]` (no name: every benchmark). `WORKERS` sets the number of worker
//! threads (default 2). Each line printed is `name value unit`: the median of the
//! passes (`SAMPLES`, default 5) after a warm-up.
//!
//! Where this differs from the letter of the set:
//! * Tokio has no rendezvous channel. Every "unbuffered" channel here is `tokio::sync::mpsc` with
//!   capacity 1, so a sender may run one item ahead of its receiver.
//! * `chan_mpmc` and `parked_memory` use the `async-channel` crate: Tokio itself has no mpmc
//!   channel.
//! * `spawn_join` and most joins use `WaitGroup` (an atomic counter and a `Notify`), not
//!   `JoinHandle`s; `fib_forkjoin` joins through `JoinHandle`s.
//! * `yield` runs on a runtime with one worker whatever `WORKERS` says. Tokio's `yield_now` defers
//!   the task until the worker has polled its I/O and timer driver, so a yield is dearer than a
//!   task switch.
//! * `waitgroup_fanout` times the whole pass: spawning, parking, releasing and joining the tasks.
//! * `sleep_many` prints the whole wall time, the 100 ms included.
//! * `timer_churn` polls each `Sleep` once, because a Tokio timer is registered only when first
//!   polled.
//! * `parked_memory` is one measurement in a process of its own, so that memory kept by the
//!   allocator from other benchmarks cannot hide the growth. Tokio tasks are stackless: a task
//!   holds the state of its future and no stack, and the small function it "called through" is a
//!   nested `async fn`.
//! * `tcp_echo` runs clients and servers in the same process and on the same runtime.

mod benchmarks;
mod wait_group;

use std::future::Future;
use std::pin::Pin;
use std::process::Command;
use tokio::runtime::Runtime;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One pass of a benchmark; resolves to the figure in the benchmark's unit.
type Pass = Pin<Box<dyn Future<Output = f64> + Send>>;

struct Benchmark {
    name: &'static str,
    unit: &'static str,
    mode: Mode,
    start_pass: fn() -> Pass,
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// Median of several passes on a runtime with the configured number of workers.
    Repeated,
    /// As `Repeated`, always with one worker.
    RepeatedOnOneWorker,
    /// A single pass in a process that has run nothing before it.
    OnceInFreshProcess,
}

macro_rules! benchmark {
    ($name:literal, $function:ident, $unit:literal) => {
        benchmark!($name, $function, $unit, Mode::Repeated)
    };
    ($name:literal, $function:ident, $unit:literal, $mode:expr) => {
        Benchmark {
            name: $name,
            unit: $unit,
            mode: $mode,
            start_pass: || Box::pin(benchmarks::$function()),
        }
    };
}

const BENCHMARKS: &[Benchmark] = &[
    benchmark!("spawn_join", spawn_join, "ns/op"),
    benchmark!("spawn_chain", spawn_chain, "ns/op"),
    benchmark!("skynet", skynet, "ms"),
    benchmark!("yield", yield_between_two, "ns/op", Mode::RepeatedOnOneWorker),
    benchmark!("chan_pingpong", chan_pingpong, "ns/op"),
    benchmark!("chan_buffered", chan_buffered, "ns/op"),
    benchmark!("chan_mpmc", chan_mpmc, "ns/op"),
    benchmark!("chan_fanin", chan_fanin, "ns/op"),
    benchmark!("select2", select2, "ns/op"),
    benchmark!("select_default", select_default, "ns/op"),
    benchmark!("ring", ring, "ns/op"),
    benchmark!("sieve", sieve, "ms"),
    benchmark!("mutex_contended", mutex_contended, "ns/op"),
    benchmark!("waitgroup_fanout", waitgroup_fanout, "ns/op"),
    benchmark!("sleep_many", sleep_many, "ms"),
    benchmark!("timer_churn", timer_churn, "ns/op"),
    benchmark!("parked_memory", parked_memory, "B/task", Mode::OnceInFreshProcess),
    benchmark!("fib_forkjoin", fib_forkjoin, "ms"),
    benchmark!("parallel_sha1", parallel_sha1, "ms"),
    benchmark!("tcp_echo", tcp_echo, "kop/s"),
];

const WARM_UP_PASSES: usize = 1;
/// Unless `SAMPLES` says otherwise.
const MEASURED_PASSES: usize = 5;
/// Unless `WORKERS` says otherwise.
const WORKERS: usize = 2;

fn number_from_env(variable: &str, otherwise: usize) -> usize {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} must be a number")),
        Err(_) => otherwise,
    }
}

fn worker_count() -> usize {
    number_from_env("WORKERS", WORKERS)
}

fn build_runtime(workers: usize) -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .expect("cannot build the Tokio runtime")
}

/// Runs one pass as a task, so that it runs on a worker and not on the main thread.
fn run_pass(runtime: &Runtime, benchmark: &Benchmark) -> f64 {
    let pass = runtime.spawn((benchmark.start_pass)());
    runtime.block_on(pass).expect("the pass panicked")
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn measure(benchmark: &Benchmark) -> f64 {
    match benchmark.mode {
        Mode::OnceInFreshProcess => run_pass(&build_runtime(worker_count()), benchmark),
        Mode::Repeated | Mode::RepeatedOnOneWorker => {
            let workers = match benchmark.mode {
                Mode::RepeatedOnOneWorker => 1,
                _ => worker_count(),
            };
            let runtime = build_runtime(workers);
            for _ in 0..WARM_UP_PASSES {
                run_pass(&runtime, benchmark);
            }
            let passes = number_from_env("SAMPLES", MEASURED_PASSES);
            median((0..passes).map(|_| run_pass(&runtime, benchmark)).collect())
        }
    }
}

fn measure_in_child_process(benchmark: &Benchmark) {
    let program = std::env::current_exe().expect("cannot find this executable");
    let status =
        Command::new(program).arg(benchmark.name).status().expect("cannot start a child process");
    assert!(status.success(), "{} failed in its child process", benchmark.name);
}

fn select_benchmarks(names: &[String]) -> Vec<&'static Benchmark> {
    if names.is_empty() {
        return BENCHMARKS.iter().collect();
    }
    let find = |name: &String| {
        BENCHMARKS.iter().find(|benchmark| benchmark.name == name).unwrap_or_else(|| {
            eprintln!("unknown benchmark: {name}");
            std::process::exit(2);
        })
    };
    names.iter().map(find).collect()
}

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let selected = select_benchmarks(&names);
    for benchmark in &selected {
        if benchmark.mode == Mode::OnceInFreshProcess && selected.len() > 1 {
            measure_in_child_process(benchmark);
        } else {
            println!("{} {:.1} {}", benchmark.name, measure(benchmark), benchmark.unit);
        }
    }
}
