// The strict reader: text to flat nodes in one pass, without recursion and without a stack.
#pragma once
#include <string>

#include "crossdock/base/json.hpp"

namespace crossdock::json {

/// Reads tree.source into tree.nodes. One use.
class Reader {
 public:
  Reader(Tree& tree, const Limits& limits);
  bool read();  ///< false: see error_at() and message()
  std::size_t error_at() const { return static_cast<std::size_t>(p_ - begin_); }
  const std::string& message() const { return message_; }

 private:
  struct Text {
    std::uint32_t begin, size;
    bool in_arena;
  };
  enum class Step { value, member, after, done, failed };

  Step value();
  Step member();
  Step after();
  Step open(Kind kind);
  Step close(Kind kind);
  bool literal(std::string_view word, Kind kind, bool truth);
  bool number();
  bool string(Text& text);
  bool rest_of_string(const char* from, Text& text);
  bool escape();
  bool unicode_escape();
  int four_hex_digits();
  bool digits();
  bool add(const Node& node);
  bool fail(std::string_view message);
  void skip_space();

  std::uint32_t offset() const { return static_cast<std::uint32_t>(p_ - begin_); }
  Node& node(std::uint32_t index) { return tree_.nodes[index]; }

  static constexpr std::uint32_t none = ~0U;
  Tree& tree_;
  const Limits& limits_;
  const char* const begin_;
  const char* const end_;  // the terminating NUL stands there: a look at *p_ is always allowed
  const char* p_;
  Node next_;                  // the key of the member whose value comes
  std::uint32_t open_ = none;  // the innermost open container
  int depth_ = 0;
  std::string message_;
};

/// Members of the object whose name stood before, appended to tree.duplicates.
void note_duplicates(Tree& tree, std::uint32_t object);

}  // namespace crossdock::json
