// cases/<document>/<name>: in.json, and want.json (the document written again), want.mistakes.json (all of them, in any order; `pointer`,
// `code`, and `suggestion` where there is one) or want.malformed.json (`line`, `column`).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "shapes_by_name.hpp"

namespace crossdock::test {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string canonical(const std::string& text) {
  json::Document document;
  if (const auto malformed = document.parse(text)) return "malformed: " + malformed->message;
  std::string out;
  json::append_canonical(document.root(), out);
  return out;
}

struct Case {
  std::string document;
  fs::path folder;
};

std::vector<Case> documents_only(std::vector<Case> cases) {
  std::erase_if(cases, [](const Case& one) { return !fs::exists(one.folder / "want.json"); });
  return cases;
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto& document : fs::directory_iterator(fs::path(CROSSDOCK_ROOT) / "tests/model/cases"))
    for (const auto& folder : fs::directory_iterator(document.path())) cases.push_back({document.path().filename(), folder.path()});
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.folder < b.folder; });
  return cases;
}

std::string line_of(std::string_view pointer, std::string_view code, std::string_view suggestion) {
  std::string line = std::string(code) + " " + std::string(pointer);
  return suggestion.empty() ? line : line + " -> " + std::string(suggestion);
}

std::vector<std::string> lines_of(const Mistakes& mistakes) {
  std::vector<std::string> lines;
  for (const Mistake& mistake : mistakes) lines.push_back(line_of(mistake.pointer, mistake.code, mistake.suggestion));
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> wanted_lines(const std::string& text) {
  json::Document document;
  EXPECT_FALSE(document.parse(text));
  std::vector<std::string> lines;
  const auto member = [](json::View mistake, std::string_view name) {
    const auto found = mistake.find(name);
    return found ? std::string(found->text()) : std::string();
  };
  for (const json::View mistake : document.root().children())
    lines.push_back(line_of(member(mistake, "pointer"), member(mistake, "code"), member(mistake, "suggestion")));
  std::sort(lines.begin(), lines.end());
  return lines;
}

void PrintTo(const Case& one, std::ostream* out) { *out << one.folder; }

class DocumentCase : public testing::TestWithParam<Case> {};
class GoodCase : public testing::TestWithParam<Case> {};

TEST_P(DocumentCase, IsReadAsWanted) {
  const auto& [document, folder] = GetParam();
  ASSERT_TRUE(readers().contains(document)) << "no document of that name";
  const Read read = readers().at(document)(text_of(folder / "in.json"));
  if (fs::exists(folder / "want.json")) {
    ASSERT_EQ(lines_of(read.mistakes), std::vector<std::string>{});
    ASSERT_FALSE(read.malformed) << read.malformed->message;
    EXPECT_EQ(canonical(read.json), canonical(text_of(folder / "want.json")));
  } else if (fs::exists(folder / "want.malformed.json")) {
    ASSERT_TRUE(read.malformed);
    const std::string at =
        R"({"line":)" + std::to_string(read.malformed->line) + R"(,"column":)" + std::to_string(read.malformed->column) + "}";
    EXPECT_EQ(canonical(at), canonical(text_of(folder / "want.malformed.json")));
  } else {
    ASSERT_TRUE(fs::exists(folder / "want.mistakes.json")) << "a case says what it wants";
    EXPECT_EQ(lines_of(read.mistakes), wanted_lines(text_of(folder / "want.mistakes.json")));
    for (const Mistake& mistake : read.mistakes) EXPECT_FALSE(mistake.detail.empty());
  }
}

// What a document is written as is read as the same document.
TEST_P(GoodCase, RoundTrips) {
  const auto& [document, folder] = GetParam();
  const Read read = readers().at(document)(text_of(folder / "in.json"));
  const Read again = readers().at(document)(read.json);
  ASSERT_EQ(lines_of(again.mistakes), std::vector<std::string>{});
  EXPECT_EQ(again.json, read.json);
  EXPECT_EQ(again.canonical, read.canonical);
}

std::string name_of_case(const testing::TestParamInfo<Case>& info) {
  return info.param.document + "__" + info.param.folder.filename().string();
}

INSTANTIATE_TEST_SUITE_P(Cases, DocumentCase, testing::ValuesIn(all_cases()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Cases, GoodCase, testing::ValuesIn(documents_only(all_cases())), name_of_case);

TEST(Cases, AreMany) { EXPECT_GE(all_cases().size(), 80U); }

}  // namespace
}  // namespace crossdock::test
