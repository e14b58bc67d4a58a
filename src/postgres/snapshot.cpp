#include "postgres/snapshot.hpp"

#include <algorithm>
#include <type_traits>

#include "postgres/raw.hpp"

namespace crossdock::postgres {
namespace {

constexpr std::int64_t epoch_2000_days = 10'957;
constexpr std::int64_t micros_per_day = 86'400'000'000;

[[noreturn]] void unreadable(const char* as, std::size_t width) {
  throw Error(
      {FailureKind::other, {}, std::string("a copied column read as ") + as + " is " + std::to_string(width) + " bytes wide", false});
}

template <class Int>
Int big_endian(std::string_view bytes) {
  std::make_unsigned_t<Int> value = 0;
  for (std::size_t i = 0; i < sizeof(Int); ++i)
    value = static_cast<std::make_unsigned_t<Int>>(value << 8U | static_cast<unsigned char>(bytes[i]));
  return static_cast<Int>(value);
}

/// PostgreSQL's numeric: count, weight, sign, scale, then digits in base 10,000.
std::optional<Decimal> numeric(std::string_view bytes) {
  if (bytes.size() < 8) return {};
  const auto part = [&](std::size_t i) { return big_endian<std::int16_t>(bytes.substr(i * 2, 2)); };
  const int count = part(0), weight = part(1), sign = static_cast<std::uint16_t>(part(2));
  if (count < 0 || bytes.size() != 8 + static_cast<std::size_t>(count) * 2 || weight > 6 || (sign != 0 && sign != 0x4000)) return {};
  Int128 units = 0;
  for (int i = 0; i < count; ++i) {
    int power = (weight - i) * 4 + Decimal::places;  // of ten, of this digit in millionths
    Int128 digit = part(4 + static_cast<std::size_t>(i));
    for (; power > 0; --power) digit *= 10;
    for (; power < 0 && digit != 0; ++power) digit /= 10;
    units += digit;
  }
  return Decimal::micros(sign == 0 ? units : -units);
}

constexpr std::string_view signature("PGCOPY\n\xff\r\n\0", 11);

Failure damaged() { return {FailureKind::other, {}, "the binary COPY does not have the form expected", false}; }

}  // namespace

std::int64_t CopiedRow::integer(int column) const {
  const auto bytes = field(column).value_or("");
  if (bytes.size() == 8) return big_endian<std::int64_t>(bytes);
  if (bytes.size() == 4) return big_endian<std::int32_t>(bytes);
  if (bytes.size() == 2) return big_endian<std::int16_t>(bytes);
  unreadable("integer", bytes.size());
}

bool CopiedRow::boolean(int column) const {
  const auto bytes = field(column).value_or("");
  if (bytes.size() != 1) unreadable("boolean", bytes.size());
  return bytes[0] != 0;
}

Decimal CopiedRow::decimal(int column) const {
  const auto bytes = field(column).value_or("");
  const auto value = numeric(bytes);
  if (!value) unreadable("decimal", bytes.size());
  return *value;
}

Date CopiedRow::date(int column) const {
  const auto bytes = field(column).value_or("");
  if (bytes.size() != 4) unreadable("date", bytes.size());
  return Date{static_cast<std::int32_t>(big_endian<std::int32_t>(bytes) + epoch_2000_days)};
}

Instant CopiedRow::instant(int column) const {
  const auto bytes = field(column).value_or("");
  if (bytes.size() != 8) unreadable("instant", bytes.size());
  return Instant{big_endian<std::int64_t>(bytes) + epoch_2000_days * micros_per_day};
}

struct Snapshot::State {
  explicit State(const std::shared_ptr<const Curfew>& curfew) : link(nullptr, curfew) {}
  raw::Link link;
  std::chrono::milliseconds limit{60'000};
};

Snapshot::Snapshot(std::unique_ptr<State> state) : state_(std::move(state)) {}
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() = default;

Attempt<Snapshot> Snapshot::open(const Settings& settings, std::string_view role) {
  const auto address = connection_string(settings.as(role));
  if (!address) return Failure{FailureKind::other, {}, address.fault().message(), false};
  auto state = std::make_unique<State>(settings.curfew);
  state->limit = settings.answer_timeout;
  if (auto connected = state->link.connect(*address, Deadline::in(settings.connect_timeout)); !connected) return connected.failure();
  // A whole table may take longer than a statement of the daily work; the limit on silence stays.
  const auto begun =
      state->link.execute("begin isolation level repeatable read read only; set local statement_timeout = 0", Deadline::in(state->limit));
  if (!begun) return begun.failure();
  return Snapshot(std::move(state));
}

Attempt<std::optional<std::string>> Snapshot::value(const std::string& sql) {
  return state_->link.execute(sql, Deadline::in(state_->limit));
}

/// Takes one row off the front of a chunk (libpq gives whole messages, and the server sends one row a message).
CopiedRow::Taken CopiedRow::take(std::string_view& chunk) {
  if (chunk.size() < 2) return Taken::damaged;
  const int columns = big_endian<std::int16_t>(chunk.substr(0, 2));
  chunk.remove_prefix(2);
  if (columns < 0) return Taken::trailer;
  fields_.clear();
  for (int i = 0; i < columns; ++i) {
    const int width = chunk.size() < 4 ? -2 : big_endian<std::int32_t>(chunk.substr(0, 4));
    if (width < -1 || (width > 0 && chunk.size() - 4 < static_cast<std::size_t>(width))) return Taken::damaged;
    if (width < 0) {
      fields_.emplace_back();
    } else {
      fields_.emplace_back(chunk.substr(4, static_cast<std::size_t>(width)));
    }
    chunk.remove_prefix(4 + static_cast<std::size_t>(std::max(width, 0)));
  }
  return Taken::row;
}

Attempt<std::size_t> Snapshot::copy(const std::string& select, const std::function<void(const CopiedRow&)>& on_row) {
  CopiedRow row;
  std::size_t count = 0;
  bool header = true;
  const auto cut = [&](std::string_view chunk) {
    if (std::exchange(header, false)) {
      if (!chunk.starts_with(signature) || chunk.size() < 19) throw Error(damaged());
      chunk.remove_prefix(19 + static_cast<std::size_t>(big_endian<std::int32_t>(chunk.substr(15, 4))));
    }
    while (!chunk.empty()) {
      const auto taken = row.take(chunk);
      if (taken == CopiedRow::Taken::damaged) throw Error(damaged());
      if (taken == CopiedRow::Taken::trailer) return;
      on_row(row);
      ++count;
    }
  };
  try {
    const auto done = state_->link.copy_out("copy (" + select + ") to stdout with (format binary)", state_->limit, cut);
    if (!done) return done.failure();
  } catch (const Error& error) {
    state_->link.close();  // the rest of the copy is still under way
    return error.failure();
  }
  return count;
}

}  // namespace crossdock::postgres
