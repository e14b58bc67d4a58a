#include "store/change.hpp"

#include <array>
#include <charconv>

namespace crossdock::store {

using namespace ledger;

namespace {

// One line a row, fields parted by tabs. Raw tabs and line feeds (a caller's own JSON may have them between its tokens) are written as
// a mark and a letter; the mark itself is a control character that JSON never holds raw.
constexpr char mark = '\x1d';

void append_field(std::string& out, std::string_view field) {
  out += '\t';
  if (field.find_first_of("\t\n\x1d") == std::string_view::npos) {
    out += field;
    return;
  }
  for (char c : field) {
    if (c != '\t' && c != '\n' && c != mark) {
      out += c;
      continue;
    }
    out += mark;
    out += c == '\t' ? 't' : c == '\n' ? 'n' : 'm';
  }
}

std::string plain(std::string_view field) {
  std::string out;
  out.reserve(field.size());
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != mark || i + 1 == field.size()) {
      out += field[i];
      continue;
    }
    char letter = field[++i];
    out += letter == 't' ? '\t' : letter == 'n' ? '\n' : mark;
  }
  return out;
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
  value.marks = row.marks;
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
  value.owner = plain(f[9]);
  value.suspect = !f[10].empty();
  value.marks = integer(f[11]);
  sink.position({plain(f[1]), plain(f[2])}, value);
}

}  // namespace

std::string encode_change(const World& world) {
  std::string out;
  for (const auto& [key, row] : world.positions) {
    if (row.mark == Mark::clean) continue;
    out += 'P';
    append_field(out, key.sku), append_field(out, key.location), append_field(out, std::to_string(row.version)),
        append_field(out, row.profile.on_hand.text());
    append_field(out, row.profile.unavailable.text()), append_field(out, row.profile.safety_stock.text()),
        append_field(out, row.profile.supply.text());
    append_field(out, row.profile.demand.text()), append_field(out, row.owner), append_field(out, row.suspect),
        append_field(out, std::to_string(row.marks));
    out += '\n';
  }
  for (const auto& [key, row] : world.master) {
    if (row.mark == Mark::clean) continue;
    out += 'M';
    append_field(out, key.kind), append_field(out, key.id), append_field(out, std::to_string(row.version)), append_field(out, row.body);
    out += '\n';
  }
  for (const auto& [key, row] : world.stock_feeds) {
    if (row.mark == Mark::clean) continue;
    out += 'F';
    append_field(out, key), append_field(out, row.source), append_field(out, row.feed), append_field(out, row.topic),
        append_field(out, std::to_string(row.at.micros));
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
    if (f[0] == "M") sink.master(plain(f[1]), plain(f[2]), integer(f[3]), plain(f[4]));
    if (f[0] == "F") sink.stock_feed({plain(f[1]), plain(f[2]), plain(f[3]), plain(f[4]), Instant{integer(f[5])}, Mark::clean});
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
