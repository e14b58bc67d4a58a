// What the document hands out: views, pointers of duplicates, places of mistakes, reuse.
#include <gmock/gmock.h>

#include <pthread.h>

#include "crossdock/base/json.hpp"

namespace crossdock::json {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Document parsed(std::string_view text) {
  Document document;
  const auto malformed = document.parse(std::string(text));
  EXPECT_FALSE(malformed) << text << ": " << (malformed ? malformed->message : "");
  return document;
}

TEST(JsonDocument, HandsOutEveryKind) {
  const Document document =
      parsed(R"( {"n": null, "b":true,"f":false , "i":-12.50e+3, "s":"a\u00e9\ud83d\ude00\n\"\\\/", "a":[1,[],{}], "o":{}} )");
  const View root = document.root();
  ASSERT_TRUE(root.is(Kind::object));
  EXPECT_EQ(root.size(), 7U);
  EXPECT_TRUE(root.find("n")->is(Kind::null));
  EXPECT_TRUE(root.find("b")->boolean());
  EXPECT_FALSE(root.find("f")->boolean());
  EXPECT_EQ(root.find("i")->text(), "-12.50e+3");
  EXPECT_EQ(root.find("s")->text(), "a\xC3\xA9\xF0\x9F\x98\x80\n\"\\/");
  EXPECT_EQ(root.find("s")->raw(), R"("a\u00e9\ud83d\ude00\n\"\\\/")");
  EXPECT_EQ(root.find("a")->raw(), "[1,[],{}]");
  EXPECT_EQ(root.find("a")->size(), 3U);
  EXPECT_EQ(root.find("o")->raw(), "{}");
  EXPECT_FALSE(root.find("x"));
  EXPECT_FALSE(root.find("a")->find("n"));
  EXPECT_EQ(root.raw().front(), '{');
  EXPECT_EQ(root.raw().back(), '}');
}

TEST(JsonDocument, WalksChildrenInOrderWithTheirKeys) {
  const Document document = parsed(R"({"a":{"x":[1,2]},"":2,"c\n":[[],{"q":1}]})");
  std::string seen;
  for (View child : document.root().children()) {
    seen += '<';
    seen += child.key();
    seen += '>';
  }
  EXPECT_EQ(seen, "<a><><c\n>");
  EXPECT_EQ(document.root().first().next().key(), "");
  EXPECT_EQ(document.root().first().next().text(), "2");
  EXPECT_EQ(document.root().first().first().first().next().text(), "2");
  EXPECT_EQ(document.root().first().first().first().key(), "");
  int none = 0;
  for (View child : document.root().find("c\n")->first().children()) none += static_cast<int>(child.size()) + 1;
  EXPECT_EQ(none, 0);
}

TEST(JsonDocument, NamesEveryDuplicateInOrder) {
  EXPECT_THAT(parsed(R"({"a":1,"b":2})").duplicates(), IsEmpty());
  EXPECT_FALSE(parsed(R"({"a":{"a":[{"a":1},{"a":1}]}})").has_duplicates());
  const Document document = parsed(R"({"a":1,"o":{"~/x":1,"~\/x":2},"l":[0,{"k":1,"\u006b":2,"k":3}],"a":{"d":1,"d":2}})");
  EXPECT_TRUE(document.has_duplicates());
  EXPECT_THAT(document.duplicates(), ElementsAre("/o/~0~1x", "/l/1/k", "/l/1/k", "/a", "/a/d"));
}

