// SPDX-License-Identifier: Apache-2.0

//! A contended mutex, many tasks waiting for one event, sleeping, timers.

use super::clock::{milliseconds, ns_per_op};
use crate::wait_group::WaitGroup;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Notify};

pub async fn mutex_contended() -> f64 {
    const TASKS: usize = 8;
    const LOCKS_EACH: usize = 250_000;
    let counter = Arc::new(Mutex::new(0));
    let group = WaitGroup::new(TASKS);
    let start = Instant::now();
    for _ in 0..TASKS {
        let counter = counter.clone();
        let group = group.clone();
        tokio::spawn(async move {
            for _ in 0..LOCKS_EACH {
                *counter.lock().await += 1;
            }
            group.done();
        });
    }
    group.wait().await;
    let figure = ns_per_op(start, TASKS * LOCKS_EACH);
    assert_eq!(*counter.lock().await, TASKS * LOCKS_EACH);
    figure
}

pub async fn waitgroup_fanout() -> f64 {
    const TASKS: usize = 100_000;
    let gate = Arc::new(Notify::new());
    let parked = WaitGroup::new(TASKS);
    let finished = WaitGroup::new(TASKS);
    let start = Instant::now();
    for _ in 0..TASKS {
        let gate = gate.clone();
        let parked = parked.clone();
        let finished = finished.clone();
        tokio::spawn(async move {
            let mut opened = pin!(gate.notified());
            opened.as_mut().enable();
            parked.done();
            opened.await;
            finished.done();
        });
    }
    parked.wait().await;
    gate.notify_waiters();
    finished.wait().await;
    ns_per_op(start, TASKS)
}

pub async fn sleep_many() -> f64 {
    const TASKS: usize = 100_000;
    const NAP: Duration = Duration::from_millis(100);
    let group = WaitGroup::new(TASKS);
    let start = Instant::now();
    for _ in 0..TASKS {
        let group = group.clone();
        tokio::spawn(async move {
            tokio::time::sleep(NAP).await;
            group.done();
        });
    }
    group.wait().await;
    milliseconds(start)
}

pub async fn timer_churn() -> f64 {
    const TIMERS: usize = 2_000_000;
    let start = Instant::now();
    for _ in 0..TIMERS {
        let mut timer = pin!(tokio::time::sleep(Duration::from_secs(1)));
        // The first poll registers the timer; the drop at the end of the scope cancels it.
        std::future::poll_fn(|context| {
            assert!(timer.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    ns_per_op(start, TIMERS)
}
