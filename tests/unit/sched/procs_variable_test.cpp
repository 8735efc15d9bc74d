// SPDX-License-Identifier: Apache-2.0
//
// GOFER_PROCS and GOMAXPROCS: how many contexts a runtime starts with.
#include <cstdlib>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "support/fixture.hpp"

namespace {

using gofer_test::text_of;

/// Sets a variable of the environment, or unsets it, for one scope.
class variable {
public:
    variable(const char* name, const char* value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        set(value);
    }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;
    ~variable() { set(old_ ? old_->c_str() : nullptr); }

private:
    void set(const char* value) {
        if (value == nullptr) {
            unsetenv(name_);
        } else {
            setenv(name_, value, 1);
        }
    }

    const char* name_;
    std::optional<std::string> old_;
};

int procs_of_a_run() {
    return gofer::run([] { return gofer::gomaxprocs(0); });
}

TEST(procs_variable, gofer_procs_says_how_many_contexts_there_are) {
    const variable gofer_procs("GOFER_PROCS", "3");
    const variable gomaxprocs("GOMAXPROCS", nullptr);
    EXPECT_EQ(procs_of_a_run(), 3);
}

TEST(procs_variable, gomaxprocs_is_honoured_where_gofer_procs_is_not_set) {
    const variable gofer_procs("GOFER_PROCS", nullptr);
    const variable gomaxprocs("GOMAXPROCS", "5");
    EXPECT_EQ(procs_of_a_run(), 5);
}

TEST(procs_variable, gofer_procs_wins_over_gomaxprocs) {
    const variable gofer_procs("GOFER_PROCS", "3");
    const variable gomaxprocs("GOMAXPROCS", "5");
    EXPECT_EQ(procs_of_a_run(), 3);
}

TEST(procs_variable, options_win_over_both) {
    const variable gofer_procs("GOFER_PROCS", "3");
    gofer::options o;
    o.procs = 4;
    EXPECT_EQ(gofer::run(o, [] { return gofer::gomaxprocs(0); }), 4);
}

TEST(procs_variable, without_any_there_are_as_many_as_cpus) {
    const variable gofer_procs("GOFER_PROCS", nullptr);
    const variable gomaxprocs("GOMAXPROCS", nullptr);
    EXPECT_EQ(procs_of_a_run(), gofer::num_cpu());
}

TEST(procs_variable, a_bad_gofer_procs_is_an_error_that_quotes_it) {
    for (const char* bad : {"abc", "0", "-1", "3x", "1025", "99999999999999999999", "1.5"}) {
        const variable gofer_procs("GOFER_PROCS", bad);
        const auto text = text_of<gofer::usage_error>([] { static_cast<void>(procs_of_a_run()); });
        EXPECT_NE(text.find("GOFER_PROCS"), std::string::npos) << text;
        EXPECT_NE(text.find(bad), std::string::npos) << text;
    }
}

} // namespace
