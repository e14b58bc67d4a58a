// A feed's records from their bytes to positions: each is an event or has a reason, every one is accounted for, and a position is a
// function of the set of its events: in another order, each of them twice, it comes out the same.
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "fuzz/require.hpp"
#include "hub/record.hpp"
#include "ledger/books.hpp"

namespace {

using namespace crossdock;

constexpr std::string_view between = "\n---\n";
constexpr std::size_t most_records = 12;

/// Lines "name:value" up to an empty line, then the value; records are parted by a line of three dashes.
std::vector<ledger::FeedOrigin> records_of(std::string_view text) {
  std::vector<ledger::FeedOrigin> records;
  while (!text.empty() && records.size() < most_records) {
    auto end = text.find(between);
    std::string_view rest = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + between.size());
    ledger::FeedOrigin from;
    from.topic = "wms.inventory.v1";
    from.offset = static_cast<std::int64_t>(records.size());
    while (!rest.empty()) {
      auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.empty()) break;
      auto colon = line.find(':');
      from.headers.emplace_back(line.substr(0, colon), colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1));
    }
    from.body = rest;
    records.push_back(std::move(from));
  }
  return records;
}

const hub::HubMemory& memory() {
  static const auto* known = [] {
    auto* made = new hub::HubMemory;
    made->master("location", "DC-EAST", 1, R"({"code":"DC-EAST","stock_owner":"wms_east"})");
    made->master("location", "DC-WEST", 1, R"({"code":"DC-WEST","stock_owner":"wms_east"})");
    for (const char* sku : {"A-100", "B"}) made->master("item", sku, 1, std::string(R"({"sku":")") + sku + R"(","base_uom":"EA"})");
    return made;
  }();
  return *known;
}

hub::FeedSettings feed() {
  hub::FeedSettings settings;
  settings.system = "wms_east";
  settings.name = "stock";
  settings.topic = "wms.inventory.v1";
  return settings;
}

struct Stock {
  std::map<ledger::PositionKey, std::pair<Decimal, Decimal>> positions;  ///< on hand, unavailable
  bool left_the_range = false;  ///< an event was refused because no number holds the sum: then the order does matter
};

/// Reads and decides them one by one in this order.
Stock decided(const std::vector<ledger::FeedOrigin>& records) {
  Stock stock;
  ledger::Books books;
  books.place({{"DC-EAST", 1}, {"DC-WEST", 2}});
  for (const auto& from : records) {
    auto record = hub::read_record(feed(), from, memory());
    require(!!record.stock + !!record.ship + !!record.unusable == 1, "a record is one thing, or there is a reason");
    if (record.unusable) require(!record.unusable->reason.empty(), "the reason has a word");
    if (record.unusable || !record.stock) continue;
    books.decide(*record.stock);
    require(record.outcome() != ledger::Outcome::invalid || !record.why().reason.empty(), "what is refused has a reason");
    for (const auto& mistake : record.stock->errors) stock.left_the_range = stock.left_the_range || mistake.code == "out_of_range";
    auto broken = books.broken_invariant();
    require(broken.empty(), broken);
  }
  for (const auto& [key, row] : books.positions) stock.positions[key] = {row.profile.on_hand, row.profile.unavailable};
  return stock;
}

/// A source does not number two events alike, nor call two by one name; where the bytes do, no order is the right one.
bool consistent(const std::vector<ledger::FeedOrigin>& records) {
  std::map<std::tuple<std::string, std::string, std::int64_t, std::int64_t>, std::string> by_place;
  std::map<std::string, std::string> by_id;
  for (const auto& from : records) {
    auto record = hub::read_record(feed(), from, memory());
    if (!record.stock) continue;
    const auto& event = record.stock->event;
    auto said = by_place.try_emplace({event.sku, event.location, event.epoch, event.sequence}, from.body).first;
    auto named = by_id.try_emplace(event.id, from.body).first;
    if (said->second != from.body || named->second != from.body) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  auto records = records_of({reinterpret_cast<const char*>(data), size});
  auto forwards = decided(records);
  if (records.size() < 2 || !consistent(records)) return 0;
  auto twice = records;
  std::reverse(twice.begin(), twice.end());
  twice.insert(twice.end(), records.begin(), records.end());
  auto again = decided(twice);
  if (forwards.left_the_range || again.left_the_range) return 0;
  require(again.positions == forwards.positions, "the order and the number of repeats do not matter");
  return 0;
}
