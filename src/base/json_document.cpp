#include <algorithm>
#include <limits>

#include "base/json_reader.hpp"
#include "base/utf8.hpp"

namespace crossdock::json {
namespace {

// A loop keeps its buffers, but not for ever those of one giant body.
constexpr std::size_t kept_nodes = 1U << 16, kept_arena = 1U << 20;

Malformed malformed_at(std::string_view source, std::size_t offset, std::string message) {
  const std::string_view before = source.substr(0, offset);
  const std::size_t line_start = before.rfind('\n');
  Malformed m;
  m.offset = offset;
  m.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  m.column = 1 + static_cast<int>(line_start == std::string_view::npos ? offset : offset - line_start - 1);
  m.message = std::move(message);
  return m;
}

std::size_t first_bad_byte(std::string_view source) {
  std::size_t at = 0;
  while (at < source.size()) {
    const std::size_t n = utf8_sequence(source.substr(at));
    if (n == 0) break;
    at += n;
  }
  return at;
}

void reset(Tree& tree) {
  if (tree.nodes.capacity() > kept_nodes) std::vector<Node>().swap(tree.nodes);
  if (tree.arena.capacity() > kept_arena) std::string().swap(tree.arena);
  tree.nodes.assign(1, Node{});
  tree.arena.clear();
  tree.duplicates.clear();
}

std::optional<Malformed> read_into(Tree& tree, const Limits& limits) {
  const std::string& source = tree.source;
  const std::size_t most = std::min<std::size_t>(limits.bytes, std::numeric_limits<std::uint32_t>::max() - 1);
  if (source.size() > most) return malformed_at(source, most, "longer than " + std::to_string(most) + " bytes");
  if (!valid_utf8(source)) return malformed_at(source, first_bad_byte(source), "not UTF-8");
  Reader reader(tree, limits);
  if (reader.read()) return std::nullopt;
  return malformed_at(source, reader.error_at(), reader.message());
}

}  // namespace

Document::Document() : tree_(std::make_unique<Tree>()) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

std::optional<Malformed> Document::parse(std::string source, Limits limits) {
  if (!tree_) tree_ = std::make_unique<Tree>();
  tree_->source = std::move(source);
  return read(limits);
}

std::optional<Malformed> Document::parse_copy(std::string_view source, Limits limits) {
  if (!tree_) tree_ = std::make_unique<Tree>();
  tree_->source.assign(source);
  return read(limits);
}

std::optional<Malformed> Document::read(const Limits& limits) {
  reset(*tree_);
  std::optional<Malformed> malformed = read_into(*tree_, limits);
  if (malformed) reset(*tree_);
  return malformed;
}

View Document::root() const { return {tree_.get(), 0}; }

}  // namespace crossdock::json
