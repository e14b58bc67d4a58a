#include "promise/check.hpp"

#include <gtest/gtest.h>

#include "crossdock/model/codec.hpp"
#include "shop.hpp"

namespace crossdock::promise {
namespace {

TEST(Check, answers_the_example_of_the_contract) {
  Shop shop;
  shop.item("A-100");
  shop.location("DC-EAST", 10);
  shop.location("DC-WEST", 20);
  Profile east;
  east.on_hand = qty(50);
  east.demand.add(shop.today + 3, qty(35));
  shop.stock("A-100", "DC-EAST", east);
  shop.stock("A-100", "DC-WEST", 25);
  auto asked = line("A-100", "12");
  asked.date = shop.today + 8;
  asked.locations = {"DC-WEST", "DC-EAST", "DC-EAST"};
  std::string body;
  EXPECT_TRUE(check_into(body, AvailabilityRequest{{asked}}, shop.catalog, shop.projection, shop.now, shop.rules).empty());
  EXPECT_EQ(body,
            R"({"as_of":"2026-11-23T15:00:00.000Z","method":"cumulative_lookahead","lines":[{"sku":"A-100","status":"available",)"
            R"("requested":"12","uom":"EA","date":"2026-12-01","available":"40","confirmed":[{"quantity":"12","date":"2026-11-23",)"
            R"("location":"DC-EAST"}],"earliest_full_date":"2026-11-23","locations":[{"location":"DC-EAST","available":"15",)"
            R"("on_hand":"50","as_of":"2026-11-23T14:59:59.000Z","age_ms":1000,"stale":false},{"location":"DC-WEST","available":"25",)"
            R"("on_hand":"25","as_of":"2026-11-23T14:59:59.000Z","age_ms":1000,"stale":false}]}]})");
}

TEST(Check, tells_what_it_does_not_know) {
  Shop shop;
  shop.item("A-100");
  shop.location("DC-EAST", 10);
  EXPECT_EQ(shop.ask(line("X", "1")).status, AvailabilityStatus::unknown_item);
  EXPECT_EQ(shop.ask(line("X", "1")).uom, std::nullopt);
  auto asked = line("A-100", "1");
  asked.locations = {"DC-EAST", "DC-NONE"};
  EXPECT_EQ(shop.ask(asked).status, AvailabilityStatus::unknown_location);
  const auto nothing = shop.ask(line("A-100", "1"));
  EXPECT_EQ(nothing.status, AvailabilityStatus::unavailable);
  EXPECT_EQ(nothing.earliest_full_date, std::nullopt);
  EXPECT_EQ(nothing.locations.size(), 1U);
  AvailabilityAnswer answer;
  const auto mistakes =
      check({{line("A-100", "1"), line("A-100", "1", "PF")}}, shop.catalog, shop.projection, shop.now, shop.rules, answer);
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_EQ(mistakes[0].pointer, "/lines/1/uom");
  std::string body = "before";
  EXPECT_FALSE(check_into(body, {{line("A-100", "1", "PF")}}, shop.catalog, shop.projection, shop.now, shop.rules).empty());
  EXPECT_EQ(body, "before");
}

TEST(Check, lines_see_what_earlier_lines_took) {
  Shop shop;
  shop.item("A-100");
  shop.item("B-200");
  shop.location("DC-EAST", 10);
  shop.location("DC-WEST", 20);
  shop.stock("A-100", "DC-EAST", 10);
  shop.stock("A-100", "DC-WEST", 5);
  shop.stock("B-200", "DC-EAST", 7);
  const auto answer = shop.ask({{line("A-100", "8"), line("B-200", "7"), line("A-100", "6"), line("A-100", "2")}});
  EXPECT_EQ(answer.lines[0].available, qty(15));
  EXPECT_EQ(answer.lines[1].available, qty(7));
  EXPECT_EQ(answer.lines[2].available, qty(7));
  EXPECT_EQ(text(answer.lines[2].confirmed, shop.today), "DC-EAST:2@0 DC-WEST:4@0 ");
  EXPECT_EQ(answer.lines[3].status, AvailabilityStatus::partial);
  EXPECT_EQ(answer.lines[3].available, qty(1));
  EXPECT_EQ(shop.ask(line("A-100", "15")).status, AvailabilityStatus::available) << "a check changes nothing";
}

TEST(Check, the_rest_has_later_dates) {
  Shop shop;
  shop.item("A-100");
  shop.location("DC-EAST", 10);
  shop.location("DC-WEST", 20);
  Profile east;
  east.on_hand = qty(10);
  east.supply.add(shop.today + 9, qty(10));
  Profile west;
  west.supply.add(shop.today + 5, qty(4));
  shop.stock("A-100", "DC-EAST", east);
  shop.stock("A-100", "DC-WEST", west);
  auto asked = line("A-100", "20");
  asked.date = shop.today + 2;
  auto got = shop.ask(asked);
  EXPECT_EQ(got.status, AvailabilityStatus::partial);
  EXPECT_EQ(got.available, qty(10));
  EXPECT_EQ(text(got.confirmed, shop.today), "DC-EAST:10@0 DC-WEST:4@5 DC-EAST:6@9 ");
  EXPECT_EQ(got.earliest_full_date, shop.today + 9);
  asked.date.reset();
  EXPECT_EQ(text(shop.ask(asked).confirmed, shop.today), "DC-EAST:10@0 DC-WEST:4@5 DC-EAST:6@9 ") << "the date defaults to today";
  asked.quantity = qty(25);
  EXPECT_EQ(shop.ask(asked).earliest_full_date, std::nullopt);
}

TEST(Check, units_are_exact_and_rounded_down) {
  Shop shop;
  shop.item("A-100");
  shop.item("D-400", {{"EA", 1, 12}}, "DZN");
  shop.item("C-300", {{"LBR", 45359237, 100000000}}, "KGM");
  shop.location("DC-EAST", 10);
  shop.location("DC-WEST", 20);
  shop.stock("A-100", "DC-EAST", 11);
  shop.stock("A-100", "DC-WEST", 10);
  shop.stock("D-400", "DC-EAST", 1);
  shop.stock("C-300", "DC-EAST", 453592);
  auto got = shop.ask(line("A-100", "7", "TH"));
  EXPECT_EQ(got.status, AvailabilityStatus::available);
  EXPECT_EQ(got.available, qty(7));
  EXPECT_EQ(got.locations[0].available.text(), "3.666666");
  EXPECT_EQ(text(got.confirmed, shop.today), "DC-EAST:3.666666@0 DC-WEST:3.333334@0 ") << "the parts add up to what was asked";
  EXPECT_EQ(shop.ask(line("A-100", "1", "CS")).available.text(), "1.75");
  EXPECT_EQ(shop.ask(line("D-400", "12", "EA")).status, AvailabilityStatus::available) << "12 x 1/12 is 1";
  EXPECT_EQ(shop.ask(line("D-400", "13", "EA")).status, AvailabilityStatus::partial);
  const auto two = shop.ask({{line("D-400", "5", "EA"), line("D-400", "7", "EA")}});
  EXPECT_EQ(two.lines[1].status, AvailabilityStatus::available);
  EXPECT_EQ(shop.ask(line("C-300", "1000000", "LBR")).available.text(), "999999.184289");
}

TEST(Check, today_is_each_locations_own) {
  Shop shop;
  shop.now = *Instant::parse("2026-11-24T03:00:00Z");
  shop.projection.set_current(shop.now);
  shop.item("A-100");
  shop.location("NEW-YORK", 20, "America/New_York");
  shop.location("TOKYO", 10, "Asia/Tokyo");
  shop.stock("A-100", "NEW-YORK", 5);
  shop.stock("A-100", "TOKYO", 5);
  auto got = shop.ask(line("A-100", "8"));
  EXPECT_EQ(text(got.confirmed, shop.today), "TOKYO:5@1 NEW-YORK:3@0 ");
  EXPECT_EQ(got.earliest_full_date, shop.today + 1);
  auto asked = line("A-100", "8");
  asked.date = shop.today;
  got = shop.ask(asked);
  EXPECT_EQ(got.available, qty(5)) << "in Tokyo that day is over";
  EXPECT_EQ(got.status, AvailabilityStatus::partial);
  EXPECT_EQ(text(got.confirmed, shop.today), "NEW-YORK:5@0 TOKYO:3@1 ");
}

struct StaleCase {
  WhenStale rule;
  std::string quantity;
  AvailabilityStatus status;
  std::string available;
};

TEST(Check, stale_stock_counts_by_rule) {
  Shop shop;
  shop.item("A-100");
  shop.location("DC-EAST", 10);
  shop.location("DC-WEST", 20);
  shop.location("EMPTY", 30);
  shop.stock("A-100", "DC-EAST", 10);
  shop.stock("A-100", "DC-WEST", 5);
  shop.now = shop.now + 100 * second;
  shop.projection.set_current(shop.now);
  shop.projection.watermarks().set("wms", "DC-WEST", shop.now);
  shop.rules.stale_after = std::chrono::seconds(60);
  for (const auto& [rule, quantity, status, available] : std::vector<StaleCase>{
           {WhenStale::serve, "15", AvailabilityStatus::available, "15"},
           {WhenStale::serve, "16", AvailabilityStatus::partial, "15"},
           {WhenStale::conservative, "5", AvailabilityStatus::available, "5"},
           {WhenStale::conservative, "6", AvailabilityStatus::indeterminate, "5"},
           {WhenStale::deny, "1", AvailabilityStatus::indeterminate, "0"},
       }) {
    shop.rules.when_stale = rule;
    const auto got = shop.ask(line("A-100", quantity));
    EXPECT_EQ(got.status, status) << quantity;
    EXPECT_EQ(got.available.text(), available) << quantity;
    EXPECT_TRUE(got.locations[0].stale);
    EXPECT_EQ(got.locations[0].age_ms, 101'000);
    EXPECT_FALSE(got.locations[1].stale);
    auto west = line("A-100", "5");
    west.locations = {"DC-WEST"};
    EXPECT_EQ(shop.ask(west).status, AvailabilityStatus::available) << "a line without the stale location is not touched";
  }
  shop.rules.when_stale = WhenStale::serve;
  shop.now = shop.now + 3 * second;
  EXPECT_TRUE(shop.ask(line("A-100", "1")).locations[1].stale) << "the projection itself is behind";
}

TEST(Check, a_suspect_position_and_a_silent_location_are_stale) {
  Shop shop;
  shop.item("A-100");
  shop.location("DC-EAST", 10);
  Profile some;
  some.on_hand = qty(5);
  shop.stock("A-100", "DC-EAST", some, true);
  EXPECT_TRUE(shop.ask(line("A-100", "1")).locations[0].stale);
  Location silent;
  silent.code = "SILENT";
  shop.catalog.put(silent, 1);
  const auto got = shop.ask(line("A-100", "1"));
  EXPECT_TRUE(got.locations[1].stale);
  EXPECT_EQ(got.locations[1].as_of, std::nullopt);
  EXPECT_EQ(got.locations[1].age_ms, std::nullopt);
}

/// The text is the document: both ways of answering are one answer, also for names that need escaping.
TEST(Check, text_and_document_are_the_same) {
  Shop shop;
  std::mt19937 random(31);
  shop.location("DC \"1\"", 10, "America/New_York");
  shop.location("DC-2", 10, "Asia/Tokyo");
  shop.location("DC-3\u00e9", 20);
  Location silent;
  silent.code = "SILENT";
  shop.catalog.put(silent, 1);
  for (int i = 0; i < 6; ++i) {
    const auto sku = i == 0 ? std::string("A\\\"\u20ac") : "S-" + std::to_string(i);
    shop.item(sku);
    for (const auto* place : {"DC \"1\"", "DC-2", "DC-3\u00e9"}) {
      auto profile = random_profile(random, 4);
      for (auto* schedule : {&profile.supply, &profile.demand}) {
        Schedule moved;
        for (const auto& [date, quantity] : schedule->entries()) moved.add(shop.today + (date - day(0)), quantity);
        *schedule = moved;
      }
      shop.stock(sku, place, profile);
    }
  }
  for (int round = 0; round < 300; ++round) {
    AvailabilityRequest request;
    for (int n = 0; n < 4; ++n) {
      const int i = std::uniform_int_distribution<int>(0, 6)(random);
      auto asked =
          line(i == 0 ? "A\\\"\u20ac" : "S-" + std::to_string(i), std::to_string(std::uniform_int_distribution<int>(1, 90)(random)));
      if (round % 3 == 0) asked.uom = n % 2 ? "CS" : "TH";
      if (round % 2 == 0) asked.date = shop.today + std::uniform_int_distribution<int>(-1, 20)(random);
      if (round % 5 == 0) asked.locations = {"DC-2", "DC \"1\""};
      request.lines.push_back(std::move(asked));
    }
    std::string body;
    ASSERT_TRUE(check_into(body, request, shop.catalog, shop.projection, shop.now, shop.rules).empty());
    auto decoded = decode_body<AvailabilityAnswer>(body);
    const auto* mistakes = std::get_if<Mistakes>(&decoded);
    ASSERT_TRUE(std::holds_alternative<AvailabilityAnswer>(decoded)) << (mistakes ? mistakes->front().pointer : "malformed") << body;
    ASSERT_EQ(std::get<AvailabilityAnswer>(decoded), shop.ask(request)) << body;
  }
}

TEST(ProfileQuery, names_each_day_on_which_the_figure_changes) {
  Shop shop;
  shop.item("A-100");
  shop.location("DC-EAST", 10);
  shop.location("DC-WEST", 20);
  Profile east;
  east.on_hand = qty(50);
  east.unavailable = qty(2);
  east.safety_stock = qty(3);
  east.supply.add(shop.today + 7, qty(40));
  east.supply.add(shop.today + 12, qty(100));
  shop.stock("A-100", "DC-EAST", east);
  const auto all = profile_of({"A-100", {}, {}, {}}, shop.catalog, shop.projection, shop.now, shop.rules);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->locations.size(), 1U) << "only where there is a position";
  const auto& view = all->locations[0];
  EXPECT_EQ(view.version, 1);
  EXPECT_EQ(view.safety_stock, qty(3));
  const std::vector<AtpStep> want{{shop.today, qty(45)}, {shop.today + 7, qty(85)}, {shop.today + 12, qty(185)}};
  EXPECT_EQ(view.atp, want);
  const auto part = profile_of({"A-100", "DC-EAST", shop.today + 8, shop.today + 11}, shop.catalog, shop.projection, shop.now, shop.rules);
  EXPECT_EQ(part->locations[0].atp, (std::vector<AtpStep>{{shop.today + 8, qty(85)}}));
  const auto west = profile_of({"A-100", "DC-WEST", {}, {}}, shop.catalog, shop.projection, shop.now, shop.rules);
  EXPECT_EQ(west->locations[0].atp, (std::vector<AtpStep>{{shop.today, Decimal()}}));
  EXPECT_FALSE(profile_of({"X", {}, {}, {}}, shop.catalog, shop.projection, shop.now, shop.rules));
  EXPECT_FALSE(profile_of({"A-100", "NONE", {}, {}}, shop.catalog, shop.projection, shop.now, shop.rules));
}

}  // namespace
}  // namespace crossdock::promise
