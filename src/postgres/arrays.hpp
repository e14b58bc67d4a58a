// Columns of a batch as arrays, one parameter each: insert into t select * from unnest($1::text[], $2::numeric[]).
// They go in PostgreSQL's binary form (array_send of its sources): the server's reader of array texts costs more than writing the rows.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::postgres {

/// Common part of the column builders: the bytes are a whole array after every add. clear() keeps the memory. One thread.
class Array {
 public:
  std::string_view bytes() const { return bytes_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// Why no server can take it, with its SQLSTATE before it: a text with U+0000, a uuid that is none. Empty: nothing is wrong.
  std::string_view fault() const { return fault_; }
  void clear();

 protected:
  explicit Array(std::uint32_t element_type);
  void put_null();
  void put(std::string_view element);
  /// Appends to what the next close_element() ends.
  std::string& open_element();
  void close_element();
  void refuse(std::string_view fault) { fault_ = fault; }

 private:
  void count();
  std::string bytes_;
  std::size_t size_ = 0;
  std::size_t element_at_ = 0;
  std::string_view fault_;
};

/// What the builders share by type: add, add(optional), add_null, chained.
// A private constructor would take TextArray{} away from the callers.
template <class Self>
class Column : public Array {  // NOLINT(bugprone-crtp-constructor-accessibility)
 public:
  Self& add_null() {
    put_null();
    return self();
  }
  template <class T>
  Self& add(const std::optional<T>& value) {
    if (!value) return add_null();
    return self().add(*value);
  }

 protected:
  using Array::Array;
  Self& self() { return static_cast<Self&>(*this); }
};

/// text[].
class TextArray : public Column<TextArray> {
 public:
  using Column::add;
  TextArray() : Column(25) {}
  TextArray& add(std::string_view text);
};

/// int8[] (also for narrower columns: the insert casts).
class IntegerArray : public Column<IntegerArray> {
 public:
  using Column::add;
  IntegerArray() : Column(20) {}
  IntegerArray& add(std::int64_t value);
};

/// numeric[].
class DecimalArray : public Column<DecimalArray> {
 public:
  using Column::add;
  DecimalArray() : Column(1700) {}
  DecimalArray& add(Decimal value);
};

/// date[].
class DateArray : public Column<DateArray> {
 public:
  using Column::add;
  DateArray() : Column(1082) {}
  DateArray& add(Date value);
};

/// timestamptz[].
class InstantArray : public Column<InstantArray> {
 public:
  using Column::add;
  InstantArray() : Column(1184) {}
  InstantArray& add(Instant value);
};

/// uuid[]: what is not a UUID is a data failure when it is sent.
class UuidArray : public Column<UuidArray> {
 public:
  using Column::add;
  UuidArray() : Column(2950) {}
  UuidArray& add(std::string_view id);
};

/// tid[]: where rows lie, as Row::place says.
class PlaceArray : public Column<PlaceArray> {
 public:
  using Column::add;
  PlaceArray() : Column(27) {}
  PlaceArray& add(std::uint64_t place);
};

/// bytea[].
class BytesArray : public Column<BytesArray> {
 public:
  using Column::add;
  BytesArray() : Column(17) {}
  BytesArray& add(std::string_view bytes) {
    put(bytes);
    return *this;
  }
};

/// boolean[].
class BooleanArray : public Column<BooleanArray> {
 public:
  using Column::add;
  BooleanArray() : Column(16) {}
  BooleanArray& add(bool value) {
    put(std::string_view(value ? "\1" : "\0", 1));
    return *this;
  }
};

}  // namespace crossdock::postgres
