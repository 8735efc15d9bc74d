// SPDX-License-Identifier: Apache-2.0

//! The benchmark bodies. Each function is one pass and returns the figure in the benchmark's unit.

mod clock;

mod channels;
mod compute;
mod memory;
mod spawn;
mod sync;

pub use channels::*;
pub use compute::*;
pub use memory::*;
pub use spawn::*;
pub use sync::*;
