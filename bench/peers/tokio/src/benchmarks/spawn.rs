// SPDX-License-Identifier: Apache-2.0

//! Starting tasks, chains and trees of them, and yielding between two.

use super::clock::{milliseconds, ns_per_op};
use crate::wait_group::WaitGroup;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Notify;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::yield_now;

pub async fn spawn_join() -> f64 {
    const BATCHES: usize = 500;
    const BATCH: usize = 1_000;
    let start = Instant::now();
    for _ in 0..BATCHES {
        let batch = WaitGroup::new(BATCH);
        for _ in 0..BATCH {
            let batch = batch.clone();
            tokio::spawn(async move { batch.done() });
        }
        batch.wait().await;
    }
    ns_per_op(start, BATCHES * BATCH)
}

pub async fn spawn_chain() -> f64 {
    const LENGTH: usize = 1_000_000;
    fn spawn_link(remaining: usize, end: Arc<Notify>) {
        tokio::spawn(async move {
            if remaining == 1 {
                end.notify_one();
            } else {
                spawn_link(remaining - 1, end);
            }
        });
    }
    let end = Arc::new(Notify::new());
    let start = Instant::now();
    spawn_link(LENGTH, end.clone());
    end.notified().await;
    ns_per_op(start, LENGTH)
}

pub async fn skynet() -> f64 {
    const LEAVES: u64 = 1_000_000;
    const CHILDREN: u64 = 10;
    fn spawn_node(parent: Sender<u64>, first_leaf: u64, leaves: u64) {
        tokio::spawn(async move {
            let sum =
                if leaves == 1 { first_leaf } else { sum_of_children(first_leaf, leaves).await };
            parent.send(sum).await.expect("the parent has gone");
        });
    }
    async fn sum_of_children(first_leaf: u64, leaves: u64) -> u64 {
        let (sender, mut sums) = mpsc::channel(CHILDREN as usize);
        let leaves_each = leaves / CHILDREN;
        for child in 0..CHILDREN {
            spawn_node(sender.clone(), first_leaf + child * leaves_each, leaves_each);
        }
        let mut total = 0;
        for _ in 0..CHILDREN {
            total += sums.recv().await.expect("a child has gone");
        }
        total
    }
    let (sender, mut result) = mpsc::channel(1);
    let start = Instant::now();
    spawn_node(sender, 0, LEAVES);
    let total = result.recv().await.expect("the root has gone");
    let elapsed = milliseconds(start);
    assert_eq!(total, LEAVES * (LEAVES - 1) / 2);
    elapsed
}

pub async fn yield_between_two() -> f64 {
    const TASKS: usize = 2;
    const YIELDS_EACH: usize = 500_000;
    let group = WaitGroup::new(TASKS);
    let start = Instant::now();
    for _ in 0..TASKS {
        let group = group.clone();
        tokio::spawn(async move {
            for _ in 0..YIELDS_EACH {
                yield_now().await;
            }
            group.done();
        });
    }
    group.wait().await;
    ns_per_op(start, TASKS * YIELDS_EACH)
}

pub async fn fib_forkjoin() -> f64 {
    const N: u64 = 27;
    const FIB_OF_N: u64 = 196_418;
    // Boxed, because the future of a recursive async function has no finite size of its own.
    fn fib(n: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
        Box::pin(async move {
            if n <= 1 {
                return n;
            }
            let larger = tokio::spawn(fib(n - 1));
            let smaller = fib(n - 2).await;
            larger.await.expect("the spawned half panicked") + smaller
        })
    }
    let start = Instant::now();
    let result = fib(N).await;
    let elapsed = milliseconds(start);
    assert_eq!(result, FIB_OF_N);
    elapsed
}
