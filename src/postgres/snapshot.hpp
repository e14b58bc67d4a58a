// Reading a whole table fast: binary COPY inside one repeatable-read transaction.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"
#include "postgres/failure.hpp"
#include "postgres/settings.hpp"

namespace crossdock::postgres {

/// One row of a binary COPY, valid during the callback. A column is read by the type it has in SQL; another width throws Error.
class CopiedRow {
 public:
  int columns() const { return static_cast<int>(fields_.size()); }
  bool is_null(int column) const { return !field(column); }
  std::string_view text(int column) const { return field(column).value_or(""); }  ///< text, varchar, bytea, json (not jsonb)
  std::int64_t integer(int column) const;                                         ///< int2, int4, int8
  bool boolean(int column) const;
  Decimal decimal(int column) const;  ///< numeric, cut at six places
  Date date(int column) const;
  Instant instant(int column) const;  ///< timestamptz

 private:
  friend class Snapshot;
  enum class Taken { row, trailer, damaged };
  Taken take(std::string_view& chunk);
  const std::optional<std::string_view>& field(int column) const { return fields_.at(static_cast<std::size_t>(column)); }
  std::vector<std::optional<std::string_view>> fields_;
};

/// A read-only repeatable-read transaction on its own connection, from open() to destruction; all questions see one state. One thread.
class Snapshot {
 public:
  static Attempt<Snapshot> open(const Settings& settings, std::string_view role);
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;
  ~Snapshot();
  /// The first column of the first row of a plain query, such as select pg_current_snapshot(); nothing when there is no row.
  Attempt<std::optional<std::string>> value(const std::string& sql);
  /// Copies a SELECT out row by row; returns the number of rows. An Error out of `on_row` ends the snapshot.
  Attempt<std::size_t> copy(const std::string& select, const std::function<void(const CopiedRow&)>& on_row);

 private:
  struct State;
  explicit Snapshot(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace crossdock::postgres
