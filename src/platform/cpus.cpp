// SPDX-License-Identifier: Apache-2.0
//
// See cpus.hpp. The rule is that of Go 1.25 and later (src/internal/runtime/cgroup and
// src/runtime/cgroup_linux.go: parseCPUCgroup, parseCPUMount, adjustCgroupGOMAXPROCS), but
//   - Go reads the quota of the innermost group only; here every ancestor that the mount shows
//     counts, since the tightest one is what the kernel enforces;
//   - a line or file that makes no sense is skipped, where Go gives up and ignores all quotas;
//   - a quota or period of zero or less counts as no limit (the kernel never shows one, but -1);
//   - Go re-reads the quota while the program runs; here it is read when a runtime starts.
#include "platform/cpus.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace gofer::rt {

namespace {

/// The control group that limits CPU time.
struct cpu_group {
    bool is_v1 = false;
    std::string path; ///< as /proc/self/cgroup names it; empty: there is none
};

/// Cuts off what stands before the first `separator` of `rest`; empty at the end.
std::optional<std::string_view> cut(std::string_view& rest, char separator) {
    const std::size_t at = rest.find(separator);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view head = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    return head;
}

/// The next line of `text`, which need not end in a newline. Empty: no more.
std::optional<std::string_view> cut_line(std::string_view& text) {
    if (text.empty()) return std::nullopt;
    if (const auto line = cut(text, '\n')) return line;
    return std::exchange(text, {});
}

/// True if the list with commas has "cpu" ("cpuacct" and "cpuset" are other controllers).
bool names_cpu(std::string_view list) {
    while (const auto item = cut(list, ',')) {
        if (*item == "cpu") return true;
    }
    return list == "cpu";
}

/// Lines are `hierarchy:controllers:path`. A v1 hierarchy with the controller cpu wins; else the v2
/// one, which has number 0: a controller cannot be in both.
cpu_group find_group(std::string_view self_cgroup) {
    cpu_group found;
    while (auto line = cut_line(self_cgroup)) {
        const auto hierarchy = cut(*line, ':');
        const auto controllers = cut(*line, ':');
        if (!hierarchy || !controllers || !line->starts_with('/')) continue;
        if (*hierarchy != "0" && names_cpu(*controllers)) return {true, std::string(*line)};
        if (*hierarchy == "0") found.path = *line;
    }
    return found;
}

/// Undoes the kernel's escapes in mountinfo: space, tab, newline, backslash and more as \ooo.
std::optional<std::string> unescape(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        if (text[0] != '\\') {
            plain += text[0];
            text.remove_prefix(1);
            continue;
        }
        unsigned code = 0;
        if (text.size() < 4) return std::nullopt;
        const auto [end, error] = std::from_chars(&text[1], &text[1] + 3, code, 8);
        if (error != std::errc() || end != &text[1] + 3 || code > 255) return std::nullopt;
        plain += static_cast<char>(code);
        text.remove_prefix(4);
    }
    return plain;
}

/// One line of mountinfo: `id parent major:minor root mount_point options tags... - type source
/// super_options`, reduced to what is needed.
struct mount {
    std::string root; ///< the folder of the file system that is mounted
    std::string point;
    std::string_view type;
    std::string_view super_options;
};

std::optional<mount> parse_mount(std::string_view line) {
    for (int i = 0; i < 3; ++i) {
        if (!cut(line, ' ')) return std::nullopt;
    }
    const auto root = cut(line, ' ');
    const auto point = cut(line, ' ');
    if (!root || !point || !root->starts_with('/') || !point->starts_with('/')) return std::nullopt;
    const std::size_t tags_end = line.find(" - ");
    if (tags_end == std::string_view::npos) return std::nullopt;
    line.remove_prefix(tags_end + 3);
    const auto type = cut(line, ' ');
    if (!type || !cut(line, ' ')) return std::nullopt;
    auto plain_root = unescape(*root);
    auto plain_point = unescape(*point);
    if (!plain_root || !plain_point) return std::nullopt;
    return mount{std::move(*plain_root), std::move(*plain_point), *type, line};
}

/// The part of `path` below `root`, with its leading slash, or "" for root itself; empty if the
/// path is not in there.
std::optional<std::string_view> path_below(std::string_view path, std::string_view root) {
    if (root != "/") {
        if (!path.starts_with(root)) return std::nullopt;
        path.remove_prefix(root.size());
        if (!path.empty() && path[0] != '/') return std::nullopt;
    }
    if (path == "/") path = {};
    // A group outside of the process's cgroup namespace, which no mount of it leads to.
    if (path == "/.." || path.starts_with("/../")) return std::nullopt;
    return path;
}

