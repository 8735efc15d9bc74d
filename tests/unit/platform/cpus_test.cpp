// SPDX-License-Identifier: Apache-2.0
//
// How many processors a process may use: control groups on a made-up file system, the environment.
#include "platform/cpus.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <sched.h>

namespace gofer::rt {
namespace {

namespace fs = std::filesystem;

constexpr const char* v2_mount =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* v1_mounts =
    "32 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
    "34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n";

class quota_test : public testing::Test {
protected:
    quota_test() {
        std::string name = (fs::temp_directory_path() / "gofer_cpus_XXXXXX").string();
        if (mkdtemp(name.data()) != nullptr) root = name;
    }
    ~quota_test() override {
        if (!root.empty()) fs::remove_all(root);
    }
    void SetUp() override { ASSERT_FALSE(root.empty()) << "no temporary folder"; }

    void write(const std::string& path, const std::string& text) const {
        const fs::path file = root + path;
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    void write_v1(const std::string& folder, const std::string& quota,
                  const std::string& period) const {
        write(folder + "/cpu.cfs_quota_us", quota);
        write(folder + "/cpu.cfs_period_us", period);
    }
    std::optional<double> quota(std::string_view cgroup, std::string_view mounts) const {
        return cpu_quota(cgroup, mounts, root);
    }

    std::string root;
};

TEST_F(quota_test, v2_reads_the_group_of_the_process) {
    write("/sys/fs/cgroup/a/cpu.max", "150000 100000\n");
    EXPECT_EQ(quota("0::/a\n", v2_mount), 1.5);
}

TEST_F(quota_test, v2_max_means_no_limit) {
    write("/sys/fs/cgroup/a/cpu.max", "max 100000\n");
    EXPECT_EQ(quota("0::/a\n", v2_mount), std::nullopt);
}

TEST_F(quota_test, the_tightest_ancestor_counts) {
    write("/sys/fs/cgroup/a/cpu.max", "800000 100000\n");
    write("/sys/fs/cgroup/a/b/cpu.max", "300000 100000\n");
    write("/sys/fs/cgroup/a/b/c/cpu.max", "500000 100000\n");
    write("/sys/fs/cgroup/a/b/c/d/cpu.max", "max 100000\n");
    EXPECT_EQ(quota("0::/a/b/c/d\n", v2_mount), 3.0);
    EXPECT_EQ(quota("0::/a\n", v2_mount), 8.0);
}

TEST_F(quota_test, periods_of_ancestors_may_differ) {
    write("/sys/fs/cgroup/a/cpu.max", "50000 10000\n"); // 5
    write("/sys/fs/cgroup/a/b/cpu.max", "400000 100000\n");
    EXPECT_EQ(quota("0::/a/b\n", v2_mount), 4.0);
}

TEST_F(quota_test, the_mount_point_itself_is_an_ancestor) {
    write("/sys/fs/cgroup/cpu.max", "200000 100000\n"); // a container sees its own group there
    EXPECT_EQ(quota("0::/\n", v2_mount), 2.0);
    EXPECT_EQ(quota("0::/a\n", v2_mount), 2.0);
}

TEST_F(quota_test, v1_reads_quota_and_period_of_all_ancestors) {
    write_v1("/sys/fs/cgroup/cpu,cpuacct", "-1\n", "100000\n");
    write_v1("/sys/fs/cgroup/cpu,cpuacct/a", "250000\n", "100000\n");
    write_v1("/sys/fs/cgroup/cpu,cpuacct/a/b", "-1\n", "100000\n");
    EXPECT_EQ(quota("5:memory:/x\n4:cpu,cpuacct:/a/b\n", v1_mounts), 2.5);
}

TEST_F(quota_test, v1_minus_one_means_no_limit) {
    write_v1("/sys/fs/cgroup/cpu,cpuacct/a", "-1\n", "100000\n");
    EXPECT_EQ(quota("4:cpu,cpuacct:/a\n", v1_mounts), std::nullopt);
}

TEST_F(quota_test, cpuset_and_cpuacct_are_not_cpu) {
    write_v1("/sys/fs/cgroup/cpuset/a", "100000\n", "100000\n");
    EXPECT_EQ(quota("3:cpuset:/a\n2:cpuacct:/a\n", v1_mounts), std::nullopt);
}

TEST_F(quota_test, in_a_hybrid_the_v1_controller_wins) {
    const std::string mounts =
        std::string(v1_mounts) + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
    write_v1("/sys/fs/cgroup/cpu,cpuacct/one", "300000\n", "100000\n");
    write("/sys/fs/cgroup/unified/two/cpu.max", "100000 100000\n");
    EXPECT_EQ(quota("4:cpu,cpuacct:/one\n0::/two\n", mounts), 3.0);
    EXPECT_EQ(quota("0::/two\n4:cpu,cpuacct:/one\n", mounts), 3.0);
    EXPECT_EQ(quota("4:memory:/one\n0::/two\n", mounts), 1.0);
}

TEST_F(quota_test, escaped_characters_of_mount_points_are_undone) {
    write("/mnt/my cgroup\\x/a/cpu.max", "300000 100000\n");
    EXPECT_EQ(quota("0::/a\n", "30 23 0:26 / /mnt/my\\040cgroup\\134x rw - cgroup2 c rw\n"), 3.0);
}

TEST_F(quota_test, escaped_characters_of_mount_roots_are_undone) {
    write("/mnt/leaf/cpu.max", "300000 100000\n");
    EXPECT_EQ(quota("0::/a b/leaf\n", "30 23 0:26 /a\\040b /mnt rw - cgroup2 c rw\n"), 3.0);
}

TEST_F(quota_test, bad_escapes_disable_their_line_only) {
    write("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
    for (const char* bad : {"\\", "\\0", "\\04", "\\08x", "\\777", "\\xyz", "\\ 40"}) {
        const std::string line =
            std::string("29 23 0:26 / /mnt") + bad + " rw - cgroup2 cgroup2 rw\n";
        EXPECT_EQ(quota("0::/a\n", line + v2_mount), 3.0) << bad;
        EXPECT_EQ(quota("0::/a\n", line), std::nullopt) << bad;
    }
}

TEST_F(quota_test, a_mount_of_a_subfolder_shows_what_is_below_it) {
    write("/mnt/pod/cpu.max", "300000 100000\n");
    write("/mnt/cpu.max", "400000 100000\n");
    const char* mounts = "30 23 0:26 /kube /mnt rw master:1 propagate_from:2 - cgroup2 c rw\n";
    EXPECT_EQ(quota("0::/kube/pod\n", mounts), 3.0);
    EXPECT_EQ(quota("0::/kube\n", mounts), 4.0);
    EXPECT_EQ(quota("0::/kubelet/pod\n", mounts), std::nullopt) << "the same letters, other folder";
}

TEST_F(quota_test, the_first_mount_that_shows_the_group_counts) {
    write("/mnt/cpu.max", "100000 100000\n");
    write("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
    EXPECT_EQ(
        quota("0::/a\n", std::string("29 23 0:26 /other /mnt rw - cgroup2 c rw\n") + v2_mount),
        3.0);
}

TEST_F(quota_test, groups_outside_of_the_namespace_are_out_of_reach) {
    write("/sys/fs/cgroup/cpu.max", "300000 100000\n");
    EXPECT_EQ(quota("0::/../../init\n", v2_mount), std::nullopt);
    EXPECT_EQ(quota("0::/..\n", v2_mount), std::nullopt);
    EXPECT_EQ(quota("0::/..hidden\n", v2_mount), 3.0) << "a name that begins with two dots";
}

TEST_F(quota_test, malformed_limits_count_as_none) {
    for (const char* bad :
         {"", "\n", "100000", "100000\n", "abc 100000\n", "100000 abc\n", "100000 0\n",
          "0 100000\n", "-5 100000\n", "100000 -5\n", " 100000 100000\n", "100000  100000\n",
          "99999999999999999999999 100000\n", "100000 100000 7\n", "1e5 100000\n", "max\n"}) {
        write("/sys/fs/cgroup/a/cpu.max", bad);
        EXPECT_EQ(quota("0::/a\n", v2_mount), std::nullopt) << '"' << bad << '"';
        write("/sys/fs/cgroup/cpu.max", "400000 100000\n");
        EXPECT_EQ(quota("0::/a\n", v2_mount), 4.0) << "the ancestor still counts: " << bad;
        write("/sys/fs/cgroup/cpu.max", "max 100000\n");
    }
}

TEST_F(quota_test, malformed_v1_limits_count_as_none) {
    for (const char* bad : {"", "\n", "x\n", "1 2\n", "0\n", "99999999999999999999\n"}) {
        write_v1("/sys/fs/cgroup/cpu,cpuacct/a", bad, "100000\n");
        EXPECT_EQ(quota("4:cpu,cpuacct:/a\n", v1_mounts), std::nullopt) << bad;
        write_v1("/sys/fs/cgroup/cpu,cpuacct/a", "100000\n", bad);
        EXPECT_EQ(quota("4:cpu,cpuacct:/a\n", v1_mounts), std::nullopt) << bad;
    }
}

TEST_F(quota_test, malformed_tables_do_no_harm) {
    write("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
    for (const char* bad :
         {"", "\n", "\n\n\n", ":", "::", "0:", "0::", "0::a\n", "x", "0 0 0 0",
          "30 23 0:26 / /sys/fs/cgroup rw cgroup2 cgroup2 rw\n",
          "30 23 0:26 / /sys/fs/cgroup rw - cgroup2\n", "30 23 0:26 / sys rw - cgroup2 c rw\n",
          "30 23 0:26\n", " - ", "- - -"}) {
        EXPECT_EQ(quota("0::/a\n", bad), std::nullopt) << bad;
        EXPECT_EQ(quota("0::/a\n", bad + ("\n" + std::string(v2_mount))), 3.0) << bad;
        EXPECT_EQ(quota(bad, v2_mount), std::nullopt) << bad;
        EXPECT_EQ(quota(bad + std::string("\n0::/a\n"), v2_mount), 3.0) << bad;
    }
}

TEST_F(quota_test, every_prefix_of_the_tables_is_survived) {
    write("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
    const std::string cgroup = "4:cpu,cpuacct:/b\n0::/a\n";
    const std::string mounts = std::string(v1_mounts) + v2_mount;
    for (std::size_t i = 0; i <= cgroup.size(); ++i) {
        for (std::size_t k = 0; k <= mounts.size(); ++k) {
            const auto q = quota(cgroup.substr(0, i), mounts.substr(0, k));
            ASSERT_TRUE(!q || *q == 3.0) << i << ' ' << k;
        }
    }
}

TEST_F(quota_test, missing_final_newlines_do_not_matter) {
    write("/sys/fs/cgroup/a/cpu.max", "300000 100000");
    std::string mounts = v2_mount;
    mounts.pop_back();
    EXPECT_EQ(quota("0::/a", mounts), 3.0);
}

TEST(cpus_from, rounds_a_quota_up) {
    EXPECT_EQ(cpus_from(16, 2.5), 3);
    EXPECT_EQ(cpus_from(16, 3.0), 3);
    EXPECT_EQ(cpus_from(16, 3.01), 4);
}

TEST(cpus_from, gives_at_least_two_where_there_are_two) {
    EXPECT_EQ(cpus_from(16, 0.1), 2);
    EXPECT_EQ(cpus_from(16, 1.0), 2);
    EXPECT_EQ(cpus_from(2, 0.5), 2);
    EXPECT_EQ(cpus_from(1, 0.5), 1);
}

TEST(cpus_from, never_exceeds_the_affinity) {
    EXPECT_EQ(cpus_from(4, 8.0), 4);
    EXPECT_EQ(cpus_from(4, 1e18), 4);
    EXPECT_EQ(cpus_from(4, std::nullopt), 4);
}

TEST(cpus_allowed, follows_the_affinity_of_the_process) {
    cpu_set_t before;
    ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    EXPECT_EQ(cpus_in_affinity(), CPU_COUNT(&before));
    EXPECT_GE(cpus_allowed(), 1);
    EXPECT_LE(cpus_allowed(), CPU_COUNT(&before));
    int first = 0;
    while (!CPU_ISSET(first, &before)) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(cpus_in_affinity(), 1);
    EXPECT_EQ(cpus_allowed(), 1);
    ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

TEST(procs_from_env, nothing_set_asks_for_nothing) {
    const procs_setting s = procs_from_env(nullptr, nullptr);
    EXPECT_EQ(s.procs, 0);
    EXPECT_EQ(s.error, "");
    EXPECT_EQ(procs_from_env("", "").procs, 0);
    EXPECT_EQ(procs_from_env("", "").error, "");
}

TEST(procs_from_env, gofer_procs_wins_over_gomaxprocs) {
    EXPECT_EQ(procs_from_env("3", "5").procs, 3);
    EXPECT_EQ(procs_from_env(nullptr, "5").procs, 5);
    EXPECT_EQ(procs_from_env("", "5").procs, 5);
    EXPECT_EQ(procs_from_env("3", "nonsense").procs, 3);
    EXPECT_EQ(procs_from_env("3", "nonsense").error, "");
}

TEST(procs_from_env, the_limits_are_1_and_1024) {
    EXPECT_EQ(procs_from_env("1", nullptr).procs, 1);
    EXPECT_EQ(procs_from_env("1024", nullptr).procs, 1024);
    for (const char* bad : {"0", "1025", "-1", "+2", " 2", "2 ", "2.0", "0x2", "two", "4,5",
                            "99999999999999999999"}) {
        EXPECT_EQ(procs_from_env(bad, nullptr).procs, 0) << bad;
        EXPECT_NE(procs_from_env(bad, nullptr).error, "") << bad;
        EXPECT_NE(procs_from_env(nullptr, bad).error, "") << bad;
    }
}

TEST(procs_from_env, an_error_says_what_where_and_how_to_mend_it) {
    EXPECT_EQ(procs_from_env("abc", nullptr).error,
              "GOFER_PROCS=abc: not a whole number from 1 to 1024; unset it or give one, as in "
              "GOFER_PROCS=4");
    EXPECT_EQ(procs_from_env(nullptr, "0").error,
              "GOMAXPROCS=0: not a whole number from 1 to 1024; unset it or give one, as in "
              "GOMAXPROCS=4");
}

TEST(procs_from_env, reads_this_process_s_environment) {
    setenv("GOFER_PROCS", "7", 1);
    EXPECT_EQ(procs_from_env().procs, 7);
    unsetenv("GOFER_PROCS");
    setenv("GOMAXPROCS", "9", 1);
    EXPECT_EQ(procs_from_env().procs, 9);
    unsetenv("GOMAXPROCS");
    EXPECT_EQ(procs_from_env().procs, 0);
}

} // namespace
} // namespace gofer::rt
