// SPDX-License-Identifier: Apache-2.0

//! Channels between tasks: bounded, many to many, select, in rings and in chains.

use super::clock::{milliseconds, ns_per_op};
use crate::wait_group::WaitGroup;
use std::hint::black_box;
use std::time::Instant;
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Tokio's nearest to an unbuffered channel.
const UNBUFFERED: usize = 1;

pub async fn chan_pingpong() -> f64 {
    const ROUND_TRIPS: usize = 500_000;
    let (ping_sender, mut pings) = mpsc::channel::<i64>(UNBUFFERED);
    let (pong_sender, mut pongs) = mpsc::channel::<i64>(UNBUFFERED);
    let group = WaitGroup::new(1);
    let start = Instant::now();
    tokio::spawn(async move {
        while let Some(value) = pings.recv().await {
            pong_sender.send(value).await.expect("the pinging task has gone");
        }
    });
    tokio::spawn({
        let group = group.clone();
        async move {
            for value in 0..ROUND_TRIPS as i64 {
                ping_sender.send(value).await.expect("the ponging task has gone");
                assert_eq!(pongs.recv().await, Some(value));
            }
            group.done();
        }
    });
    group.wait().await;
    ns_per_op(start, ROUND_TRIPS)
}

async fn produce(sender: Sender<i64>, items: usize) {
    for value in 0..items as i64 {
        sender.send(value).await.expect("the consumer has gone");
    }
}

async fn sum_until_closed(mut receiver: Receiver<i64>) -> i64 {
    let mut total = 0;
    while let Some(value) = receiver.recv().await {
        total += value;
    }
    total
}

/// The sum of what `produce` sends, once for each producer.
fn sum_of_produced(producers: usize, items_each: usize) -> i64 {
    (producers * items_each * (items_each - 1) / 2) as i64
}

pub async fn chan_buffered() -> f64 {
    const CAPACITY: usize = 128;
    const ITEMS: usize = 4_000_000;
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let start = Instant::now();
    tokio::spawn(produce(sender, ITEMS));
    let total = tokio::spawn(sum_until_closed(receiver)).await.expect("the consumer panicked");
    let figure = ns_per_op(start, ITEMS);
    assert_eq!(total, sum_of_produced(1, ITEMS));
    figure
}

pub async fn chan_fanin() -> f64 {
    const PRODUCERS: usize = 100;
    const ITEMS_EACH: usize = 10_000;
    let (sender, receiver) = mpsc::channel(UNBUFFERED);
    let start = Instant::now();
    for _ in 0..PRODUCERS {
        tokio::spawn(produce(sender.clone(), ITEMS_EACH));
    }
    drop(sender);
    let total = tokio::spawn(sum_until_closed(receiver)).await.expect("the consumer panicked");
    let figure = ns_per_op(start, PRODUCERS * ITEMS_EACH);
    assert_eq!(total, sum_of_produced(PRODUCERS, ITEMS_EACH));
    figure
}

pub async fn chan_mpmc() -> f64 {
    const CAPACITY: usize = 128;
    const PRODUCERS: usize = 8;
    const CONSUMERS: usize = 8;
    const ITEMS_EACH: usize = 125_000;
    let (sender, receiver) = async_channel::bounded::<i64>(CAPACITY);
    let start = Instant::now();
    for _ in 0..PRODUCERS {
        let sender = sender.clone();
        tokio::spawn(async move {
            for value in 0..ITEMS_EACH as i64 {
                sender.send(value).await.expect("the consumers have gone");
            }
        });
    }
    drop(sender);
    let start_consumer = |_| {
        let receiver = receiver.clone();
        tokio::spawn(async move {
            let mut total = 0;
            while let Ok(value) = receiver.recv().await {
                total += value;
            }
            total
        })
    };
    let consumers: Vec<_> = (0..CONSUMERS).map(start_consumer).collect();
    let mut total = 0;
    for consumer in consumers {
        total += consumer.await.expect("a consumer panicked");
    }
    let figure = ns_per_op(start, PRODUCERS * ITEMS_EACH);
    assert_eq!(total, sum_of_produced(PRODUCERS, ITEMS_EACH));
    figure
}

