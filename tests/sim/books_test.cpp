#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clock.hpp"
#include "sim/door.hpp"
#include "sim/erp_books.hpp"
#include "sim/shop_books.hpp"

namespace crossdock::sim {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ErpBooks, AnswersCreditAndWritesItDown) {
  Catalogue catalogue;
  catalogue.customers["7"] = {"7", "GB", "active", "reject", Decimal::of(100), Decimal::of(30), true, Decimal::of(5)};
  ErpBooks books(catalogue);
  const auto answer = books.credit("C-7", ten_o_clock);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"customer":"C-7","limit":"100","exposure":"30","hold":true,"past_due":"5","currency":"GBP",)"
                         R"("as_of":"2026-11-24T10:00:00.000Z"})");
  EXPECT_EQ(books.credit("7", ten_o_clock).status, 404);
  EXPECT_THAT(books.books(), HasSubstr(R"("counts":{"credit":1,"refused":1})"));
  EXPECT_THAT(books.books(), HasSubstr(R"("asked":1)"));
}

TEST(ErpBooks, TakesNothingForGranted) {
  Catalogue catalogue;
  catalogue.methods = {{"AIR", "S", "By air", {"NO"}}};
  ErpBooks books(catalogue);
  EXPECT_THAT(books.method("AIR", "NO", "12.5").body, HasSubstr(R"("eligible":true)"));
  EXPECT_THAT(books.method("AIR", "GB", {}).body, HasSubstr(R"("eligible":false,"reason")"));
  EXPECT_EQ(books.method("SEA", "NO", {}).status, 404);
  EXPECT_EQ(books.method("AIR", {}, {}).status, 400);
  EXPECT_EQ(books.method("AIR", "NORWAY", {}).status, 400);
  EXPECT_EQ(books.method("AIR", "NO", "heavy").status, 400);
}

TEST(ShopBooks, WhatAReplyMeans) {
  EXPECT_EQ(meaning_of({201, "{}", false, ""}), Meaning::taken);
  EXPECT_EQ(meaning_of({200, "{}", false, ""}), Meaning::taken);
  EXPECT_EQ(meaning_of({422, R"({"code":"order_rejected"})", false, ""}), Meaning::refused);
  EXPECT_EQ(meaning_of({409, R"({"code":"order_exists"})", false, ""}), Meaning::refused);
  EXPECT_EQ(meaning_of({409, R"({"code":"request_in_progress"})", false, "1"}), Meaning::again);
  for (const int status : {0, 408, 429, 500, 502, 503, 504}) EXPECT_EQ(meaning_of({status, "", false, ""}), Meaning::again) << status;
}

TEST(ShopBooks, ALostReplyHasToComeBackAsItWas) {
  ShopBooks books;
  auto& good = books.open("W-1", "k1", ten_o_clock);
  books.lose(good, {201, R"({"id":"1"})", false, ""});
  EXPECT_FALSE(books.hear(good, {503, "", false, "1"}, ten_o_clock));
  EXPECT_TRUE(books.hear(good, {201, R"({"id":"1"})", true, ""}, ten_o_clock));
  EXPECT_TRUE(good.same);
  EXPECT_EQ(good.attempts, 3);

  auto& other_order = books.open("W-2", "k2", ten_o_clock);
  books.lose(other_order, {201, R"({"id":"2"})", false, ""});
  EXPECT_TRUE(books.hear(other_order, {201, R"({"id":"3"})", true, ""}, ten_o_clock));
  EXPECT_FALSE(other_order.same) << "made twice";

  auto& not_marked = books.open("W-3", "k3", ten_o_clock);
  books.lose(not_marked, {201, R"({"id":"4"})", false, ""});
  EXPECT_TRUE(books.hear(not_marked, {201, R"({"id":"4"})", false, ""}, ten_o_clock));
  EXPECT_FALSE(not_marked.same);

  auto& refused = books.open("W-4", "k4", ten_o_clock);
  books.lose(refused, {422, R"({"as_of":"1"})", false, ""});
  EXPECT_TRUE(books.hear(refused, {422, R"({"as_of":"2"})", false, ""}, ten_o_clock));
  EXPECT_TRUE(refused.same) << "refusals are not stored";
  EXPECT_THAT(books.progress(5), HasSubstr(R"("all":5,"begun":4,"done":4,"taken":3,"refused":1)"));
}

TEST(ShopBooks, WhatIsNoJsonIsLeftOut) {
  ShopBooks books;
  books.hear(books.open("W-1", "k1", ten_o_clock), {400, "<html>", false, ""}, ten_o_clock);
  EXPECT_THAT(books.books(), HasSubstr(R"("answer":null)"));
  EXPECT_THAT(books.books(), Not(HasSubstr("html")));
}

TEST(Address, HostAndPort) {
  EXPECT_EQ(Address::parse("127.0.0.1:80")->url(), "http://127.0.0.1:80");
  for (const char* wrong : {"", "80", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:eighty", "127.0.0.1:70000"})
    EXPECT_FALSE(Address::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace crossdock::sim
