// Source revisions, code lists, units, limits of a decode.
#include <gtest/gtest.h>

#include "crossdock/model/codes.hpp"
#include "shapes_by_name.hpp"

namespace crossdock::test {
namespace {

Source source(std::optional<std::string> revision, std::optional<std::int64_t> as_of = std::nullopt, std::string system = "erp") {
  Source result{std::move(system), std::nullopt, std::move(revision), std::nullopt};
  if (as_of) result.as_of = Instant{*as_of};
  return result;
}

TEST(OlderThan, ComparesRevisionsAsNumbers) {
  EXPECT_TRUE(older_than(source("9"), source("10")));
  EXPECT_FALSE(older_than(source("10"), source("9")));
  EXPECT_FALSE(older_than(source("10"), source("010")));
  EXPECT_TRUE(older_than(source("99999999999999999999998"), source("99999999999999999999999")));
  EXPECT_TRUE(older_than(source("1", 200), source("2", 100))) << "the revision goes before as_of";
}

TEST(OlderThan, FallsBackToAsOf) {
  EXPECT_TRUE(older_than(source("a", 1), source("b", 2)));
  EXPECT_FALSE(older_than(source("b", 2), source("a", 1)));
  EXPECT_TRUE(older_than(source(std::nullopt, 1), source("7", 2)));
  EXPECT_FALSE(older_than(source("a"), source("b"))) << "cannot be compared";
  EXPECT_FALSE(older_than(source(std::nullopt, 1), source(std::nullopt, 1)));
  EXPECT_FALSE(older_than(source("1", std::nullopt, "erp"), source("2", std::nullopt, "oms"))) << "another system's revisions say nothing";
}

TEST(Codes, KnowTheWorld) {
  EXPECT_EQ(currency_exponent("USD"), 2);
  EXPECT_EQ(currency_exponent("JPY"), 0);
  EXPECT_EQ(currency_exponent("KWD"), 3);
  EXPECT_EQ(currency_exponent("XXX"), std::nullopt);
  for (const auto code : currencies()) EXPECT_TRUE(currency_exponent(code)) << code;
  EXPECT_EQ(countries().size(), 249U);
  for (const auto code : countries()) EXPECT_TRUE(is_country(code)) << code;
  EXPECT_FALSE(is_country("UK"));
  EXPECT_TRUE(is_uom("EA"));
  EXPECT_TRUE(is_uom("4G"));
  for (const std::string_view bad : {"", "ea", "EACH", "E A", "Ä"}) EXPECT_FALSE(is_uom(bad)) << bad;
  EXPECT_EQ(uom_meant_by("Each"), "EA");
  EXPECT_EQ(uom_meant_by("LBS"), "LBR");
  EXPECT_EQ(uom_meant_by("furlong"), "");
}

TEST(Item, KnowsItsFactors) {
  Item item;
  item.base_uom = "EA";
  item.units = {{"DZN", 12, 1}, {"GRO", 144, 1}};
  EXPECT_EQ(item.factor_of("EA"), Fraction{});
  EXPECT_EQ(item.factor_of("GRO"), (Fraction{144, 1}));
  EXPECT_EQ(item.factor_of("CS"), std::nullopt);
}

TEST(Decode, PutsItsPointersUnderTheCallers) {
  json::Document document;
  ASSERT_FALSE(document.parse(R"([{"code":"L","nam":"x"}])"));
  Location location;
  Mistakes mistakes;
  EXPECT_FALSE(decode(document.root().first(), location, mistakes, "/3"));
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_EQ(mistakes[0].pointer, "/3/nam");
  EXPECT_EQ(mistakes[0].suggestion, "name");
}

TEST(Decode, ListsABoundedNumberOfMistakes) {
  std::string body = "{";
  for (int i = 0; i < 5'000; ++i) body += "\"m" + std::to_string(i) + "\":0,";
  body.back() = '}';
  const auto decoded = decode_body<Location>(body);
  ASSERT_EQ(decoded.index(), 1U);
  EXPECT_EQ(std::get<1>(decoded).size(), most_mistakes);
}

// A long name above many mistakes does not multiply itself.
TEST(Decode, ListsABoundedNumberOfBytes) {
  std::string body = R"({"code":"L","ext":{")" + std::string(100'000, 'x') + R"(":{"a":1)";
  for (int i = 0; i < 900; ++i) body += R"(,"a":1)";
  const auto decoded = decode_body<Location>(body + "}}}");
  ASSERT_EQ(decoded.index(), 1U);
  std::size_t bytes = 0;
  for (const Mistake& mistake : std::get<1>(decoded)) bytes += mistake.pointer.size();
  EXPECT_GT(bytes, most_pointer_bytes / 2);
  EXPECT_LT(bytes, 2 * most_pointer_bytes);
}

// A list that is full already does not make the next document good.
TEST(Decode, StaysWrongWhenTheListIsFull) {
  Mistakes mistakes(most_mistakes);
  json::Document document;
  ASSERT_FALSE(document.parse("{}"));
  Location location;
  EXPECT_FALSE(decode(document.root(), location, mistakes));
  EXPECT_EQ(mistakes.size(), most_mistakes);
}

TEST(Decode, HoldsTheLimitsOfTheBody) {
  EXPECT_EQ(decode_body<Location>(R"({"code":"L"})", {5, 64}).index(), 2U);
  EXPECT_EQ(decode_body<OrderRequest>(std::string(100'000, '[')).index(), 2U);
}

TEST(Encode, LetsTheCallerAddMembers) {
  Location location;
  location.code = "L";
  std::string text;
  json::Writer out(text);
  out.begin_object();
  encode_members(location, out);
  out.key("revision").integer(3).end_object();
  EXPECT_TRUE(text.starts_with(R"({"code":"L",)"));
  EXPECT_TRUE(text.ends_with(R"(,"revision":3})"));
}

template <class E>
void words_are_distinct() {
  for (std::size_t i = 0; i < Words<E>::list.size(); ++i) EXPECT_EQ(parse_word<E>(Words<E>::list[i]), static_cast<E>(i));
  EXPECT_EQ(parse_word<E>("no such word"), std::nullopt);
}

TEST(Words, GoBothWays) {
  words_are_distinct<Decision>();
  words_are_distinct<Severity>();
  words_are_distinct<CheckStatus>();
  words_are_distinct<OnShortage>();
  words_are_distinct<OrderStatus>();
  words_are_distinct<FulfilmentStatus>();
  words_are_distinct<FinancialStatus>();
  words_are_distinct<LineStatus>();
  words_are_distinct<ReservationState>();
  words_are_distinct<WarehouseOrderState>();
  words_are_distinct<MovementReason>();
  words_are_distinct<ReferenceKind>();
  EXPECT_EQ(to_text(LineStatus::cancelled), "cancelled");
  EXPECT_EQ(to_text(WarehouseOrderState::short_), "short");
  EXPECT_EQ(to_text(MovementReason::return_), "return");
}

}  // namespace
}  // namespace crossdock::test
