// SPDX-License-Identifier: Apache-2.0
//
// A full barrier on every running thread of the process: the expensive half of the protocols whose
// hot half is plain loads and stores.
#pragma once

namespace gofer::rt {

/// Chooses the mechanism; called once before the first barrier. Falls back to changing the
/// protection of a page, which interrupts every CPU that runs the process, where the kernel or a
/// seccomp filter denies membarrier. False: neither works.
bool membarrier_init();

/// 0.6 us. Not async-signal-safe under the fallback.
void membarrier();

} // namespace gofer::rt
