// A small company in memory, for the tests of the availability check.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "oracle.hpp"
#include "promise/check.hpp"

namespace crossdock::promise {

inline constexpr std::int64_t second = 1'000'000;

/// A small company: its stock is fresh unless a test says otherwise.
struct Shop {
  Catalog catalog;
  Projection projection{catalog.places()};
  AvailabilityRules rules;
  Instant now = *Instant::parse("2026-11-23T15:00:00Z");
  Date today = *Date::parse("2026-11-23");
  std::int64_t version = 0;

  Shop() { projection.set_current(now); }

  void item(std::string sku, std::vector<Unit> units = {{"CS", 12, 1}, {"TH", 3, 1}}, std::string base = "EA") {
    Item made;
    made.sku = std::move(sku);
    made.base_uom = std::move(base);
    made.units = std::move(units);
    catalog.put(made, 1);
  }
  void location(std::string code, int priority, std::string zone = "UTC") {
    Location made;
    made.code = std::move(code);
    made.priority = priority;
    made.time_zone = std::move(zone);
    catalog.put(made, 1);
    projection.watermarks().set("wms", made.code, now + -second);
  }
  void stock(std::string sku, std::string place, Profile profile, bool suspect = false) {
    PositionValue value;
    value.profile = std::move(profile);
    value.version = ++version;
    value.owner = "wms";
    value.suspect = suspect;
    projection.apply({std::move(sku), std::move(place)}, value);
  }
  void stock(std::string sku, std::string place, int on_hand) {
    Profile profile;
    profile.on_hand = qty(on_hand);
    stock(std::move(sku), std::move(place), std::move(profile));
  }
  AvailabilityAnswer ask(const AvailabilityRequest& request) const {
    AvailabilityAnswer answer;
    EXPECT_TRUE(check(request, catalog, projection, now, rules, answer).empty());
    return answer;
  }
  AvailabilityLine ask(AvailabilityLineRequest line) const { return ask(AvailabilityRequest{{std::move(line)}}).lines.at(0); }
};

inline AvailabilityLineRequest line(std::string sku, std::string quantity, std::optional<std::string> uom = {}) {
  AvailabilityLineRequest made;
  made.sku = std::move(sku);
  made.quantity = Decimal::parse(quantity).value;
  made.uom = std::move(uom);
  return made;
}

inline std::string text(const std::vector<Confirmation>& confirmed, Date today) {
  std::string out;
  for (const auto& one : confirmed) {
    out += one.location + ":" + one.quantity.text() + "@" + std::to_string(one.date - today) + " ";
  }
  return out;
}

}  // namespace crossdock::promise
