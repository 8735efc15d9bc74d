// SPDX-License-Identifier: Apache-2.0

//! A counter of unfinished tasks that one task can wait on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Clone it into each task; the task is counted as finished when its clone calls `done`.
#[derive(Clone)]
pub struct WaitGroup(Arc<State>);

struct State {
    unfinished: AtomicUsize,
    all_finished: Notify,
}

impl WaitGroup {
    pub fn new(tasks: usize) -> Self {
        Self(Arc::new(State { unfinished: AtomicUsize::new(tasks), all_finished: Notify::new() }))
    }

    pub fn done(&self) {
        if self.0.unfinished.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.all_finished.notify_one();
        }
    }

    /// Waits for every task to finish. `Notify` keeps the permit if the last one was first.
    /// At most one task may wait.
    pub async fn wait(&self) {
        self.0.all_finished.notified().await;
    }
}
