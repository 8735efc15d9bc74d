// SPDX-License-Identifier: Apache-2.0
//
// A select that is left parked when the runtime ends: it is reported, and whoever uses its channels
// later passes over its waiters.
#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/fixture.hpp"
#include "support/parked.hpp"

namespace {

using gofer::chan;
using gofer::chan_status;
using gofer::make_chan;
using gofer::recv_into;
using gofer::select;
using gofer::send_from;
using namespace std::chrono_literals;

/// Runs a runtime that ends while `body()`, named "selecting", is parked. Gives the report.
template <class Body>
std::string report_of_leaving(Body body) {
    ::testing::internal::CaptureStderr();
    gofer::options o;
    o.procs = gofer_test::procs_of_test();
    o.grace = 20ms;
    const int code = gofer::run(o, [&] {
        gofer::go({.name = "selecting"}, body);
        EXPECT_TRUE(gofer_test::wait_until_quiet());
    });
    EXPECT_EQ(code, 3);
    return ::testing::internal::GetCapturedStderr();
}

TEST(left_behind, is_reported_with_its_state) {
    const auto a = make_chan<int>();
    const auto b = make_chan<int>();
    const std::string report = report_of_leaving([=] {
        int v = 0;
        select(recv_into(a, v), send_from(b, 1));
    });
    EXPECT_NE(report.find("selecting"), std::string::npos) << report;
    EXPECT_NE(report.find("[select"), std::string::npos) << report;
    EXPECT_EQ(report.find("no cases"), std::string::npos) << report;
}

TEST(left_behind, one_without_cases_is_reported_as_such) {
    const std::string report = report_of_leaving([] { select(); });
    EXPECT_NE(report.find("select (no cases)"), std::string::npos) << report;
    const std::string of_nil = report_of_leaving([] {
        const chan<int> nil;
        int v = 0;
        select(recv_into(nil, v), send_from(nil, 1));
    });
    EXPECT_NE(of_nil.find("select (no cases)"), std::string::npos) << of_nil;
}

TEST(left_behind, its_waiters_are_passed_over_by_later_operations) {
    const auto a = make_chan<int>();
    const auto b = make_chan<int>();
    const auto buffered = make_chan<int>(1);
    report_of_leaving([=] {
        int v = 0;
        select(recv_into(a, v), send_from(b, 1), recv_into(buffered, v), recv_into(a, v));
    });
    // From a plain thread, without a runtime.
    int v = 7;
    EXPECT_EQ(a.try_send(1), chan_status::full);
    EXPECT_EQ(b.try_recv(v), chan_status::empty);
    EXPECT_EQ(buffered.try_send(1), chan_status::ok);
    EXPECT_EQ(buffered.try_recv(v), chan_status::ok);
    EXPECT_EQ(v, 1);
    // And in the next runtime.
    gofer_test::run_test([=] {
        gofer::go([=] { a.send(2); });
        gofer::go([=] { b.send(3); });
        EXPECT_EQ(a.recv(), 2);
        EXPECT_EQ(b.recv(), 3);
        a.close();
        b.close();
    });
}

TEST(left_behind, one_with_an_end_in_time_never_wakes) {
    const auto a = make_chan<int>();
    report_of_leaving([=] {
        int v = 0;
        select(recv_into(a, v), gofer::timeout(100ms));
        ADD_FAILURE() << "a goroutine of an ended runtime went on";
    });
    gofer_test::run_test([] { gofer::sleep(120ms); }); // its moment passes in the next runtime
    EXPECT_EQ(a.try_send(1), chan_status::full);
}

} // namespace
