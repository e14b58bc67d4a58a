#include "promise/catalog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace crossdock::promise {
namespace {

Item item(std::string sku, std::string description = "") {
  Item made;
  made.sku = std::move(sku);
  made.base_uom = "EA";
  made.units = {{"CS", 12, 1}, {"LB", 45359237, 100000000}};
  if (!description.empty()) made.description = description;
  return made;
}

Price price(std::string id, std::string sku, int amount) {
  Price made;
  made.id = std::move(id);
  made.sku = std::move(sku);
  made.currency = "USD";
  made.amount = Decimal::of(amount);
  return made;
}

Location location(std::string code, int priority, std::string zone = "UTC") {
  Location made;
  made.code = std::move(code);
  made.priority = priority;
  made.time_zone = std::move(zone);
  return made;
}

TEST(Catalog, takes_only_higher_versions) {
  Catalog catalog;
  auto a = item("A-100");
  EXPECT_TRUE(catalog.put(a, 3));
  a.status = ItemStatus::blocked;
  EXPECT_FALSE(catalog.put(a, 3));
  EXPECT_FALSE(catalog.put(a, 2));
  EXPECT_EQ(catalog.item("A-100")->status, ItemStatus::active);
  EXPECT_TRUE(catalog.put(a, 4));
  EXPECT_EQ(catalog.item("A-100")->status, ItemStatus::blocked);
  EXPECT_EQ(catalog.item("A-101"), nullptr);
}

TEST(Catalog, knows_units_with_exact_factors) {
  Catalog catalog;
  catalog.put(item("A-100"), 1);
  const auto known = catalog.item("A-100");
  EXPECT_EQ(known->factor(""), Fraction{});
  EXPECT_EQ(known->factor("EA"), Fraction{});
  EXPECT_EQ(known->factor("CS"), (Fraction{12, 1}));
  EXPECT_EQ(known->factor("LB"), (Fraction{45359237, 100000000}));
  EXPECT_EQ(known->factor("PF"), std::nullopt);
  const auto units = catalog.units("A-100", hash_of("A-100"), "CS");
  EXPECT_TRUE(units.known);
  EXPECT_EQ(units.base_uom.view(), "EA");
  EXPECT_FALSE(catalog.units("nobody", hash_of("nobody"), "").known);
}

TEST(Catalog, a_price_may_come_before_its_item_and_may_move) {
  Catalog catalog;
  EXPECT_TRUE(catalog.put(price("P-1", "A-100", 10), 1));
  EXPECT_EQ(catalog.item("A-100"), nullptr) << "a price does not make an item";
  EXPECT_FALSE(catalog.units("A-100", hash_of("A-100"), "").known);
  ASSERT_NE(catalog.prices("A-100"), nullptr);
  EXPECT_TRUE(catalog.put(price("P-2", "A-100", 12), 1));
  EXPECT_EQ(catalog.prices("A-100")->size(), 2U);
  EXPECT_TRUE(catalog.put(price("P-1", "B-200", 10), 2));
  EXPECT_EQ(catalog.prices("A-100")->size(), 1U);
  EXPECT_EQ(catalog.prices("B-200")->front().id, "P-1");
  EXPECT_FALSE(catalog.put(price("P-1", "A-100", 10), 1)) << "the older one stays out";
  EXPECT_TRUE(catalog.put(item("A-100"), 1));
  EXPECT_NE(catalog.item("A-100"), nullptr);
  EXPECT_EQ(catalog.sizes().prices, 2U);
  EXPECT_EQ(catalog.sizes().items, 1U);
}

TEST(Catalog, cross_references_follow_the_item) {
  Catalog catalog;
  auto a = item("A-100");
  a.gtin = "04006381333931";
  a.identifiers = {{"customer_sku", "X-9", std::nullopt, "C-1"}};
  catalog.put(a, 1);
  EXPECT_EQ(catalog.sku_of_gtin("4006381333931"), "A-100") << "13 and 14 digits are one number";
  EXPECT_EQ(catalog.sku_of_customer("C-1", "X-9"), "A-100");
  EXPECT_EQ(catalog.sku_of_customer("C-2", "X-9"), std::nullopt);
  a.gtin.reset();
  a.identifiers[0].value = "X-10";
  catalog.put(a, 2);
  EXPECT_EQ(catalog.sku_of_gtin("4006381333931"), std::nullopt);
  EXPECT_EQ(catalog.sku_of_customer("C-1", "X-9"), std::nullopt);
  EXPECT_EQ(catalog.sku_of_customer("C-1", "X-10"), "A-100");
}

TEST(Catalog, locations_stand_by_priority_and_code_each_with_its_day) {
  Catalog catalog;
  catalog.put(location("DC-WEST", 20, "America/Los_Angeles"), 1);
  catalog.put(location("DC-EAST", 10, "America/New_York"), 1);
  catalog.put(location("DC-ALSO", 20, "Pacific/Kiritimati"), 1);
  const auto places = catalog.locations();
  ASSERT_EQ(places->all().size(), 3U);
  EXPECT_EQ(places->all()[0].code, "DC-EAST");
  EXPECT_EQ(places->all()[1].code, "DC-ALSO");
  EXPECT_EQ(places->find("DC-WEST")->priority, 20);
  EXPECT_EQ(places->find("DC-NONE"), nullptr);
  const auto now = *Instant::parse("2026-11-24T03:00:00Z");
  EXPECT_EQ(places->today("DC-EAST", now).text(), "2026-11-23");
  EXPECT_EQ(places->today("DC-ALSO", now).text(), "2026-11-24");
  EXPECT_EQ(places->today("DC-NONE", now).text(), "2026-11-24");
  catalog.put(location("DC-EAST", 30), 2);
  EXPECT_EQ(places->all()[0].code, "DC-EAST") << "a snapshot stays as it was";
  EXPECT_EQ(catalog.locations()->all()[2].code, "DC-EAST");
  EXPECT_NE(catalog.locations()->serial(), places->serial());
}

TEST(Catalog, forgets_everything_before_a_reload) {
  Catalog catalog;
  auto a = item("A-100");
  a.gtin = "04006381333931";
  catalog.put(a, 7);
  catalog.put(price("P-1", "A-100", 10), 7);
  catalog.put(location("DC-EAST", 10), 7);
  catalog.clear();
  EXPECT_EQ(catalog.item("A-100"), nullptr);
  EXPECT_EQ(catalog.prices("A-100"), nullptr);
  EXPECT_EQ(catalog.sku_of_gtin("4006381333931"), std::nullopt);
  EXPECT_TRUE(catalog.locations()->all().empty());
  EXPECT_TRUE(catalog.put(a, 1)) << "versions start again";
}

TEST(Catalog, one_feeds_while_others_read) {
  Catalog catalog;
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&] {
      while (!done) {
        for (int i = 0; i < 200; ++i) {
          const auto sku = "S-" + std::to_string(i);
          const auto known = catalog.item(sku);
          if (known && known->sku != sku) ++wrong;
          const auto units = catalog.units(sku, hash_of(sku), "CS");
          if (units.known && units.factor != Fraction{12, 1}) ++wrong;
          const auto prices = catalog.prices(sku);
          if (prices && prices->empty()) ++wrong;
        }
        const auto places = catalog.locations();
        for (const auto& place : places->all()) {
          if (places->find(place.code) != &place) ++wrong;
        }
      }
    });
  }
  for (int version = 1; version <= 10; ++version) {
    for (int i = 0; i < 200; ++i) {
      catalog.put(item("S-" + std::to_string(i)), version);
      catalog.put(price("P-" + std::to_string(i), "S-" + std::to_string((i + version) % 200), version), version);
    }
    catalog.put(location("L-" + std::to_string(version % 4), version), version);
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(catalog.sizes().items, 200U);
  EXPECT_EQ(catalog.sizes().prices, 200U);
}

}  // namespace
}  // namespace crossdock::promise
