// YAML as a tree that knows where it stands. Nothing is typed here: a scalar is its text until a setting's type reads it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "config/problem.hpp"

namespace crossdock::config {

struct Key {
  std::string text;
  Position at;
};

struct Node {
  enum class Kind { empty, scalar, list, map };
  enum class Tag { none, env, secret };  ///< !env NAME, !secret file:PATH

  Kind kind = Kind::empty;
  Tag tag = Tag::none;
  bool quoted = false;  ///< of a scalar: 'x', "x", or a block
  std::string text;     ///< of a scalar
  Position at;
  std::vector<Key> keys;       ///< of a map: keys[i] names children[i]
  std::vector<Node> children;  ///< of a map or list
  bool refused = false;        ///< an alias, or under a foreign tag: a problem already, not to be judged again

  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  /// The child of that name, made (empty) where it is absent; an empty node becomes a map.
  Node& child(std::string_view key, const Position& at);
};

inline constexpr std::size_t most_bytes = 1U << 20;
inline constexpr int deepest = 32;

/// The one document of a source. None when it cannot be read at all; what can be read beside its problems is given.
/// Refused: anchors, aliases, merge keys, tags but !env and !secret, duplicate keys, keys that are no plain text, several documents,
/// more than `most_bytes`, nesting beyond `deepest`, bytes that are no UTF-8.
std::optional<Node> read_yaml(const SourcePtr& source, Problems& problems);

/// What the reader refuses before the YAML library sees it; none when the text may pass. In guard.cpp.
std::optional<Problem> guard(const SourcePtr& source);

}  // namespace crossdock::config
