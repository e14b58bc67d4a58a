#include <algorithm>
#include <vector>

#include "crossdock/base/json.hpp"

namespace crossdock::json {
namespace {

/// Writes without recursion: a Document may have been read with any limit of depth.
class CanonicalWriter {
 public:
  explicit CanonicalWriter(std::string& out) : out_(out) {}

  void write(View root) {
    value(root);
    while (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.next == waiting_.size()) {
        out_ += level.object ? '}' : ']';
        waiting_.resize(level.begin, root);
        levels_.pop_back();
        continue;
      }
      if (level.next > level.begin) out_ += ',';
      const View child = waiting_[level.next++];
      if (level.object) {
        append_escaped(child.key(), out_);
        out_ += ':';
      }
      value(child);
    }
  }

 private:
  struct Level {
    std::size_t begin, next;  // its children stand in waiting_ from begin to the end
    bool object;
  };

  void value(View v) {
    switch (v.kind()) {
      case Kind::null:
        out_ += "null";
        return;
      case Kind::boolean:
        out_ += v.boolean() ? "true" : "false";
        return;
      case Kind::number:
        append_canonical_number(v.text(), out_);
        return;
      case Kind::string:
        append_escaped(v.text(), out_);
        return;
      case Kind::array:
        open(v, false);
        return;
      case Kind::object:
        open(v, true);
        return;
    }
  }

  void open(View v, bool object) {
    out_ += object ? '{' : '[';
    const std::size_t begin = waiting_.size();
    for (View child : v.children()) waiting_.push_back(child);
    if (object) {
      std::sort(waiting_.begin() + static_cast<std::ptrdiff_t>(begin), waiting_.end(), [](View a, View b) {
        const int order = a.key().compare(b.key());
        return order != 0 ? order < 0 : a.offset() < b.offset();
      });
    }
    levels_.push_back({begin, begin, object});
  }

  std::string& out_;
  std::vector<View> waiting_;
  std::vector<Level> levels_;
};

}  // namespace

void append_canonical(View value, std::string& out) { CanonicalWriter(out).write(value); }

}  // namespace crossdock::json
