// SPDX-License-Identifier: Apache-2.0

//! From the start of a pass to its figure.

use std::time::Instant;

pub fn ns_per_op(start: Instant, operations: usize) -> f64 {
    start.elapsed().as_nanos() as f64 / operations as f64
}

pub fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
