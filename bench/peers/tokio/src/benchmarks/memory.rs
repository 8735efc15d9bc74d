// SPDX-License-Identifier: Apache-2.0

//! What a parked task takes.

use crate::wait_group::WaitGroup;
use std::hint::black_box;
use std::time::Duration;

fn resident_bytes() -> u64 {
    let status =
        std::fs::read_to_string("/proc/self/status").expect("cannot read /proc/self/status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("no VmRSS line");
    let kibibytes: u64 =
        line.split_whitespace().nth(1).unwrap().parse().expect("VmRSS is not a number");
    kibibytes * 1024
}

pub async fn parked_memory() -> f64 {
    const TASKS: usize = 1_000_000;
    #[inline(never)]
    async fn receive_one(receiver: &async_channel::Receiver<i64>) -> i64 {
        receiver.recv().await.unwrap_or(0)
    }
    let (sender, receiver) = async_channel::bounded::<i64>(1);
    let started = WaitGroup::new(TASKS);
    let finished = WaitGroup::new(TASKS);
    let before = resident_bytes();
    for _ in 0..TASKS {
        let receiver = receiver.clone();
        let started = started.clone();
        let finished = finished.clone();
        tokio::spawn(async move {
            started.done();
            black_box(receive_one(&receiver).await);
            finished.done();
        });
    }
    started.wait().await;
    tokio::time::sleep(Duration::from_millis(100)).await; // the last tasks to start park
    let growth = resident_bytes() - before;
    sender.close();
    finished.wait().await;
    growth as f64 / TASKS as f64
}
