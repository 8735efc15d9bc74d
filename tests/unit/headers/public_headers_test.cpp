// SPDX-License-Identifier: Apache-2.0
//
// The rules of the public headers that no compiler checks: they include the standard library and
// each other and nothing else, and gofer.hpp has them all. That each compiles alone is checked by
// the target header_check.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "gofer/gofer.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> headers() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(GOFER_INCLUDE_DIR)) {
        if (entry.path().extension() == ".hpp") found.push_back(entry.path());
    }
    return found;
}

std::vector<std::string> includes_of(const fs::path& header) {
    static const std::regex include(R"(\s*#\s*include\s*([<"][^>"]+[>"]).*)");
    std::vector<std::string> found;
    std::ifstream file(header);
    for (std::string line; std::getline(file, line);) {
        std::smatch match;
        if (std::regex_match(line, match, include)) found.push_back(match[1]);
    }
    return found;
}

TEST(public_headers, include_only_each_other_and_the_standard_library) {
    ASSERT_FALSE(headers().empty());
    // <cxxabi.h> is libstdc++'s own: abi::__forced_unwind has no other home.
    static const std::regex allowed(R"("gofer/[a-z_/]+\.hpp"|<[a-z_]+>|<cxxabi\.h>)");
    for (const auto& header : headers()) {
        for (const std::string& include : includes_of(header)) {
            EXPECT_TRUE(std::regex_match(include, allowed)) << header << " includes " << include;
        }
    }
}

TEST(public_headers, are_all_reached_from_gofer_hpp) {
    std::set<std::string> reached;
    std::vector<std::string> open{"gofer/gofer.hpp"};
    while (!open.empty()) {
        const std::string header = open.back();
        open.pop_back();
        if (!reached.insert(header).second) continue;
        for (const std::string& include : includes_of(fs::path(GOFER_INCLUDE_DIR) / header)) {
            if (include[0] == '"') open.push_back(include.substr(1, include.size() - 2));
        }
    }
    for (const auto& header : headers()) {
        const std::string name = fs::relative(header, GOFER_INCLUDE_DIR);
        EXPECT_TRUE(reached.contains(name)) << name << " is not reached";
    }
}

TEST(public_headers, begin_with_their_licence_and_pragma_once) {
    for (const auto& header : headers()) {
        std::ifstream file(header);
        std::string first;
        std::getline(file, first);
        EXPECT_EQ(first, "// SPDX-License-Identifier: Apache-2.0") << header;
        const std::string rest(std::istreambuf_iterator<char>(file), {});
        EXPECT_NE(rest.find("#pragma once"), std::string::npos) << header;
    }
}

} // namespace
