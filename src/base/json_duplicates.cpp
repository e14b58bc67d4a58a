#include <algorithm>

#include "base/json_reader.hpp"
#include "crossdock/base/mistakes.hpp"

namespace crossdock::json {
namespace {

constexpr std::uint32_t few = 32;
constexpr std::size_t most_pointers = 1'000, most_bytes = 1U << 20;

/// A bit per member; only where two share one are keys compared. Names of one object seldom agree in length, first and last character.
void note_among_few(Tree& tree, std::uint32_t object) {
  std::uint64_t seen = 0;
  for (std::uint32_t i = object + 1; i != 0; i = tree.nodes[i].next) {
    const std::string_view key = tree.key_of(tree.nodes[i]);
    std::uint32_t mix = static_cast<std::uint32_t>(key.size());
    if (!key.empty()) mix = mix * 31 + static_cast<unsigned char>(key.front()) * 7U + static_cast<unsigned char>(key.back());
    const std::uint64_t bit = 1ULL << (mix & 63);
    if ((seen & bit) != 0) {
      for (std::uint32_t j = object + 1; j != i; j = tree.nodes[j].next) {
        if (tree.key_of(tree.nodes[j]) == key) {
          tree.duplicates.push_back(i);
          break;
        }
      }
    }
    seen |= bit;
  }
}

/// By sorting: no hash to flood.
void note_among_many(Tree& tree, std::uint32_t object) {
  std::vector<std::uint32_t> members;
  members.reserve(tree.nodes[object].size);
  for (std::uint32_t i = object + 1; i != 0; i = tree.nodes[i].next) members.push_back(i);
  std::sort(members.begin(), members.end(), [&](std::uint32_t a, std::uint32_t b) {
    const std::string_view ka = tree.key_of(tree.nodes[a]), kb = tree.key_of(tree.nodes[b]);
    if (ka.size() != kb.size()) return ka.size() < kb.size();
    const int order = ka.compare(kb);
    return order != 0 ? order < 0 : a < b;
  });
  for (std::size_t i = 1; i < members.size(); ++i) {
    if (tree.key_of(tree.nodes[members[i]]) == tree.key_of(tree.nodes[members[i - 1]])) tree.duplicates.push_back(members[i]);
  }
}

struct Level {
  std::uint32_t next;        // the sibling to visit after this branch
  std::size_t pointer_size;  // of the container's own pointer
  std::size_t index;         // of the element, in an array
  bool array;
};

/// Walks the nodes in order, keeping the pointer of the current one.
class PointerWalk {
 public:
  explicit PointerWalk(const Tree& tree) : tree_(tree) {}

  std::vector<std::string> pointers_of(const std::vector<std::uint32_t>& wanted) {
    std::vector<std::string> out;
    std::size_t bytes = 0;
    auto want = wanted.begin();
    for (std::uint32_t i = 0; want != wanted.end() && i < tree_.nodes.size(); ++i) {
      enter(i);
      if (*want == i) {
        bytes += pointer_.size();
        if (out.size() == most_pointers || bytes > most_bytes) break;
        out.push_back(pointer_);
        ++want;
      }
    }
    return out;
  }

 private:
  void enter(std::uint32_t i) {
    while (!levels_.empty() && levels_.back().next != i) levels_.pop_back();
    if (!levels_.empty()) {
      Level& level = levels_.back();
      pointer_.resize(level.pointer_size);
      append_token(level.array ? std::to_string(level.index++) : std::string(tree_.key_of(tree_.nodes[i])));
      level.next = tree_.nodes[i].next;
    }
    const Node& n = tree_.nodes[i];
    if (n.kind >= Kind::array && n.size > 0) levels_.push_back({i + 1, pointer_.size(), 0, n.kind == Kind::array});
  }

  void append_token(const std::string& token) { pointer_ = pointer_to(pointer_, token); }

  const Tree& tree_;
  std::string pointer_;
  std::vector<Level> levels_;
};

}  // namespace

void note_duplicates(Tree& tree, std::uint32_t object) {
  if (tree.nodes[object].size <= few) {
    note_among_few(tree, object);
  } else {
    note_among_many(tree, object);
  }
}

bool Document::has_duplicates() const { return !tree_->duplicates.empty(); }

std::vector<std::string> Document::duplicates() const {
  if (tree_->duplicates.empty()) return {};
  std::vector<std::uint32_t> in_order = tree_->duplicates;
  std::sort(in_order.begin(), in_order.end());
  return PointerWalk(*tree_).pointers_of(in_order);
}

}  // namespace crossdock::json
