// How a parsed JSON text lies in memory. Only json.hpp and the reader look inside; everyone else uses View.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crossdock::json {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

/// One value, 32 bytes. Nodes stand in document order, so a container's first child is the node after it.
/// While the reader has a container open, `next` holds its parent and `end` its last child: no stack is needed.
struct Node {
  static constexpr std::uint8_t truth = 1, text_in_arena = 2, key_in_arena = 4;

  std::uint32_t begin = 0, end = 0;  ///< the value's bytes in the source
  std::uint32_t text = 0;            ///< where a string's characters or a number's token begin
  std::uint32_t size = 0;            ///< of that text; of a container: its children
  std::uint32_t key = 0, key_size = 0;
  std::uint32_t next = 0;  ///< the next sibling; 0, the root, is nobody's
  Kind kind = Kind::null;
  std::uint8_t flags = 0;
};

struct Tree {
  std::string source;
  std::string arena;  ///< strings that had escapes, without them
  std::vector<Node> nodes = std::vector<Node>(1);
  std::vector<std::uint32_t> duplicates;  ///< members whose name stood before in the same object; unordered

  std::string_view text_of(const Node& n) const { return {(n.flags & Node::text_in_arena ? arena : source).data() + n.text, n.size}; }
  std::string_view key_of(const Node& n) const { return {(n.flags & Node::key_in_arena ? arena : source).data() + n.key, n.key_size}; }
};

}  // namespace crossdock::json
