// Every folder under cases is a test: in.json (over base.json) goes in, want.json must come out.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "world.hpp"

namespace crossdock::validation {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// Every member of `want` stands in `got` with that value; lists have the same length. What `want` does not name may be anything.
bool matches(const json& want, const json& got, const std::string& at, std::string& difference) {
  if (want.is_object() && got.is_object()) {
    for (const auto& [name, value] : want.items()) {
      if (!got.contains(name)) {
        difference = at + "/" + name + " is missing";
        return value.is_null();
      }
      if (!matches(value, got[name], at + "/" + name, difference)) return false;
    }
    return true;
  }
  if (want.is_array() && got.is_array() && want.size() == got.size()) {
    for (std::size_t i = 0; i < want.size(); ++i) {
      if (!matches(want[i], got[i], at + "/" + std::to_string(i), difference)) return false;
    }
    return true;
  }
  if (want == got) return true;
  difference = at + ": want " + want.dump() + ", got " + got.dump();
  return false;
}

std::vector<std::string> folders() {
  std::vector<std::string> all;
  for (const auto& entry : fs::directory_iterator(std::string(CROSSDOCK_ROOT) + "/tests/validation/cases")) {
    if (entry.is_directory()) all.push_back(entry.path().string());
  }
  std::sort(all.begin(), all.end());
  return all;
}

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
