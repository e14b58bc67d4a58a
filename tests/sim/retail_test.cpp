#include "sim/retail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "crossdock/base/json.hpp"
#include "sim/catalogue.hpp"

namespace crossdock::sim {
namespace {

constexpr const char* head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

Result<Retail> read(const std::string& rows) { return read_retail(head + rows); }

Retail real() { return read_retail_file(CROSSDOCK_ROOT "/config/examples/distributor/data/online_retail.csv").value(); }

TEST(Csv, QuotesCommasAndLineEnds) {
  EXPECT_EQ(read_csv("a,\"b,\"\"c\"\"\nd\",\r\n\n1,2\"3,4"),
            (std::vector<std::vector<std::string>>{{"a", "b,\"c\"\nd", ""}, {"1", "2\"3", "4"}}));
}

TEST(RetailData, OrdersComeOldestFirstWithTheirLines) {
  const auto retail = read("2,22,B ,3,d,1.50,17,France\n1,11, A,2,d,0.85,,United Kingdom\n2,11,A,1,d,0.85,17,France\n").value();
  ASSERT_EQ(retail.orders.size(), 2U);
  EXPECT_EQ(retail.orders[0].number, "1");
  EXPECT_EQ(retail.orders[0].customer, "CASH");
  EXPECT_EQ(retail.orders[0].country, "GB");
  EXPECT_EQ(retail.orders[1].country, "FR");
  ASSERT_EQ(retail.orders[1].lines.size(), 2U);
  EXPECT_EQ(retail.orders[1].lines[0].description, "B");
  EXPECT_EQ(retail.orders[1].lines[0].price.text(), "1.5");
  EXPECT_EQ(retail.lines, 3U);
}

TEST(RetailData, WhatIsNoSaleIsLeftOutAndCounted) {
  const auto retail =
      read("1,11,A,-2,d,0.85,17,France\nC2,11,A,2,d,0.85,17,France\n3,11,A,0,d,1,17,France\n4,11,A,2,d,0,17,France\n5,11,A,2,d,1,17,Mars\n")
          .value();
  EXPECT_TRUE(retail.orders.empty());
  EXPECT_EQ(retail.returns, 3U);
  EXPECT_EQ(retail.without_price, 1U);
  EXPECT_EQ(retail.unknown_country, 1U);
}

TEST(RetailData, MistakesNameTheirRow) {
  EXPECT_THAT(read("1,11,A,two,d,0.85,17,France\n").fault().message(), testing::StartsWith("row 2: the quantity 'two'"));
  EXPECT_THAT(read("1,11,A,2,d,0.85,17,France\n1,11,A,2,d,1e3,17,France\n").fault().message(), testing::StartsWith("row 3: the price"));
  EXPECT_THAT(read("1,11,A\n").fault().message(), testing::HasSubstr("3 columns"));
  EXPECT_FALSE(read_retail("a,b\n"));
  EXPECT_FALSE(read_retail(""));
  EXPECT_EQ(read_retail_file("/no/such/file").fault().code(), "no_file");
}

TEST(RetailData, TheExtractIsAsItsReadmeSays) {
  const auto retail = real();
  EXPECT_EQ(retail.orders.size(), 236U);
  EXPECT_EQ(retail.lines, 4688U);
  EXPECT_EQ(retail.returns + retail.without_price + retail.unknown_country, 0U);
  const auto catalogue = make_catalogue(retail);
  EXPECT_EQ(catalogue.items.size(), 1455U);
  EXPECT_EQ(catalogue.customers.size(), 162U);
}

TEST(CatalogueOfSales, PricesAreTheUsualOnes) {
  const auto retail =
      read(
          "1,11,A,1,d,2,17,France\n2,11,A,1,d,2,18,France\n3,11,A,1,d,3,19,France\n4,11,A,1,d,9,,France\n5,11,A,1,d,3,19,France\n"
          "6,11,A,1,d,2,19,France\n7,12,B,1,d,4,,France\n")
          .value();
  const auto catalogue = make_catalogue(retail);
  EXPECT_EQ(catalogue.price("11", "17").text(), "2");
  EXPECT_EQ(catalogue.price("11", "99").text(), "2");
  EXPECT_EQ(catalogue.price("11", "19").text(), "3");
  EXPECT_EQ(catalogue.price("11", "CASH").text(), "9");
  EXPECT_EQ(catalogue.price("12", "17").text(), "4");
  EXPECT_TRUE(catalogue.price("13", "17").is_zero());
  // Customer 19 paid 2 once: not the list's, so the line leaves it out and the total counts the list's.
  const auto body = order_body(catalogue, catalogue.orders[5]);
  EXPECT_THAT(body, testing::Not(testing::HasSubstr("unit_price")));
  EXPECT_THAT(body, testing::HasSubstr(R"("totals":{"goods":"3"})"));
  EXPECT_THAT(order_body(catalogue, catalogue.orders[4]), testing::HasSubstr(R"("unit_price":"3")"));
}

TEST(CatalogueOfSales, SomeIsShortAndNobodyOwnsLessThanNothing) {
  const auto catalogue = make_catalogue(real());
  std::size_t scarce = 0;
  for (const auto& [sku, item] : catalogue.items) {
    const auto here = catalogue.stock.at("DC-EAST").at(sku), there = catalogue.stock.at("DC-WEST").at(sku);
    ASSERT_GE(here, 0);
    ASSERT_GE(there, 0);
    scarce += here + there < item.demand ? 1 : 0;
  }
  EXPECT_GT(scarce, 20U);
  EXPECT_LT(scarce, 200U);
  EXPECT_GT(catalogue.supplies.size(), 5U);
  std::map<std::string, int> wishes;
  for (const auto& [number, customer] : catalogue.customers) ++wishes[customer.on_shortage];
  EXPECT_EQ(wishes.size(), 3U) << "reject, backorder and partial";
}

TEST(CatalogueOfSales, EveryImportLineIsJson) {
  for (const auto& [kind, text] : import_bodies(make_catalogue(real()), *Date::parse("2026-11-24"))) {
    ASSERT_FALSE(text.empty()) << kind;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; begin = end + 1, end = text.find('\n', begin)) {
      json::Document document;
      ASSERT_FALSE(document.parse(text.substr(begin, end - begin))) << kind << ": " << text.substr(begin, end - begin);
      ASSERT_FALSE(document.has_duplicates());
    }
    EXPECT_EQ(begin, text.size());
  }
}

}  // namespace
}  // namespace crossdock::sim
