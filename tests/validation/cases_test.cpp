// Every folder under cases is a test: in.json (over base.json) goes in, want.json must come out.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "../support/cases.hpp"
#include "world.hpp"

namespace crossdock::validation {
namespace {

using cases::matches;
using nlohmann::json;
namespace fs = std::filesystem;

std::vector<std::string> folders() { return cases::folders("validation"); }

class Case : public testing::TestWithParam<std::string> {};

TEST_P(Case, gives_what_is_wanted) {
  std::ifstream file(GetParam() + "/want.json");
  const auto want = json::parse(file);
  ASSERT_TRUE(want.contains("decision") && want.contains("findings")) << "a case says both";
  const World world(case_over_base(GetParam()));
  const auto got = outcome(world);
  std::string difference;
  EXPECT_TRUE(matches(want, got, "", difference)) << difference << "\n" << got.dump(1);
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  auto name = fs::path(info.param).filename().string();
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Validation, Case, testing::ValuesIn(folders()), name_of);

/// The table of codes and the cases know each other: no code without a case that makes it.
TEST(Cases, make_every_finding_of_the_table) {
  std::set<std::string> made;
  for (const auto& folder : folders()) {
    std::ifstream file(folder + "/want.json");
    const auto want = json::parse(file);
    for (const auto& finding : want["findings"]) made.insert(finding["code"]);
  }
  for (const auto& rule : finding_rules()) EXPECT_TRUE(made.count(std::string(rule.code))) << rule.code;
}

/// Negative control: the comparison sees a wrong decision, a missing and an unwanted finding.
TEST(Cases, negative_control_a_wrong_want_fails) {
  const World world(case_over_base(std::string(CROSSDOCK_ROOT) + "/tests/validation/cases/item_blocked"));
  const auto got = outcome(world);
  std::string difference;
  EXPECT_TRUE(matches(json{{"decision", "reject"}}, got, "", difference));
  EXPECT_FALSE(matches(json{{"decision", "accept"}}, got, "", difference));
  EXPECT_FALSE(matches(json{{"findings", json::array()}}, got, "", difference));
  EXPECT_FALSE(matches(json{{"findings", {{{"code", "item.unknown"}}}}}, got, "", difference));
}

}  // namespace
}  // namespace crossdock::validation
