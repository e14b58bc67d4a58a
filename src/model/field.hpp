// Declaring members: field<&Order::customer>("customer", required, rule::code, "...") makes the functions that reach it.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "crossdock/model/shapes.hpp"
#include "crossdock/model/words.hpp"
#include "model/shape.hpp"
#include "model/values.hpp"

namespace crossdock {

void write_text(const std::string& value, Encoder& out, const Rule& rule);

/// How a type is read, written and described; without a specialisation it is a document with a Shape, or an enumeration with Words.
template <class V>
struct Codec {
  static constexpr bool shaped = !std::is_enum_v<V>;

  static void read(Reader& reader, const Path& path, json::View view, V& value, const Rule& rule) {
    if constexpr (shaped) {
      shape_of(Of<V>{}).read(reader, path, view, &value);
    } else if (const auto place = read_word(reader, path, view, Words<V>::list, rule)) {
      value = static_cast<V>(*place);
    }
  }
  static void write(const V& value, Encoder& out, const Rule&) {
    if constexpr (shaped)
      shape_of(Of<V>{}).write(&value, out);
    else
      out.out.string(to_text(value));
  }
  static void schema(SchemaWriter& out, const Rule& rule) {
    if constexpr (shaped)
      out.shape(shape_of(Of<V>{}));
    else
      out.word(Words<V>::list, rule);
  }
};

template <>
struct Codec<std::string> {
  static constexpr bool shaped = false;
  static void read(Reader& r, const Path& p, json::View v, std::string& value, const Rule& rule) { read_text(r, p, v, value, rule); }
  static void write(const std::string& value, Encoder& out, const Rule& rule) { write_text(value, out, rule); }
  static void schema(SchemaWriter& out, const Rule& rule) { out.text(rule); }
};

template <>
struct Codec<Decimal> {
  static constexpr bool shaped = false;
  static void read(Reader& r, const Path& p, json::View v, Decimal& value, const Rule& rule) { read_decimal(r, p, v, value, rule); }
  static void write(const Decimal& value, Encoder& out, const Rule&) { out.out.decimal(value); }
  static void schema(SchemaWriter& out, const Rule& rule) { out.decimal(rule); }
};

template <>
struct Codec<Date> {
  static constexpr bool shaped = false;
  static void read(Reader& r, const Path& p, json::View v, Date& value, const Rule&) { read_date(r, p, v, value); }
  static void write(const Date& value, Encoder& out, const Rule&) { out.out.date(value); }
  static void schema(SchemaWriter& out, const Rule&) { out.date(); }
};

template <>
struct Codec<Instant> {
  static constexpr bool shaped = false;
  static void read(Reader& r, const Path& p, json::View v, Instant& value, const Rule&) { read_instant(r, p, v, value); }
  static void write(const Instant& value, Encoder& out, const Rule&);
  static void schema(SchemaWriter& out, const Rule&) { out.instant(); }
};

template <>
struct Codec<bool> {
  static constexpr bool shaped = false;
  static void read(Reader& r, const Path& p, json::View v, bool& value, const Rule&) { read_boolean(r, p, v, value); }
  static void write(bool value, Encoder& out, const Rule&) { out.out.boolean(value); }
  static void schema(SchemaWriter& out, const Rule&) { out.boolean(); }
};

template <class I>
struct IntegerCodec {
  static constexpr bool shaped = false;
  static void read(Reader& r, const Path& p, json::View v, I& value, const Rule& rule) {
    if (const auto number = read_integer(r, p, v, rule)) value = static_cast<I>(*number);
  }
  static void write(I value, Encoder& out, const Rule&) { out.out.integer(value); }
  static void schema(SchemaWriter& out, const Rule& rule) { out.integer(rule); }
};
template <>
struct Codec<int> : IntegerCodec<int> {};
template <>
struct Codec<std::int64_t> : IntegerCodec<std::int64_t> {};

template <class V>
struct Codec<std::optional<V>> {
  static constexpr bool shaped = Codec<V>::shaped;
  using Inner = V;
  static void read(Reader& reader, const Path& path, json::View view, std::optional<V>& value, const Rule& rule) {
    Codec<V>::read(reader, path, view, value.emplace(), rule);
  }
  static void write(const std::optional<V>& value, Encoder& out, const Rule& rule) {
    if (value)
      Codec<V>::write(*value, out, rule);
    else
      out.out.null();
  }
  static void schema(SchemaWriter& out, const Rule& rule) { Codec<V>::schema(out, rule); }
};

template <class V>
struct Codec<std::vector<V>> {
  static constexpr bool shaped = Codec<V>::shaped;
  using Inner = V;
  static void read(Reader& reader, const Path& path, json::View view, std::vector<V>& value, const Rule& rule) {
    if (!read_list(reader, path, view, rule)) return;
    value.reserve(view.size());
    std::size_t index = 0;
    for (const json::View element : view.children()) Codec<V>::read(reader, path.at(index++), element, value.emplace_back(), rule);
  }
  static void write(const std::vector<V>& value, Encoder& out, const Rule& rule) {
    out.out.begin_array();
    for (const V& element : value) Codec<V>::write(element, out, rule);
    out.out.end_array();
  }
  static void schema(SchemaWriter& out, const Rule& rule) {
    out.begin_list(rule);
    SchemaWriter items{out.out, out.ref_prefix, {}};
    Codec<V>::schema(items, rule);
    out.end_list();
  }
};

template <class V>
struct Innermost {
  using Type = V;
};
template <class V>
struct Innermost<std::optional<V>> : Innermost<V> {};
template <class V>
struct Innermost<std::vector<V>> : Innermost<V> {};

template <class D, class V>
struct MemberOf {
  using Document = D;
  using Value = V;
};
template <class D, class V>
MemberOf<D, V> member_of(V D::*);

template <class V>
const Shape& nested_shape() {
  return shape_of(Of<V>{});
}

/// The functions of one member.
template <auto Member>
struct Access {
  using Document = typename decltype(member_of(Member))::Document;
  using Value = typename decltype(member_of(Member))::Value;

  static void read(Reader& reader, const Path& path, json::View view, void* document, const Rule& rule) {
    Codec<Value>::read(reader, path, view, static_cast<Document*>(document)->*Member, rule);
  }
  static void write(const void* document, Encoder& out, const Rule& rule) {
    Codec<Value>::write(static_cast<const Document*>(document)->*Member, out, rule);
  }
  static bool absent(const void* document) {
    static const Document fresh{};
    return static_cast<const Document*>(document)->*Member == fresh.*Member;
  }
};

template <auto Member>
constexpr Field field(std::string_view name, Presence presence, const Rule& rule, std::string_view description) {
  using Value = typename Access<Member>::Value;
  const Shape& (*nested)() = nullptr;
  if constexpr (Codec<Value>::shaped) nested = &nested_shape<typename Innermost<Value>::Type>;
  return {name,  presence, rule, description, &Access<Member>::read, &Access<Member>::write, &Access<Member>::absent, &Codec<Value>::schema,
          nested};
}

inline constexpr Presence required = Presence::required;
inline constexpr Presence optional = Presence::optional;
inline constexpr Presence omitted = Presence::omitted;
inline constexpr Presence kind_word = Presence::kind;

/// Where a document's base stands in it.
template <class Document, class Base>
Shape::Inherited inherited(const Shape& base) {
  static const Document sample{};
  const auto* part = static_cast<const Base*>(&sample);
  return {&base, reinterpret_cast<const char*>(part) - reinterpret_cast<const char*>(&sample)};
}

}  // namespace crossdock
