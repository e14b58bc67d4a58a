// JSON whose numbers stay text: a strict reader into a flat document, and an append-only writer.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::json {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

struct Limits {
  std::size_t bytes = 1U << 20;
  int depth = 64;
};

/// Where and why a text is not the JSON that we take.
struct Malformed {
  std::size_t offset = 0;
  int line = 1, column = 1;  ///< from 1; columns count bytes
  std::string message;
};

class Document;

/// A value inside a Document: a cheap handle, valid while the Document lives and stays where it is.
class View {
 public:
  Kind kind() const;
  bool is(Kind k) const { return kind() == k; }
  bool boolean() const;             ///< of a boolean
  std::string_view text() const;    ///< a string's characters after unescaping, a number's token as it was written
  std::string_view raw() const;     ///< the value's own bytes in the source, whitespace inside kept
  std::size_t size() const;         ///< members or elements
  std::string_view key() const;     ///< the name under which this value stands in its object (unescaped); empty elsewhere
  View first() const;               ///< first child of an object or array; only if size() > 0
  View next() const;                ///< next sibling; only if there is one
  std::optional<View> find(std::string_view key) const;  ///< first member of that name

  class Iterator;
  struct Children;
  Children children() const;  ///< for (View child : v.children())

 private:
  friend class Document;
  View(const Document* document, std::uint32_t node) : document_(document), node_(node) {}
  const Document* document_;
  std::uint32_t node_;
};

/// A parsed text: owns the source bytes and a flat array of nodes; reusable, so that a loop parses without allocating.
/// Strict RFC 8259, UTF-8 checked, no U+0000 even when escaped, no lone surrogates, depth and size limited.
/// Recursion-free: 100,000 brackets are a Malformed, not a crash.
class Document {
 public:
  Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();
  /// Parses `source` (taken over). Empty on success. Duplicate keys do not end the parse: see duplicates().
  std::optional<Malformed> parse(std::string source, Limits limits = {});
  View root() const;
  /// JSON Pointers of the members whose name stood before in the same object, in order of appearance.
  std::vector<std::string> duplicates() const;

 private:
  friend class View;
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes compact JSON to the end of a string; commas are its business, nesting the caller's.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& string(std::string_view text);
  Writer& boolean(bool value);
  Writer& integer(std::int64_t value);
  Writer& null();
  Writer& raw(std::string_view json);       ///< a finished JSON value
  Writer& decimal(Decimal value);           ///< as a string: "12.5"
  Writer& date(Date value);
  Writer& instant(Instant value);

 private:
  void before_value();
  std::string& out_;
  bool comma_ = false;
};

/// The canonical text of a value: members sorted by name (bytes), numbers in their shortest plain or scientific form with equal values
/// equal (1, 1.0 and 1e0 alike), strings escaped one way. Fingerprints are made over it.
void append_canonical(View value, std::string& out);
void append_escaped(std::string_view text, std::string& out);  ///< with the quotes

}  // namespace crossdock::json
