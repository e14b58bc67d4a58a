// A document's members, declared once; reading, writing, schema and fingerprint walk over them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/json.hpp"
#include "model/reader.hpp"
#include "model/rule.hpp"
#include "model/schema_writer.hpp"

namespace crossdock {

class Shape;

enum class Presence : std::uint8_t {
  required,
  optional,  ///< written always: null, an empty list or the default where absent
  omitted,   ///< not written where absent
  kind,      ///< tells the variants of a shape apart: required of a body, known already where the variant is
};

struct Encoder {
  json::Writer& out;
  bool canonical = false;
};

/// One member. The functions are made per member by field<>(): they reach it without a look-up.
struct Field {
  std::string_view name;
  Presence presence;
  Rule rule;
  std::string_view description;
  void (*read)(Reader&, const Path&, json::View, void* document, const Rule&);
  void (*write)(const void* document, Encoder&, const Rule&);
  bool (*absent)(const void* document);  ///< or as it is by default
  void (*schema)(SchemaWriter&, const Rule&);
  const Shape& (*nested)();  ///< the shape of the member or of its elements; null if it has none
};

/// What the rules between members are given.
struct Rules {
  Reader& reader;
  const Path& path;
  const Shape& shape;
  std::uint64_t seen;
  std::uint64_t bad;
  bool given(std::string_view name) const;
  bool sound(std::string_view name) const;  ///< given, and nothing was wrong in it
};

class Shape {
 public:
  using Finish = void (*)(const Rules&, void* document);

  /// The members of the document's base, of which its own are an extension.
  struct Inherited {
    const Shape* shape;
    std::ptrdiff_t offset;
  };

  Shape(std::string_view name, std::string_view description, std::span<const Field> fields, Finish finish = nullptr, Inherited base = {});
  /// A shape of variants, told apart by the word of the member `kind`; variant_of(document) is the place in `variants`.
  Shape(std::string_view name, std::string_view description, std::string_view kind, std::vector<const Shape*> variants,
        std::span<const std::string_view> kind_words, std::size_t (*variant_of)(const void*));

  std::string_view name() const { return name_; }
  std::string_view description() const { return description_; }
  void read(Reader& reader, const Path& path, json::View view, void* document) const;
  void write(const void* document, Encoder& out) const;
  void write_members(const void* document, Encoder& out) const;
  void schema(SchemaWriter& out) const;
  std::vector<const Shape*> nested() const;
  std::size_t place_of(std::string_view name) const;  ///< size() if there is no such member
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    const Field* field;
    std::ptrdiff_t offset;
  };
  static constexpr std::size_t unknown = static_cast<std::size_t>(-1);

  std::size_t find(std::string_view name, std::size_t from) const;
  void read_members(Reader& reader, const Path& path, json::View view, char* document) const;
  void read_variant(Reader& reader, const Path& path, json::View view, void* document) const;
  void list_missing(Reader& reader, const Path& path, std::uint64_t seen) const;
  void unknown_member(Reader& reader, const Path& path, std::string_view name) const;

  std::string_view name_;
  std::string_view description_;
  std::vector<Entry> entries_;
  std::vector<Entry> sorted_;  ///< by name, for the canonical text
  std::uint64_t required_ = 0;
  Finish finish_ = nullptr;
  Finish inherited_finish_ = nullptr;
  std::ptrdiff_t inherited_offset_ = 0;

  std::string_view kind_;
  std::vector<const Shape*> variants_;
  std::span<const std::string_view> kind_words_;
  std::size_t (*variant_of_)(const void*) = nullptr;
};

}  // namespace crossdock
