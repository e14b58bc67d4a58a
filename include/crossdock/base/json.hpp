// JSON whose numbers stay text: a strict reader into a flat document, and an append-only writer.
#pragma once
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/json_tree.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::json {

struct Limits {
  std::size_t bytes = 1U << 20;
  int depth = 64;                    ///< nested containers
  std::uint32_t members = 10'000;    ///< of one object
  std::uint32_t values = 1'000'000;  ///< of the whole text: bounds the memory (32 bytes each) of a 16 MiB import
};

/// Where and why a text is not the JSON that we take.
struct Malformed {
  std::size_t offset = 0;
  int line = 1, column = 1;  ///< from 1; columns count bytes
  std::string message;
};

/// A value inside a Document: a cheap handle, valid until the Document ends or parses again.
class View {
 public:
  Kind kind() const { return node().kind; }
  bool is(Kind k) const { return kind() == k; }
  bool boolean() const { return (node().flags & Node::truth) != 0; }  ///< of a boolean
  /// A string's characters after unescaping, a number's token as it was written; empty for other kinds.
  std::string_view text() const;
  std::string_view raw() const;                        ///< the value's own bytes in the source, whitespace inside kept
  std::size_t offset() const { return node().begin; }  ///< where raw() begins in the source
  std::size_t size() const;                            ///< members or elements; 0 for other kinds
  std::string_view key() const;  ///< the name under which this value stands in its object (unescaped); empty elsewhere
  View first() const;            ///< first child of an object or array; only if size() > 0
  View next() const;             ///< next sibling; only if there is one
  std::optional<View> find(std::string_view key) const;  ///< first member of that name; none in what is no object

  class Iterator;
  struct Children;
  Children children() const;  ///< for (View child : v.children()); empty for what is no container

 private:
  friend class Document;
  View(const Tree* tree, std::uint32_t node) : tree_(tree), node_(node) {}
  const Node& node() const { return tree_->nodes[node_]; }
  bool container() const { return kind() >= Kind::array; }

  const Tree* tree_;
  std::uint32_t node_;
};

/// A parsed text: owns the source bytes and a flat array of nodes; reusable, so that a loop parses without allocating. One thread at a
/// time. Strict RFC 8259, UTF-8 checked, no U+0000 even when escaped, no lone surrogates, no byte order mark, depth and size limited.
/// Recursion-free: 100,000 brackets are a Malformed, not a crash.
class Document {
 public:
  Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();
  /// Parses `source` (taken over). Empty on success. Duplicate keys do not end the parse: see duplicates().
  std::optional<Malformed> parse(std::string source, Limits limits = {});
  /// The same of a copy, made into the buffer of the parse before: for callers that own their bytes.
  std::optional<Malformed> parse_copy(std::string_view source, Limits limits = {});
  /// The parsed value; null before the first parse and after a Malformed.
  View root() const;
  bool has_duplicates() const;
  /// JSON Pointers of the members whose name stood before in the same object, in order of appearance. The first 1,000, and no more once
  /// they take 1 MiB: a hostile body must not blow up its own error report.
  std::vector<std::string> duplicates() const;

 private:
  std::optional<Malformed> read(const Limits& limits);
  std::unique_ptr<Tree> tree_;
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
  Writer& raw(std::string_view json);  ///< a finished JSON value
  Writer& decimal(Decimal value);      ///< as a string: "12.5"
  Writer& date(Date value);
  Writer& instant(Instant value);

 private:
  void before_value();
  std::string& out_;
  bool comma_ = false;
};

/// The canonical text of a value: members sorted by name (bytes; equal names stay in order), numbers of equal value spelled alike (1, 1.0
/// and 1e0: "1"; -0: "0"), strings escaped one way. A number is plain unless that takes more than 20 zeros beside its digits, else
/// "d.ddde-dd". Exact for any number of digits and any exponent. Fingerprints are made over it.
void append_canonical(View value, std::string& out);
/// The canonical spelling of a JSON number token.
void append_canonical_number(std::string_view token, std::string& out);
/// With the quotes. Escapes only what must be; bytes that are not UTF-8 become U+FFFD, so that the output always is JSON.
void append_escaped(std::string_view text, std::string& out);

// The hot accessors, inline.

inline std::string_view View::text() const {
  const Node& n = node();
  return n.kind == Kind::string || n.kind == Kind::number ? tree_->text_of(n) : std::string_view();
}
inline std::string_view View::raw() const { return {tree_->source.data() + node().begin, node().end - node().begin}; }
inline std::size_t View::size() const { return container() ? node().size : 0; }
inline std::string_view View::key() const { return tree_->key_of(node()); }
inline View View::first() const { return {tree_, node_ + 1}; }
inline View View::next() const { return {tree_, node().next}; }

inline std::optional<View> View::find(std::string_view key) const {
  if (kind() != Kind::object || node().size == 0) return std::nullopt;
  for (std::uint32_t i = node_ + 1; i != 0; i = tree_->nodes[i].next) {
    const Node& n = tree_->nodes[i];
    if (n.key_size == key.size() && std::memcmp(tree_->key_of(n).data(), key.data(), key.size()) == 0) return View(tree_, i);
  }
  return std::nullopt;
}

class View::Iterator {
 public:
  using value_type = View;
  using difference_type = std::ptrdiff_t;
  using reference = View;
  using pointer = void;
  using iterator_category = std::input_iterator_tag;

  Iterator() : Iterator(nullptr, 0) {}
  Iterator(const Tree* tree, std::uint32_t node) : tree_(tree), node_(node) {}
  View operator*() const { return {tree_, node_}; }
  Iterator& operator++() {
    node_ = tree_->nodes[node_].next;
    return *this;
  }
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.node_ == b.node_; }

 private:
  const Tree* tree_;
  std::uint32_t node_;
};

struct View::Children {
  Iterator first;
  Iterator begin() const { return first; }
  Iterator end() const { return {}; }
};

inline View::Children View::children() const { return {size() == 0 ? Iterator() : Iterator(tree_, node_ + 1)}; }

}  // namespace crossdock::json
