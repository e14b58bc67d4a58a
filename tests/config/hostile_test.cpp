// The YAML reader against hostile texts: bombs, depth, encodings, size. None may crash, hang or be believed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "config/yaml.hpp"

namespace crossdock::config {
namespace {

using ::testing::HasSubstr;

Problems problems_of(const std::string& text) {
  Problems problems;
  (void)read_yaml(std::make_shared<Source>("in.yaml", text), problems);
  return problems;
}

std::string first(const std::string& text) {
  const Problems problems = problems_of(text);
  return problems.empty() ? "" : problems[0].message;
}

std::string repeated(const std::string& what, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += what;
  return out;
}

TEST(Hostile, depth_is_a_problem_and_not_a_crash) {
  EXPECT_THAT(first(repeated("[", 500'000)), HasSubstr("nested deeper"));
  EXPECT_THAT(first(repeated("{a: ", 100'000)), HasSubstr("nested deeper"));
  EXPECT_THAT(first("a: " + repeated("[", 40) + repeated("]", 40)), HasSubstr("nested deeper"));
  EXPECT_THAT(first(repeated("- ", 100'000) + "x"), HasSubstr("nested deeper"));
  EXPECT_THAT(first(repeated("? ", 100'000) + "x"), HasSubstr("nested deeper"));
  std::string stairs;
  for (std::size_t i = 0; i < 500; ++i) stairs += repeated(" ", i) + "a:\n";
  EXPECT_THAT(first(stairs), HasSubstr("nested deeper"));
  EXPECT_EQ(first("a: " + repeated("[", 30) + repeated("]", 30)), "");
}

TEST(Hostile, an_alias_bomb_is_refused_at_once) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i > 0 ? ", " : "") + "*" + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  const Problems problems = problems_of(bomb);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].message, "anchors are not allowed");
  EXPECT_LE(problems.size(), most_problems + 1);
}

TEST(Hostile, size_and_encoding) {
  EXPECT_THAT(first(std::string((1 << 20) + 1, 'a')), HasSubstr("larger than 1 MiB"));
  EXPECT_THAT(first(std::string("a: \0b", 5)), HasSubstr("control character"));
  EXPECT_THAT(first("a: \x1b[2J"), HasSubstr("control character"));
  EXPECT_THAT(first("a: \xC3\x28"), HasSubstr("not UTF-8"));
  EXPECT_THAT(first("a: \xED\xA0\x80"), HasSubstr("not UTF-8"));
  EXPECT_THAT(first(std::string("\xFF\xFE"
                                "a\0:\0",
                                6)),
              HasSubstr("not UTF-8"))
      << "UTF-16";
}

TEST(Hostile, many_keys_take_linear_time) {
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += "k" + std::to_string(i) + ": v\n";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(problems_of(text).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Hostile, random_damage_never_crashes) {
  const std::string seed = "a: {b: [1, \"x\", 'y'], c: !env X}\nd:\n  - e: |\n      text\n  - ? f\n    : g\nh: >-\n  folded\n";
  std::mt19937 random(1);  // NOLINT: the same every time
  std::size_t wrong = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = seed;
    for (int n = 0; n < 3; ++n) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = "[]{}:,-?&*!|>'\"%@#\n\t "[random() % 22];
          break;
        case 1:
          text.erase(at, 1 + random() % 4);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), 5));
          break;
      }
    }
    if (!problems_of(text).empty()) ++wrong;
  }
  EXPECT_GT(wrong, 1000U);
}

TEST(Positions, count_characters_and_lines) {
  Problems problems;
  const auto root = read_yaml(
      std::make_shared<Source>("in.yaml", "\xC3\xA9t\xC3\xA9: 1\r\nb:\r\n  \xE2\x82\xAC: [x, \"\xE2\x82\xAC\xE2\x82\xAC\", z]\r\n"),
      problems);
  ASSERT_TRUE(root && problems.empty());
  EXPECT_EQ(root->find("\xC3\xA9t\xC3\xA9")->at.column, 6);
  const Node* list = root->find("b")->find("\xE2\x82\xAC");
  EXPECT_EQ(list->at.line, 3);
  EXPECT_EQ(list->children[2].at.column, 16);
}

}  // namespace
}  // namespace crossdock::config
