// SPDX-License-Identifier: Apache-2.0
//
// How many processors this process may use: its affinity, the CPU quotas of its control groups, and
// what the environment says. Called when a runtime starts, never with `in_rt` set: it reads files
// and allocates.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gofer::rt {

inline constexpr int procs_max = 1024;

/// Processors in the affinity mask of the calling thread; at least 1.
int cpus_in_affinity();

/// The CPUs' worth of time (1.5 = one and a half processors) that the tightest control group
/// allows: the minimum over the group of this process and every ancestor that its mounts show.
/// Empty: no limit. `self_cgroup` and `mountinfo` are the texts of /proc/self/cgroup and
/// /proc/self/mountinfo; `root_dir` stands before each path that is read ("" in earnest).
/// Lines and files that make no sense count as absent.
std::optional<double> cpu_quota(std::string_view self_cgroup, std::string_view mountinfo,
                                const std::string& root_dir);

/// What affinity and quota give together, by Go's rule: the quota is rounded up, and to at least 2,
/// so that one blocking goroutine leaves room for others; the affinity is never exceeded.
int cpus_from(int affinity, std::optional<double> quota);

/// The default for the number of Ps.
int cpus_allowed();

/// What the environment asks for.
struct procs_setting {
    int procs = 0;     ///< 0: nothing asked for
    std::string error; ///< not empty: the variable is bad; says what, where and how to mend it
};
/// Values of GOFER_PROCS and GOMAXPROCS, null if unset (an empty value counts as unset). The first
/// wins; only the one that counts is looked at.
procs_setting procs_from_env(const char* gofer_procs, const char* gomaxprocs);
/// The same for this process's environment.
procs_setting procs_from_env();

} // namespace gofer::rt
