#include "sim/wms_books.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "clock.hpp"
#include "sim/disorder.hpp"

namespace crossdock::sim {
namespace {

/// What a hub makes of the records, by the contract's rule for sequences: an independent count of the same shelves.
class Reader {
 public:
  void read(const Told& told) {
    json::Document document;
    ASSERT_FALSE(document.parse_copy(told.body)) << told.body;
    const auto body = document.root();
    if (told.where == Told::Where::shipments) {
      shipments_.insert(std::string(body.find("shipment_number")->text()));
      return;
    }
    if (!seen_.insert(told.id).second) return;
    events_[std::string(body.find("sku")->text())][std::stoll(std::string(body.find("sequence")->text()))] = told.body;
  }
  Decimal on_hand(const std::string& sku) {
    Decimal level;
    for (const auto& [sequence, text] : events_[sku]) {
      json::Document document;
      EXPECT_FALSE(document.parse_copy(text));
      const auto body = document.root();
      if (const auto counted = body.find("on_hand"))
        level = Decimal::parse(counted->text()).value;
      else
        level += Decimal::parse(body.find("delta")->text()).value;
    }
    return level;
  }
  bool dense() const {
    return std::all_of(events_.begin(), events_.end(),
                       [](const auto& one) { return one.second.rbegin()->first == static_cast<std::int64_t>(one.second.size()); });
  }
  std::size_t shipments() const { return shipments_.size(); }
  const auto& events() const { return events_; }

 private:
  std::set<std::string> seen_, shipments_;
  std::map<std::string, std::map<std::int64_t, std::string>> events_;
};

Catalogue shelves(std::int64_t pieces) {
  Catalogue catalogue;
  for (const char* sku : {"A", "B", "C"}) catalogue.stock["E"][sku] = pieces;
  return catalogue;
}

std::string order(const std::string& id, const std::string& location, const std::string& a, const std::string& b) {
  return R"({"id":")" + id + R"(","location":")" + location + R"(","order":{"id":"o-1","source":"webshop","order_number":"W-1"},"lines":[
    {"line":1,"order_line":1,"sku":"A","quantity":")" +
         a + R"("},{"line":2,"order_line":2,"sku":"B","quantity":")" + b + R"("}]})";
}

TEST(WmsBooks, AnOrderIsTakenOnce) {
  WmsBooks books("w", {"E"}, shelves(10), 1);
  std::string id;
  EXPECT_EQ(books.take("e1", order("x", "E", "2", "3"), id), WmsBooks::Taken::fresh);
  EXPECT_EQ(id, "x");
  EXPECT_EQ(books.take("e1", order("x", "E", "2", "3"), id), WmsBooks::Taken::twice);
  EXPECT_EQ(books.take("e2", order("x", "E", "2", "3"), id), WmsBooks::Taken::twice) << "another event, the same order";
  EXPECT_EQ(books.take("e3", order("y", "W", "2", "3"), id), WmsBooks::Taken::elsewhere);
  EXPECT_EQ(books.take("e4", order("z", "E", "0", "3"), id), WmsBooks::Taken::unreadable);
  EXPECT_EQ(books.take("e5", "{", id), WmsBooks::Taken::unreadable);
  EXPECT_EQ(books.orders().size(), 1U);
}

TEST(WmsBooks, AShortShelfIsSaidByItsDisposition) {
  WmsBooks books("w", {"E"}, shelves(5), 1);
  std::string id;
  books.take("e1", order("x", "E", "1", "9"), id);
  while (books.open(id)) books.pick(id, ten_o_clock);
  std::map<int, std::string> last;
  Decimal sent;
  for (const auto& shipment : books.shipments()) {
    for (const auto& line : shipment.lines) {
      last[line.order_line] = line.disposition;
      if (line.order_line == 2) sent += line.quantity;
    }
  }
  EXPECT_EQ(last[1], "complete");
  EXPECT_THAT(last[2], testing::StartsWith("short_"));
  EXPECT_LE(sent, Decimal::of(5));
}

