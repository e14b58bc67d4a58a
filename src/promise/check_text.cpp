#include "promise/check_text.hpp"

#include <charconv>
#include <cstring>

#include "crossdock/base/json.hpp"

namespace crossdock::promise {

namespace {

constexpr std::int64_t second = 1'000'000, day_micros = 86'400 * second;

bool plain(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\') return false;
  }
  return true;
}

constexpr std::string_view statuses[] = {",\"status\":\"available\"",        ",\"status\":\"partial\"",
                                         ",\"status\":\"unavailable\"",      ",\"status\":\"unknown_item\"",
                                         ",\"status\":\"unknown_location\"", ",\"status\":\"indeterminate\""};

}  // namespace

void Text::digits(std::uint64_t value, int count) {
  for (int i = count; i-- > 0; value /= 10) at_[i] = static_cast<char>('0' + value % 10);
  at_ += count;
}

void Text::integer(std::int64_t value) {
  // Most figures of a warehouse are short.
  if (value >= 0 && value < 10) {
    *at_++ = static_cast<char>('0' + value);
  } else if (value >= 10 && value < 100) {
    digits(static_cast<std::uint64_t>(value), 2);
  } else {
    at_ = std::to_chars(at_, at_ + 24, value).ptr;
  }
}

void Text::decimal(Decimal value) {
  if (!value.storable()) {
    std::string slow;
    value.append_to(slow);
    raw(slow);
    return;
  }
  auto units = static_cast<std::int64_t>(value.units());
  if (units < 0) {
    *at_++ = '-';
    units = -units;
  }
  integer(units / Decimal::one);
  auto rest = units % Decimal::one;
  if (rest == 0) return;
  *at_++ = '.';
  int count = Decimal::places;
  for (; rest % 10 == 0; rest /= 10) --count;
  digits(static_cast<std::uint64_t>(rest), count);
}

void Text::date(Date value) {
  if (value.days != day_) {
    std::string made;
    value.append_to(made);
    std::memcpy(day_text_, made.data(), sizeof day_text_);
    day_ = value.days;
  }
  raw({day_text_, sizeof day_text_});
}

void Text::instant(std::int64_t micros) {
  auto day = micros / day_micros;
  if (micros % day_micros < 0) --day;
  const auto of_day = static_cast<std::uint64_t>(micros - day * day_micros);
  const auto seconds = of_day / second;
  date(Date{static_cast<std::int32_t>(day)});
  *at_++ = 'T';
  digits(seconds / 3600, 2);
  *at_++ = ':';
  digits(seconds / 60 % 60, 2);
  *at_++ = ':';
  digits(seconds % 60, 2);
  *at_++ = '.';
  digits(of_day % second / 1000, 3);
  *at_++ = 'Z';
}

void Text::quoted(std::string_view text) {
  if (plain(text)) {
    room(text.size() + 2);
    *at_++ = '"';
    raw(text);
    *at_++ = '"';
    return;
  }
  std::string slow;
  json::append_escaped(text, slow);
  room(slow.size());
  raw(slow);
}

namespace {

void write_confirmed(Text& text, const Scratch& scratch) {
  text.room(16);
  text.raw(",\"confirmed\":[");
  bool first = true;
  for (const auto& part : scratch.outcome().confirmed) {
    text.room(160);
    text.raw(first ? "{\"quantity\":\"" : ",{\"quantity\":\"");
    first = false;
    text.decimal(part.quantity);
    text.raw("\",\"date\":\"");
    text.date(part.date);
    text.raw("\",\"location\":");
    text.quoted(scratch.locations().all()[part.location].code);
    text.room(2);
    text.raw("}");
  }
  text.room(64);
  text.raw("],\"earliest_full_date\":");
  if (const auto full = scratch.outcome().earliest_full) {
    text.raw("\"");
    text.date(*full);
    text.raw("\"");
  } else {
    text.raw("null");
  }
}

void write_figures(Text& text, const Scratch& scratch) {
  text.room(32);
  text.raw(",\"locations\":[");
  bool first = true;
  for (const auto& figure : scratch.outcome().figures) {
    const auto& head = scratch.head(figure.location);
    text.room(head.size() + 256);
    if (!first) text.raw(",");
    first = false;
    text.raw(head);
    text.decimal(figure.available);
    text.raw("\",\"on_hand\":\"");
    text.decimal(figure.on_hand);
    if (figure.watermark == Watermarks::never) {
      text.raw("\",\"as_of\":null,\"age_ms\":null");
    } else {
      text.raw("\",\"as_of\":\"");
      text.instant(figure.watermark);
      text.raw("\",\"age_ms\":");
      text.integer(std::max<std::int64_t>(0, scratch.now().micros - figure.watermark) / 1000);
    }
    text.raw(figure.stale ? ",\"stale\":true}" : ",\"stale\":false}");
  }
  text.room(4);
  text.raw("]}");
}

}  // namespace

void write_line(Text& text, const Scratch& scratch, const AskedLine& asked) {
  const auto& outcome = scratch.outcome();
  text.room(16);
  text.raw("{\"sku\":");
  text.quoted(asked.sku);
  text.room(160);
  text.raw(statuses[static_cast<std::size_t>(outcome.status)]);
  text.raw(",\"requested\":\"");
  text.decimal(asked.quantity);
  text.raw("\"");
  if (!outcome.uom.empty()) {
    text.raw(",\"uom\":");
    text.quoted(outcome.uom);
  }
  text.room(160);
  text.raw(",\"date\":\"");
  text.date(outcome.date);
  text.raw("\",\"available\":\"");
  text.decimal(outcome.available);
  text.raw("\"");
  write_confirmed(text, scratch);
  write_figures(text, scratch);
}

}  // namespace crossdock::promise
