// The rows a statement answered.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::postgres {

class Rows;

/// One row: a handle, valid while its Rows lives. Reading a value in a form that it does not have throws Error (a bug in the SQL);
/// so does reading a null, but for the optional forms.
class Row {
 public:
  bool is_null(int column) const;
  std::string_view operator[](int column) const;  ///< the text form; empty for null
  std::string text(int column) const { return std::string((*this)[column]); }
  std::int64_t integer(int column) const;
  bool boolean(int column) const;
  Decimal decimal(int column) const;
  Date date(int column) const;
  Instant instant(int column) const;    ///< timestamptz in any session time zone
  std::string bytes(int column) const;  ///< bytea
  /// A ctid: where the row lies, its block above 16 bits of its place there; never 0. Good only while the transaction holds its lock.
  std::uint64_t place(int column) const;

  std::optional<std::string> maybe_text(int column) const;
  std::optional<std::int64_t> maybe_integer(int column) const;
  std::optional<Decimal> maybe_decimal(int column) const;
  std::optional<Date> maybe_date(int column) const;
  std::optional<Instant> maybe_instant(int column) const;

 private:
  friend class Rows;
  Row(const Rows* rows, std::size_t index) : rows_(rows), index_(index) {}
  void check(int column) const;
  const Rows* rows_;
  std::size_t index_;
};

/// A result held in memory. Copies share it. Any one thread at a time.
class Rows {
 public:
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::size_t affected() const;  ///< rows that an insert, update or delete touched
  int columns() const;
  std::string column_name(int column) const;
  Row operator[](std::size_t index) const { return Row(this, index); }

  class Iterator {
   public:
    Iterator(const Rows* rows, std::size_t index) : rows_(rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const Rows* rows_;
    std::size_t index_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

  struct Wire;  ///< the library's result; its name stays in the .cpp files
  explicit Rows(std::shared_ptr<const Wire> wire) : wire_(std::move(wire)) {}

 private:
  friend class Row;
  std::shared_ptr<const Wire> wire_;
};

}  // namespace crossdock::postgres