pub async fn select2() -> f64 {
    const PRODUCERS: usize = 2;
    const ITEMS_EACH: usize = 500_000;
    let (left_sender, mut left) = mpsc::channel::<i64>(UNBUFFERED);
    let (right_sender, mut right) = mpsc::channel::<i64>(UNBUFFERED);
    let start = Instant::now();
    tokio::spawn(produce(left_sender, ITEMS_EACH));
    tokio::spawn(produce(right_sender, ITEMS_EACH));
    let consumer = tokio::spawn(async move {
        let mut total = 0;
        loop {
            // A branch whose channel has closed yields None and is then left out of this select.
            total += tokio::select! {
                Some(value) = left.recv() => value,
                Some(value) = right.recv() => value,
                else => break total,
            };
        }
    });
    let total = consumer.await.expect("the consumer panicked");
    let figure = ns_per_op(start, PRODUCERS * ITEMS_EACH);
    assert_eq!(total, sum_of_produced(PRODUCERS, ITEMS_EACH));
    figure
}

pub async fn select_default() -> f64 {
    const TRIES: usize = 20_000_000;
    let (_sender, mut receiver) = mpsc::channel::<i64>(UNBUFFERED);
    let start = Instant::now();
    for _ in 0..TRIES {
        assert!(black_box(&mut receiver).try_recv().is_err());
    }
    ns_per_op(start, TRIES)
}

pub async fn ring() -> f64 {
    const TASKS: usize = 1_000;
    const LAPS: usize = 1_000;
    async fn pass_along(mut previous: Receiver<usize>, next: Sender<usize>) {
        while let Some(hops) = previous.recv().await {
            if next.send(hops + 1).await.is_err() {
                return;
            }
        }
    }
    // The driver is one of the tasks of the ring: it counts the laps.
    let (first_sender, mut previous) = mpsc::channel(UNBUFFERED);
    for _ in 1..TASKS {
        let (next, receiver) = mpsc::channel(UNBUFFERED);
        tokio::spawn(pass_along(std::mem::replace(&mut previous, receiver), next));
    }
    let start = Instant::now();
    let mut hops = 0;
    for _ in 0..LAPS {
        first_sender.send(hops + 1).await.expect("the ring is broken");
        hops = previous.recv().await.expect("the ring is broken");
    }
    let figure = ns_per_op(start, TASKS * LAPS);
    assert_eq!(hops, TASKS * LAPS);
    figure
}

pub async fn sieve() -> f64 {
    const PRIMES: usize = 1_500;
    const LAST_PRIME: u32 = 12_553;
    async fn generate(candidates: Sender<u32>) {
        for candidate in 2.. {
            if candidates.send(candidate).await.is_err() {
                return;
            }
        }
    }
    async fn filter(prime: u32, mut candidates: Receiver<u32>, survivors: Sender<u32>) {
        while let Some(candidate) = candidates.recv().await {
            if candidate % prime != 0 && survivors.send(candidate).await.is_err() {
                return;
            }
        }
    }
    let (sender, mut candidates) = mpsc::channel(UNBUFFERED);
    // Dropping its receiver ends a task, so the chain unwinds from its end after the time is taken.
    let mut chain = vec![tokio::spawn(generate(sender))];
    let start = Instant::now();
    let mut prime = 0;
    for _ in 0..PRIMES {
        prime = candidates.recv().await.expect("the chain is broken");
        let (sender, survivors) = mpsc::channel(UNBUFFERED);
        chain.push(tokio::spawn(filter(
            prime,
            std::mem::replace(&mut candidates, survivors),
            sender,
        )));
    }
    let elapsed = milliseconds(start);
    assert_eq!(prime, LAST_PRIME);
    drop(candidates);
    for task in chain {
        task.await.expect("a task of the chain panicked");
    }
    elapsed
}
