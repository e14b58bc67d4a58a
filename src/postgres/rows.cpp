#include "postgres/rows.hpp"

#include <charconv>

#include "base/hex.hpp"
#include "postgres/wire.hpp"

namespace crossdock::postgres {
namespace {

[[noreturn]] void unreadable(std::string_view as, std::string_view text) {
  throw Error({FailureKind::other, {}, "a column that was read as " + std::string(as) + " holds '" + std::string(text) + "'", false});
}

/// Digits from `at` on, at most `most`; moves `at` behind them.
int number(std::string_view text, std::size_t& at, std::size_t most) {
  int value = 0;
  for (const auto end = at + most; at < end && at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

/// "2026-11-23 10:00:00.123456+00", "...+05:30": what DateStyle ISO writes.
std::optional<Instant> iso_instant(std::string_view text) {
  const auto day = Date::parse(text.substr(0, 10));
  if (!day || text.size() < 20 || text[10] != ' ' || text.ends_with("BC")) return {};
  std::size_t at = 11;
  const int hour = number(text, at, 2), minute = number(text, ++at, 2), second = number(text, ++at, 2);
  std::int64_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    const auto from = ++at;
    fraction = number(text, at, 6);
    for (auto digits = at - from; digits < 6; ++digits) fraction *= 10;
  }
  if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return {};
  const int sign = text[at] == '-' ? -1 : 1;
  int offset = number(text, ++at, 2) * 3600;
  if (at < text.size()) offset += number(text, ++at, 2) * 60;
  if (at < text.size()) offset += number(text, ++at, 2);
  if (at != text.size()) return {};
  const std::int64_t seconds = std::int64_t{day->days} * 86'400 + hour * 3'600 + minute * 60 + second - sign * offset;
  return Instant{seconds * 1'000'000 + fraction};
}

}  // namespace

std::size_t Rows::size() const {
  return wire_->prepared ? static_cast<std::size_t>(PQntuples(wire_->prepared.get())) : static_cast<std::size_t>(wire_->plain.size());
}

std::size_t Rows::affected() const {
  if (!wire_->prepared) return static_cast<std::size_t>(wire_->plain.affected_rows());
  const std::string_view said = PQcmdTuples(wire_->prepared.get());
  std::size_t count = 0;
  std::from_chars(said.data(), said.data() + said.size(), count);
  return count;
}

int Rows::columns() const { return wire_->prepared ? PQnfields(wire_->prepared.get()) : static_cast<int>(wire_->plain.columns()); }

std::string Rows::column_name(int column) const {
  if (wire_->prepared) return PQfname(wire_->prepared.get(), column);
  return wire_->plain.column_name(static_cast<pqxx::row::size_type>(column));
}

void Row::check(int column) const {
  if (column >= 0 && column < rows_->columns()) return;
  throw Error({FailureKind::other, {}, "no column " + std::to_string(column) + " in the answer", false});
}

bool Row::is_null(int column) const {
  check(column);
  const auto& wire = *rows_->wire_;
  if (wire.prepared) return PQgetisnull(wire.prepared.get(), static_cast<int>(index_), column) == 1;
  return wire.plain[static_cast<pqxx::result::size_type>(index_)][static_cast<pqxx::row::size_type>(column)].is_null();
}

std::string_view Row::operator[](int column) const {
  check(column);
  const auto& wire = *rows_->wire_;
  if (wire.prepared) {
    const auto row = static_cast<int>(index_);
    return {PQgetvalue(wire.prepared.get(), row, column), static_cast<std::size_t>(PQgetlength(wire.prepared.get(), row, column))};
  }
  const auto field = wire.plain[static_cast<pqxx::result::size_type>(index_)][static_cast<pqxx::row::size_type>(column)];
  return {field.c_str(), static_cast<std::size_t>(field.size())};
}

std::int64_t Row::integer(int column) const {
  const auto text = (*this)[column];
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) unreadable("integer", text);
  return value;
}

std::uint64_t Row::place(int column) const {
  const auto text = (*this)[column];  // (block,offset)
  std::uint32_t block = 0;
  std::uint16_t offset = 0;
  const auto* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + !text.empty(), end, block);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ',') unreadable("place", text);
  const auto second = std::from_chars(first.ptr + 1, end, offset);
  if (second.ec != std::errc() || second.ptr + 1 != end || offset == 0) unreadable("place", text);
  return std::uint64_t{block} << 16U | offset;
}

bool Row::boolean(int column) const {
  const auto text = (*this)[column];
  if (text != "t" && text != "f") unreadable("boolean", text);
  return text == "t";
}

Decimal Row::decimal(int column) const {
  const auto text = (*this)[column];
  const auto parsed = Decimal::parse(text);
  if (!parsed) unreadable("decimal", text);
  return parsed.value;
}

Date Row::date(int column) const {
  const auto text = (*this)[column];
  const auto parsed = Date::parse(text);
  if (!parsed) unreadable("date", text);
  return *parsed;
}

Instant Row::instant(int column) const {
  const auto text = (*this)[column];
  const auto parsed = iso_instant(text);
  if (!parsed) unreadable("instant", text);
  return *parsed;
}

std::string Row::bytes(int column) const {
  const auto text = (*this)[column];
  if (!text.starts_with("\\x") || text.size() % 2 != 0) unreadable("bytes", text);
  std::string out;
  out.reserve(text.size() / 2 - 1);
  for (std::size_t at = 2; at < text.size(); at += 2) {
    const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) unreadable("bytes", text);
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::optional<std::string> Row::maybe_text(int c) const { return is_null(c) ? std::nullopt : std::optional(text(c)); }
std::optional<std::int64_t> Row::maybe_integer(int c) const { return is_null(c) ? std::nullopt : std::optional(integer(c)); }
std::optional<Decimal> Row::maybe_decimal(int c) const { return is_null(c) ? std::nullopt : std::optional(decimal(c)); }
std::optional<Date> Row::maybe_date(int c) const { return is_null(c) ? std::nullopt : std::optional(date(c)); }
std::optional<Instant> Row::maybe_instant(int c) const { return is_null(c) ? std::nullopt : std::optional(instant(c)); }

}  // namespace crossdock::postgres