TEST(WmsBooks, RecordsAloneGiveTheSameShelves) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    WmsBooks books("w", {"E"}, shelves(2'000), seed);
    Reader reader;
    const auto read = [&](const std::vector<Told>& told) {
      for (const auto& one : told) reader.read(one);
    };
    read(books.snapshots(ten_o_clock));
    for (int i = 0; i < 100; ++i) {
      std::string id;
      const auto number = std::to_string(i);
      ASSERT_EQ(books.take("e" + number, order("x" + number, "E", std::to_string(1 + i % 7), "3"), id), WmsBooks::Taken::fresh);
      while (books.open(id)) read(books.pick(id, ten_o_clock));
      if (i % 10 == 0) read(books.recount(2, ten_o_clock));
      if (i % 25 == 0) read(books.damage(1, ten_o_clock));
    }
    for (const char* sku : {"A", "B", "C"}) EXPECT_EQ(reader.on_hand(sku), books.on_hand("E", sku)) << sku << " seed " << seed;
    EXPECT_TRUE(reader.dense());
    EXPECT_EQ(reader.shipments(), books.shipments().size());
    EXPECT_LT(books.on_hand("E", "A"), Decimal::of(2'000));
  }
}

TEST(WmsBooks, EveryShippedPieceHasItsMovement) {
  WmsBooks books("w", {"E"}, shelves(2'000), 7);
  std::map<std::pair<std::string, int>, Decimal> moved;
  for (int i = 0; i < 200; ++i) {
    std::string id;
    books.take("", order("x" + std::to_string(i), "E", "4", "3"), id);
    while (books.open(id)) {
      for (const auto& told : books.pick(id, ten_o_clock)) {
        json::Document document;
        ASSERT_FALSE(document.parse_copy(told.body));
        const auto reference = document.root().find("reference");
        if (!reference) continue;
        moved[{std::string(reference->find("number")->text()), std::stoi(std::string(reference->find("line")->text()))}] -=
            Decimal::parse(document.root().find("delta")->text()).value;
      }
    }
  }
  std::size_t lines = 0;
  for (const auto& shipment : books.shipments()) {
    for (std::size_t i = 0; i < shipment.lines.size(); ++i) {
      const auto it = moved.find({shipment.number, static_cast<int>(i) + 1});
      EXPECT_EQ(it == moved.end() ? Decimal() : it->second, shipment.lines[i].quantity);
      lines += shipment.lines[i].quantity.positive() ? 1 : 0;
    }
  }
  EXPECT_EQ(lines, moved.size());
}

TEST(Disorder, NothingIsLostAndWhatIsAskedForHappens) {
  Disorder line({0.3, 0.3, std::chrono::milliseconds(400)}, 3);
  const auto start = Clock::now();
  for (int i = 0; i < 1'000; ++i)
    line.add({Told::Where::inventory, "k", std::to_string(i), "t", "{}"}, start + std::chrono::milliseconds(i));
  std::map<int, int> times;
  std::vector<int> order;
  for (int ms = 0; ms <= 3'000; ms += 10) {
    for (const auto& told : line.due(start + std::chrono::milliseconds(ms))) {
      ++times[std::stoi(told.id)];
      order.push_back(std::stoi(told.id));
    }
  }
  EXPECT_EQ(line.waiting(), 0U);
  EXPECT_EQ(times.size(), 1'000U);
  EXPECT_EQ(order.size(), 1'000U + line.twice());
  EXPECT_GT(line.twice(), 200U);
  EXPECT_GT(line.late(), 200U);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
}

TEST(Disorder, TheShipmentsOfAnOrderKeepTheirOrder) {
  Disorder line({0, 0.5, std::chrono::milliseconds(400)}, 3);
  const auto start = Clock::now();
  for (int i = 0; i < 500; ++i) line.add({Told::Where::shipments, "o" + std::to_string(i % 5), std::to_string(i), "t", "{}"}, start);
  std::map<std::string, int> last;
  std::size_t seen = 0;
  for (const auto& told : line.due(start + std::chrono::seconds(1))) {
    const int number = std::stoi(told.id);
    EXPECT_GE(number, last[told.key]);
    last[told.key] = number;
    ++seen;
  }
  EXPECT_EQ(seen, 500U);
}

TEST(Disorder, AGoodLineKeepsTheOrder) {
  Disorder line({}, 3);
  const auto start = Clock::now();
  for (int i = 0; i < 100; ++i) line.add({Told::Where::inventory, "k", std::to_string(i), "t", "{}"}, start);
  const auto told = line.due(start);
  ASSERT_EQ(told.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(told[static_cast<std::size_t>(i)].id, std::to_string(i));
}

}  // namespace
}  // namespace crossdock::sim