/// Reads a short file; empty text if there is none.
std::string read_file(const std::string& path, std::size_t bytes_max) {
    std::string text;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return text;
    char buffer[4096];
    while (text.size() < bytes_max) {
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        text.append(buffer, static_cast<std::size_t>(n));
    }
    ::close(fd);
    return text;
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return n;
}

std::optional<double> ratio(std::optional<std::int64_t> quota, std::optional<std::int64_t> period) {
    if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
    return static_cast<double>(*quota) / static_cast<double>(*period);
}

/// The limit that one folder of the hierarchy sets by itself.
std::optional<double> folder_quota(const std::string& folder, bool is_v1) {
    constexpr std::size_t limit_bytes_max = 64; // two numbers of 19 digits
    if (is_v1) {
        return ratio(parse_whole(read_file(folder + "/cpu.cfs_quota_us", limit_bytes_max)),
                     parse_whole(read_file(folder + "/cpu.cfs_period_us", limit_bytes_max)));
    }
    const std::string text = read_file(folder + "/cpu.max", limit_bytes_max);
    std::string_view rest = text; // "max 100000" means no limit: "max" is no number
    const auto quota = cut(rest, ' ');
    if (!quota) return std::nullopt;
    return ratio(parse_whole(*quota), parse_whole(rest));
}

/// The tightest limit from the group at `below` up to the mount point.
std::optional<double> tightest(const std::string& mount_point, std::string_view below, bool is_v1) {
    std::optional<double> least;
    for (;;) {
        const auto here = folder_quota(mount_point + std::string(below), is_v1);
        if (here && (!least || *here < *least)) least = here;
        if (below.empty()) return least;
        below = below.substr(0, below.rfind('/'));
    }
}

} // namespace

std::optional<double> cpu_quota(std::string_view self_cgroup, std::string_view mountinfo,
                                const std::string& root_dir) {
    const cpu_group group = find_group(self_cgroup);
    if (group.path.empty()) return std::nullopt;
    while (const auto line = cut_line(mountinfo)) {
        const auto m = parse_mount(*line);
        if (!m || m->type != (group.is_v1 ? "cgroup" : "cgroup2")) continue;
        if (group.is_v1 && !names_cpu(m->super_options)) continue;
        if (const auto below = path_below(group.path, m->root)) {
            return tightest(root_dir + m->point, *below, group.is_v1);
        }
    }
    return std::nullopt;
}

int cpus_from(int affinity, std::optional<double> quota) {
    if (!quota) return affinity;
    // Compared as numbers of double: a quota can be far beyond an int.
    const double rounded = std::max(std::ceil(*quota), 2.0);
    return rounded < affinity ? static_cast<int>(rounded) : affinity;
}

int cpus_in_affinity() {
    // The kernel refuses a mask smaller than its own, whose size it does not tell.
    for (std::size_t cpus = 1024; cpus <= std::size_t{1} << 20; cpus *= 2) {
        std::vector<unsigned long> mask(cpus / (8 * sizeof(unsigned long)));
        auto* const set = reinterpret_cast<cpu_set_t*>(mask.data());
        if (::sched_getaffinity(0, cpus / 8, set) == 0) {
            return std::max(CPU_COUNT_S(cpus / 8, set), 1);
        }
    }
    return 1;
}

int cpus_allowed() {
    constexpr std::size_t table_bytes_max = std::size_t{16} << 20; // hosts with 10,000s of mounts
    const auto quota = cpu_quota(read_file("/proc/self/cgroup", table_bytes_max),
                                 read_file("/proc/self/mountinfo", table_bytes_max), "");
    return cpus_from(cpus_in_affinity(), quota);
}

procs_setting procs_from_env(const char* gofer_procs, const char* gomaxprocs) {
    const auto is_set = [](const char* value) { return value != nullptr && *value != '\0'; };
    if (!is_set(gofer_procs) && !is_set(gomaxprocs)) return {};
    const std::string name = is_set(gofer_procs) ? "GOFER_PROCS" : "GOMAXPROCS";
    const std::string_view value = is_set(gofer_procs) ? gofer_procs : gomaxprocs;
    int procs = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), procs);
    if (error == std::errc() && end == value.data() + value.size() && procs >= 1 &&
        procs <= procs_max) {
        return {procs, {}};
    }
    return {0, name + "=" + std::string(value) + ": not a whole number from 1 to " +
                   std::to_string(procs_max) + "; unset it or give one, as in " + name + "=4"};
}

procs_setting procs_from_env() {
    return procs_from_env(std::getenv("GOFER_PROCS"), std::getenv("GOMAXPROCS"));
}

} // namespace gofer::rt
