// The cases of cases/json, one a line, and random mutations of them, judged by their file and by nlohmann.
#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "json_oracle.hpp"

namespace crossdock::json {
namespace {

struct Case {
  std::string text, canonical;
};

std::string decoded(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '%') {
      out += line[i];
      continue;
    }
    out += static_cast<char>(std::stoi(std::string(line.substr(i + 1, 2)), nullptr, 16));
    i += 2;
  }
  return out;
}

std::vector<Case> cases(const std::string& name) {
  std::ifstream file(CROSSDOCK_ROOT "/tests/base/cases/json/" + name);
  std::vector<Case> out;
  constexpr std::string_view arrow = " ==> ";
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("# ")) continue;
    const std::size_t at = line.find(arrow);
    const bool judged = at != std::string::npos;
    out.push_back({decoded(std::string_view(line).substr(0, at)), judged ? decoded(std::string_view(line).substr(at + arrow.size())) : ""});
  }
  return out;
}

TEST(JsonCases, TakesWhatIsJson) {
  const auto all = cases("accept.txt");
  ASSERT_GT(all.size(), 150U);
  Document document;
  for (const Case& c : all) {
    const auto malformed = document.parse(c.text);
    ASSERT_FALSE(malformed) << c.text << ": " << malformed->message;
    if (c.canonical.empty()) continue;
    std::string canonical;
    append_canonical(document.root(), canonical);
    EXPECT_EQ(canonical, c.canonical) << c.text;
  }
}

TEST(JsonCases, RefusesWhatIsNot) {
  const auto all = cases("reject.txt");
  ASSERT_GT(all.size(), 300U);
  Document document;
  for (const Case& c : all) {
    const auto malformed = document.parse(c.text);
    ASSERT_TRUE(malformed) << c.text;
    EXPECT_LE(malformed->offset, c.text.size()) << c.text;
    EXPECT_FALSE(malformed->message.empty()) << c.text;
  }
  EXPECT_TRUE(document.parse(""));
}

TEST(JsonCases, AgreeWithNlohmann) {
  Document document;
  for (const char* name : {"accept.txt", "reject.txt"}) {
    for (const Case& c : cases(name)) EXPECT_EQ(oracle::complaint(document, c.text).value_or(""), "") << c.text;
  }
}

TEST(JsonCases, EveryPrefixAndEveryFlippedByteAgreeWithNlohmann) {
  Document document;
  for (const Case& c : cases("accept.txt")) {
    if (c.text.size() > 120) continue;
    for (std::size_t n = 0; n < c.text.size(); ++n) {
      std::string text = c.text.substr(0, n);
      ASSERT_EQ(oracle::complaint(document, text).value_or(""), "") << text;
      text = c.text;
      for (int bit = 0; bit < 8; ++bit) {
        text[n] = static_cast<char>(c.text[n] ^ (1 << bit));
        ASSERT_EQ(oracle::complaint(document, text).value_or(""), "") << text;
      }
    }
  }
}

/// One random change: of a byte, by an insertion, by a removal, or by a piece of another text.
void mutate(std::string& text, const std::string& other, std::mt19937& random) {
  static constexpr std::string_view alphabet = "{}[],:\"\\/ \n\t0123456789eE+-.truefalsn\x01\x7F\x80\xC3\xA9\xFF";
  auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  const char letter = alphabet[below(alphabet.size())];
  const std::size_t at = below(text.size() + 1);
  switch (below(4)) {
    case 0:
      text.insert(at, 1, letter);
      break;
    case 1:
      text.erase(at, 1 + below(3));
      break;
    case 2:
      if (at < text.size()) text[at] = letter;
      break;
    default: {
      const std::size_t from = below(other.size());
      text.insert(at, other.substr(from, below(20)));
    }
  }
}

TEST(JsonCases, RandomMutationsAgreeWithNlohmann) {
  const auto all = cases("accept.txt");
  std::mt19937 random(20261124);
  Document document;
  int taken = 0;
  for (int round = 0; round < 40'000; ++round) {
    std::string text = all[random() % all.size()].text;
    for (unsigned n = 1 + random() % 4; n > 0; --n) mutate(text, all[random() % all.size()].text, random);
    ASSERT_EQ(oracle::complaint(document, text).value_or(""), "") << text;
    if (!document.root().is(Kind::null)) ++taken;
  }
  EXPECT_GT(taken, 4'000) << "the mutations should not all be nonsense";
}

// The oracle's own controls: it must complain when the two readings differ.
TEST(JsonOracle, ComplainsOfEachKindOfDifference) {
  const std::pair<const char*, const char*> pairs[] = {{"[1,2]", "[1,3]"},
                                                       {"[1]", "[1,2]"},
                                                       {"{\"a\":1}", "{\"b\":1}"},
                                                       {"\"a\"", "\"b\""},
                                                       {"true", "false"},
                                                       {"null", "0"},
                                                       {"1.5", "1.25"},
                                                       {"{}", "[]"},
                                                       {"[]", "{}"},
                                                       {"\"1\"", "1"},
                                                       {"{\"a\":{\"b\":[0]}}", "{\"a\":{\"b\":[1]}}"},
                                                       {"9007199254740993", "9007199254740992"}};
  for (const auto& [ours, theirs] : pairs) {
    Document document;
    ASSERT_FALSE(document.parse(ours));
    EXPECT_TRUE(oracle::difference(document.root(), nlohmann::json::parse(theirs))) << ours << " " << theirs;
    EXPECT_FALSE(oracle::difference(document.root(), nlohmann::json::parse(ours))) << ours;
  }
}

TEST(JsonOracle, ExcusesOnlyTheDocumentedDifferences) {
  EXPECT_TRUE(oracle::may_refuse("\xEF\xBB\xBF{}", "a value was expected"));
  EXPECT_TRUE(oracle::may_refuse("\"\\u0000\"", "U+0000 is not taken"));
  EXPECT_TRUE(oracle::may_refuse("[[", "nested deeper than 64"));
  EXPECT_FALSE(oracle::may_refuse("[1]", "a comma or ] was expected"));
  EXPECT_FALSE(oracle::may_refuse("\"\\u0000\"", "a value was expected"));
  Document document;
  ASSERT_FALSE(document.parse("[1,[1e999]]"));
  EXPECT_TRUE(oracle::has_huge_number(document.root()));
  ASSERT_FALSE(document.parse("[1,[1e99]]"));
  EXPECT_FALSE(oracle::has_huge_number(document.root()));
}

}  // namespace
}  // namespace crossdock::json
