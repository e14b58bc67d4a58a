#include "base/json_reader.hpp"

#include <cstring>

#include "base/json_scan.hpp"

namespace crossdock::json {

Reader::Reader(Tree& tree, const Limits& limits)
    : tree_(tree), limits_(limits), begin_(tree.source.data()), end_(begin_ + tree.source.size()), p_(begin_) {}

bool Reader::read() {
  tree_.nodes.clear();
  Step step = Step::value;
  for (;;) {
    switch (step) {
      case Step::value:
        step = value();
        break;
      case Step::member:
        step = member();
        break;
      case Step::after:
        step = after();
        break;
      case Step::done:
        return p_ == end_ || fail("something follows the value");
      case Step::failed:
        return false;
    }
  }
}

inline void Reader::skip_space() {
  while (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t') ++p_;
}

bool Reader::fail(std::string_view message) {
  message_ = p_ == end_ ? "the text ends too early: " : "";
  message_ += message;
  return false;
}

/// Appends a node (its key is in next_) and ties it to the container that is open.
inline bool Reader::add(const Node& given) {
  const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
  if (index >= limits_.values) return fail("more than " + std::to_string(limits_.values) + " values");
  tree_.nodes.push_back(given);
  if (open_ == none) return true;
  Node& parent = node(open_);
  if (parent.size++ > 0) node(parent.end).next = index;
  parent.end = index;
  return true;
}

Reader::Step Reader::value() {
  skip_space();
  next_.begin = offset();
  bool good = false;
  switch (*p_) {
    case '"': {
      Text text;
      if (!string(text)) return Step::failed;
      next_.kind = Kind::string;
      next_.text = text.begin;
      next_.size = text.size;
      if (text.in_arena) next_.flags |= Node::text_in_arena;
      next_.end = offset();
      good = add(next_);
      break;
    }
    case '{':
      return open(Kind::object);
    case '[':
      return open(Kind::array);
    case 't':
      good = literal("true", Kind::boolean, true);
      break;
    case 'f':
      good = literal("false", Kind::boolean, false);
      break;
    case 'n':
      good = literal("null", Kind::null, false);
      break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      good = number();
      break;
    default:
      good = fail("a value was expected");
  }
  return good ? Step::after : Step::failed;
}

Reader::Step Reader::member() {
  skip_space();
  if (*p_ != '"') return fail("a member's name in double quotes was expected"), Step::failed;
  if (node(open_).size >= limits_.members) {
    return fail("an object of more than " + std::to_string(limits_.members) + " members"), Step::failed;
  }
  Text name;
  if (!string(name)) return Step::failed;
  next_.key = name.begin;
  next_.key_size = name.size;
  next_.flags = name.in_arena ? Node::key_in_arena : 0;
  skip_space();
  if (*p_ != ':') return fail("a colon was expected"), Step::failed;
  ++p_;
  return Step::value;
}

Reader::Step Reader::after() {
  next_ = Node{};
  skip_space();
  if (open_ == none) return Step::done;
  const Kind kind = node(open_).kind;
  if (*p_ == ',') {
    ++p_;
    return kind == Kind::object ? Step::member : Step::value;
  }
  if (*p_ == (kind == Kind::object ? '}' : ']')) return close(kind);
  fail(kind == Kind::object ? "a comma or } was expected" : "a comma or ] was expected");
  return Step::failed;
}

Reader::Step Reader::open(Kind kind) {
  if (++depth_ > limits_.depth) return fail("nested deeper than " + std::to_string(limits_.depth)), Step::failed;
  next_.kind = kind;
  next_.size = 0;
  const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
  if (!add(next_)) return Step::failed;
  next_ = Node{};
  node(index).next = open_;
  open_ = index;
  ++p_;
  skip_space();
  if (*p_ == (kind == Kind::object ? '}' : ']')) return close(kind);
  return kind == Kind::object ? Step::member : Step::value;
}

Reader::Step Reader::close(Kind kind) {
  ++p_;
  --depth_;
  const std::uint32_t closed = open_;
  Node& n = node(closed);
  open_ = n.next;
  n.next = 0;
  n.end = offset();
  if (kind == Kind::object && n.size > 1) note_duplicates(tree_, closed);
  return Step::after;
}

bool Reader::literal(std::string_view word, Kind kind, bool truth) {
  if (static_cast<std::size_t>(end_ - p_) < word.size() || std::memcmp(p_, word.data(), word.size()) != 0) {
    return fail("true, false or null was expected");
  }
  p_ += word.size();
  next_.kind = kind;
  if (truth) next_.flags |= Node::truth;
  next_.end = offset();
  return add(next_);
}

bool Reader::digits() {
  if (!is_digit(*p_)) return fail("a digit was expected");
  while (is_digit(*p_)) ++p_;
  return true;
}

bool Reader::number() {
  const char* const from = p_;
  if (*p_ == '-') ++p_;
  if (*p_ == '0') {
    ++p_;
    if (is_digit(*p_)) return fail("a number with a leading zero");
  } else if (!digits()) {
    return false;
  }
  if (*p_ == '.') {
    ++p_;
    if (!digits()) return false;
  }
  if (*p_ == 'e' || *p_ == 'E') {
    ++p_;
    if (*p_ == '+' || *p_ == '-') ++p_;
    if (!digits()) return false;
  }
  next_.kind = Kind::number;
  next_.text = next_.begin;
  next_.size = static_cast<std::uint32_t>(p_ - from);
  next_.end = offset();
  return add(next_);
}

inline bool Reader::string(Text& text) {
  const char* const from = ++p_;
  p_ = run_end(p_, end_);
  if (*p_ != '"') return rest_of_string(from, text);
  text = {static_cast<std::uint32_t>(from - begin_), static_cast<std::uint32_t>(p_ - from), false};
  ++p_;
  return true;
}

}  // namespace crossdock::json
