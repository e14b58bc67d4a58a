// If-Match, Idempotency-Key, cursor and limit: tables.
#include "api/inputs.hpp"

#include <gtest/gtest.h>

#include "edge.hpp"

namespace crossdock::api {
namespace {

TEST(IfMatch, is_one_strong_tag_or_any) {
  struct Row {
    std::string text;
    bool given, any;
    std::optional<std::int64_t> revision;
  };
  const Row table[] = {
      {"", false, false, {}},
      {"*", true, true, {}},
      {"\"1\"", true, false, 1},
      {"\"9223372036854775807\"", true, false, 9'223'372'036'854'775'807},
      // Given, and met by no revision: 412.
      {"\"9223372036854775808\"", true, false, {}},
      {"1", true, false, {}},
      {"W/\"1\"", true, false, {}},
      {"\"\"", true, false, {}},
      {"\"", true, false, {}},
      {"\"1", true, false, {}},
      {"\"1\" ", true, false, {}},
      {"\"01\"", true, false, {}},
      {"\"-1\"", true, false, {}},
      {"\"0\"", true, false, {}},
      {"\"+1\"", true, false, {}},
      {"\"1x\"", true, false, {}},
      {"\"1\", \"2\"", true, false, {}},
      {"\"*\"", true, false, {}},
  };
  for (const auto& row : table) {
    auto got = precondition_of(row.text);
    EXPECT_EQ(got.given, row.given) << row.text;
    EXPECT_EQ(got.any, row.any) << row.text;
    EXPECT_EQ(got.revision, row.revision) << row.text;
  }
}

TEST(IdempotencyKey, is_the_same_quoted_or_bare) {
  struct Row {
    std::string text, key;
    bool missing, valid;
  };
  const Row table[] = {
      {"", "", true, false},
      {"\"\"", "", true, false},
      {"abc", "abc", false, true},
      {"\"abc\"", "abc", false, true},
      {"\"abc", "\"abc", false, true},
      {"a \"b\" c", "a \"b\" c", false, true},
      {"\"\"abc\"\"", "\"abc\"", false, true},
      {"\"", "\"", false, true},
      {std::string(255, 'k'), std::string(255, 'k'), false, true},
      {std::string(256, 'k'), std::string(256, 'k'), false, false},
      {"\"" + std::string(255, 'k') + "\"", std::string(255, 'k'), false, true},
      {"a\tb", "a\tb", false, false},
      {"a\x7f", "a\x7f", false, false},
      {"schl\xc3\xbcssel", "schl\xc3\xbcssel", false, false},
  };
  for (const auto& row : table) {
    auto got = idempotency_key(row.text);
    EXPECT_EQ(got.key, row.key) << row.text;
    EXPECT_EQ(got.missing, row.missing) << row.text;
    EXPECT_EQ(got.valid, row.valid) << row.text;
  }
}

std::string first_mistake(const QueryParameters& query) {
  Mistakes mistakes;
  auto filter = order_filter(query, mistakes);
  EXPECT_EQ(filter.has_value(), mistakes.empty());
  return mistakes.empty() ? "" : mistakes.front().pointer + " " + mistakes.front().code;
}

TEST(ListQuery, takes_limits_from_1_to_500) {
  Mistakes none;
  EXPECT_EQ(order_filter({}, none)->limit, 50u);
  EXPECT_EQ(order_filter({{"limit", "1"}}, none)->limit, 1u);
  EXPECT_EQ(order_filter({{"limit", "500"}}, none)->limit, 500u);
  for (const char* wide : {"0", "-1", "501", "999999999999"}) EXPECT_EQ(first_mistake({{"limit", wide}}), "/limit out_of_range") << wide;
  for (const char* odd : {"", "x", "1.5", "1e2", "0x10", " 10", "10 ", "99999999999999999999999"})
    EXPECT_EQ(first_mistake({{"limit", odd}}), "/limit wrong_type") << odd;
}

TEST(ListQuery, takes_a_cursor_as_it_was_given) {
  Mistakes none;
  const std::string id = "0197b3c8-7f5e-7a43-9d1e-0a6f1b7d2c11";
  EXPECT_EQ(order_filter({{"cursor", id}}, none)->after, id);
  for (const char* odd : {"1", "0197b3c8", "' or 1=1 --", "0197b3c8-7f5e-7a43-9d1e-0a6f1b7d2c1z"})
    EXPECT_EQ(first_mistake({{"cursor", odd}}), "/cursor wrong_type") << odd;
}

TEST(ListQuery, knows_its_parameters_and_the_states) {
  Mistakes none;
  auto filter = order_filter({{"source", "webshop"}, {"order_number", "W-1"}, {"customer_po", "PO"}, {"status", "on_hold"}}, none);
  EXPECT_EQ(filter->source + filter->order_number + filter->customer_po + filter->status, "webshopW-1POon_hold");
  EXPECT_EQ(first_mistake({{"status", "open"}}), "/status not_allowed");
  EXPECT_EQ(first_mistake({{"stauts", "on_hold"}}), "/stauts unknown_field");
  EXPECT_EQ(first_mistake({{"a/b", "1"}}), "/a~1b unknown_field");
  Mistakes all;
  EXPECT_FALSE(order_filter({{"limit", "x"}, {"cursor", "y"}, {"status", "z"}, {"orde_number", "1"}}, all));
  ASSERT_EQ(all.size(), 4u) << "all mistakes at once";
  EXPECT_EQ(all.back().suggestion, "order_number");
}

}  // namespace
}  // namespace crossdock::api
