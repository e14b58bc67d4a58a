#include "store/change.hpp"

#include <array>
#include <charconv>

namespace crossdock::store {

using namespace ledger;

namespace {

// One line a row, fields parted by tabs. Codes hold no control characters, and JSON escapes them.
void append(std::string& out, std::string_view field) {
  out += '\t';
  out += field;
}

std::int64_t integer(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Decimal decimal(std::string_view text) { return Decimal::parse(text).value; }

promise::PositionValue value_of(const PositionRow& row) {
  promise::PositionValue value;
  value.profile = row.profile;
  value.version = row.version;
  value.owner = row.owner;
  value.suspect = !row.suspect.empty();
  return value;
}

using Fields = std::array<std::string_view, 12>;

Fields split(std::string_view line) {
  Fields fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto tab = i + 1 < fields.size() ? line.find('\t') : std::string_view::npos;
    fields[i] = line.substr(0, tab);
    if (tab == std::string_view::npos) break;
    line.remove_prefix(tab + 1);
  }
  return fields;
}

void take_position(const Fields& f, ChangeSink& sink) {
  promise::PositionValue value;
  value.version = integer(f[3]);
  value.profile.on_hand = decimal(f[4]);
  value.profile.unavailable = decimal(f[5]);
  value.profile.safety_stock = decimal(f[6]);
  value.profile.supply = promise::Schedule::parse(f[7]).value_or(promise::Schedule{});
  value.profile.demand = promise::Schedule::parse(f[8]).value_or(promise::Schedule{});
  value.owner = f[9];
  value.suspect = !f[10].empty();
  sink.position({std::string(f[1]), std::string(f[2])}, value);
}

}  // namespace

std::string encode_change(const World& world) {
  std::string out;
  for (const auto& [key, row] : world.positions) {
    if (row.mark == Mark::clean) continue;
    out += 'P';
    append(out, key.sku), append(out, key.location), append(out, std::to_string(row.version)), append(out, row.profile.on_hand.text());
    append(out, row.profile.unavailable.text()), append(out, row.profile.safety_stock.text()), append(out, row.profile.supply.text());
    append(out, row.profile.demand.text()), append(out, row.owner), append(out, row.suspect);
    out += '\n';
  }
  for (const auto& [key, row] : world.master) {
    if (row.mark == Mark::clean) continue;
    out += 'M';
    append(out, key.kind), append(out, key.id), append(out, std::to_string(row.version)), append(out, row.body);
    out += '\n';
  }
  for (const auto& [key, row] : world.stock_feeds) {
    if (row.mark == Mark::clean) continue;
    out += 'F';
    append(out, key), append(out, row.source), append(out, row.feed), append(out, row.topic), append(out, std::to_string(row.at.micros));
    out += '\n';
  }
  return out;
}

void decode_change(std::string_view body, ChangeSink& sink) {
  while (!body.empty()) {
    auto line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    auto f = split(line);
    if (f[0] == "P") take_position(f, sink);
    if (f[0] == "M") sink.master(std::string(f[1]), std::string(f[2]), integer(f[3]), std::string(f[4]));
    if (f[0] == "F") sink.stock_feed({std::string(f[1]), std::string(f[2]), std::string(f[3]), std::string(f[4]), Instant{integer(f[5])}, Mark::clean});
  }
}

void hand_over(const World& world, ChangeSink& sink) {
  for (const auto& [key, row] : world.positions)
    if (row.mark != Mark::clean) sink.position(key, value_of(row));
  for (const auto& [key, row] : world.master)
    if (row.mark != Mark::clean) sink.master(key.kind, key.id, row.version, row.body);
  for (const auto& [key, row] : world.stock_feeds)
    if (row.mark != Mark::clean) sink.stock_feed(row);
}

}  // namespace crossdock::store
