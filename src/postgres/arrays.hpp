// Columns of a batch as array literals, one text parameter each: insert into t select * from unnest($1::text[], $2::numeric[]).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::postgres {

/// Common part of the column builders: the literal is complete after every add. clear() keeps the memory. One thread.
class Array {
 public:
  const std::string& literal() const { return text_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool holds_nul() const { return nul_; }
  void reserve(std::size_t bytes) { text_.reserve(bytes); }
  void clear();

 protected:
  void put(std::string_view plain);   ///< needs no quotes
  void quote(std::string_view text);  ///< quotes and escapes
  std::string& open();                ///< the text with the comma before the next element; close() after it
  void close() { text_ += '}'; }

 private:
  std::string text_ = "{}";
  std::size_t size_ = 0;
  bool nul_ = false;
};

/// What the builders share by type: add, add(optional), add_null, chained.
// A private constructor would take TextArray{} away from the callers.
template <class Self>
class Column : public Array {  // NOLINT(bugprone-crtp-constructor-accessibility)
 public:
  Self& add_null() {
    put("NULL");
    return self();
  }
  template <class T>
  Self& add(const std::optional<T>& value) {
    if (!value) return add_null();
    return self().add(*value);
  }

 protected:
  Self& self() { return static_cast<Self&>(*this); }
};

/// text[], varchar[], jsonb[], and any type by its text form.
class TextArray : public Column<TextArray> {
 public:
  using Column::add;
  TextArray& add(std::string_view text) {
    quote(text);
    return *this;
  }
};

/// int8[], int4[], int2[].
class IntegerArray : public Column<IntegerArray> {
 public:
  using Column::add;
  IntegerArray& add(std::int64_t value);
};

/// numeric[].
class DecimalArray : public Column<DecimalArray> {
 public:
  using Column::add;
  DecimalArray& add(Decimal value);
};

/// date[].
class DateArray : public Column<DateArray> {
 public:
  using Column::add;
  DateArray& add(Date value);
};

/// timestamptz[].
class InstantArray : public Column<InstantArray> {
 public:
  using Column::add;
  InstantArray& add(Instant value);
};

/// uuid[]: what is not a UUID is sent quoted, and the server's refusal is a data failure.
class UuidArray : public Column<UuidArray> {
 public:
  using Column::add;
  UuidArray& add(std::string_view id);
};

/// bytea[].
class BytesArray : public Column<BytesArray> {
 public:
  using Column::add;
  BytesArray& add(std::string_view bytes);
};

/// boolean[].
class BooleanArray : public Column<BooleanArray> {
 public:
  using Column::add;
  BooleanArray& add(bool value) {
    put(value ? "t" : "f");
    return *this;
  }
};

/// "\x..." of the bytes, as PostgreSQL reads bytea.
void append_hex(std::string_view bytes, std::string& out);

}  // namespace crossdock::postgres