TEST(JsonDocument, FindsDuplicatesAmongManyMembers) {
  for (int count : {31, 32, 33, 200, 9'999}) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += "\"key" + std::to_string(i) + "\":0,";
    Document document = parsed(text + "\"last\":0}");
    EXPECT_FALSE(document.has_duplicates()) << count;
    document = parsed(text + "\"key7\":0}");
    EXPECT_THAT(document.duplicates(), ElementsAre("/key7")) << count;
  }
}

TEST(JsonDocument, BoundsTheListOfDuplicates) {
  std::string text = "{\"" + std::string(100'000, 'x') + "\":{";
  for (int i = 0; i < 5'000; ++i) text += "\"a\":0,";
  const Document document = parsed(text + "\"a\":0}}");
  EXPECT_EQ(document.duplicates().size(), 10U);  // 1 MiB of pointers
  EXPECT_EQ(parsed("{" + text.substr(text.rfind('{') + 1) + "\"a\":0}").duplicates().size(), 1'000U);
}

TEST(JsonDocument, SaysWhereTheTextIsWrong) {
  Document document;
  const auto malformed = document.parse("{\n \"a\": 1,\n \"b\": tru}");
  ASSERT_TRUE(malformed);
  EXPECT_EQ(malformed->offset, 17U);
  EXPECT_EQ(malformed->line, 3);
  EXPECT_EQ(malformed->column, 7);
  EXPECT_EQ(malformed->message, "true, false or null was expected");
  EXPECT_TRUE(document.root().is(Kind::null));
  EXPECT_THAT(document.parse("[1,")->message, testing::HasSubstr("ends too early"));
  EXPECT_EQ(document.parse("\"ab\xFF\"")->offset, 3U);
  EXPECT_EQ(document.parse("\"ab\xFF\"")->message, "not UTF-8");
  EXPECT_EQ(document.parse(std::string("1\0", 2))->offset, 1U);
}

TEST(JsonDocument, HoldsEachLimit) {
  Document document;
  auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_FALSE(document.parse(nested(64)));
  ASSERT_TRUE(document.parse(nested(65)));
  EXPECT_EQ(document.parse(nested(65))->message, "nested deeper than 64");
  EXPECT_FALSE(document.parse("[123]", {.bytes = 5}));
  EXPECT_TRUE(document.parse("[123] ", {.bytes = 5}));
  EXPECT_FALSE(document.parse(R"({"a":1,"b":2})", {.members = 2}));
  EXPECT_TRUE(document.parse(R"({"a":1,"b":2})", {.members = 1}));
  EXPECT_FALSE(document.parse("[1,2]", {.values = 3}));
  EXPECT_TRUE(document.parse("[1,2]", {.values = 2}));
  std::string events = "[0";
  for (int i = 1; i < 100'000; ++i) events += ",0";
  EXPECT_FALSE(document.parse(events + "]"));
  EXPECT_EQ(document.root().size(), 100'000U);
}

TEST(JsonDocument, IsReusableAndMovable) {
  Document document;
  ASSERT_FALSE(document.parse(R"(["a\tb"])"));
  ASSERT_FALSE(document.parse_copy(R"({"k":"v","k":"\u0041"})"));
  EXPECT_TRUE(document.has_duplicates());
  const View view = document.root();
  Document moved = std::move(document);
  EXPECT_EQ(view.first().next().text(), "A");  // a view follows the tree
  ASSERT_FALSE(document.parse("[]"));          // NOLINT(bugprone-use-after-move): a moved-from Document can parse again
  EXPECT_FALSE(document.has_duplicates());
  ASSERT_TRUE(moved.parse("nope"));
  EXPECT_FALSE(moved.has_duplicates());
  EXPECT_TRUE(moved.root().is(Kind::null));
}

TEST(JsonDocument, ReusesItsBuffers) {
  Document document;
  ASSERT_FALSE(document.parse_copy(R"(["a\tb", "plain"])"));
  const char* const unescaped = document.root().first().text().data();
  const char* const plain = document.root().first().next().text().data();
  for (int i = 0; i < 3; ++i) ASSERT_FALSE(document.parse_copy(R"(["c\td", "other"])"));
  EXPECT_EQ(document.root().first().text().data(), unescaped);
  EXPECT_EQ(document.root().first().next().text().data(), plain);
  EXPECT_EQ(document.root().first().text(), "c\td");
}

TEST(JsonDocument, PointsAtTheFirstByteThatIsNotUtf8) {
  Document document;
  for (const char* bad : {"\xF4\x90\x80\x80", "\xED\xA0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xE2\x82", "\x80"}) {
    const auto malformed = document.parse(std::string("\"\xC3\xA9\xE2\x82\xAC\xF4\x8F\xBF\xBF") + bad + "\"");
    ASSERT_TRUE(malformed) << bad;
    EXPECT_EQ(malformed->offset, 10U) << bad;
    EXPECT_EQ(malformed->message, "not UTF-8");
  }
}

TEST(JsonDocument, NeedsNoStackForDepth) {
  bool refused = false, read = false;
  std::string canonical;
  auto body = [&] {
    for (const char* open : {"[", "{\"a\":"}) {
      std::string text;
      for (int i = 0; i < 100'000; ++i) text += open;
      Document document;
      refused = document.parse(text, {.bytes = 1U << 24}).has_value();
      if (!refused) return;
    }
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    Document document;
    read = !document.parse(deep, {.bytes = 1U << 24, .depth = 1'000'000});
    if (read) append_canonical(document.root(), canonical);
  };
  pthread_attr_t small;
  pthread_attr_init(&small);
  ASSERT_EQ(pthread_attr_setstacksize(&small, 256 * 1024), 0);
  pthread_t thread{};
  auto run = [](void* work) -> void* {
    (*static_cast<decltype(body)*>(work))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &small, run, &body), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&small);
  EXPECT_TRUE(refused);
  EXPECT_TRUE(read);
  EXPECT_EQ(canonical.size(), 200'000U);
}

}  // namespace
}  // namespace crossdock::json
