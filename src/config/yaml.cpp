// The only file that knows yaml-cpp: its events become nodes. Events, not its tree: they show anchors, tags and duplicates.
#include "config/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/node/node.h>  // completes what parser.h only names; else clang-tidy takes our Node for it
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_map>

namespace crossdock::config {
namespace {

struct TooDeep {
  Position at;
};

/// Builds nodes from events. Whatever is refused is noted and left out, so that all problems show at once.
class Builder final : public YAML::EventHandler {
 public:
  Builder(SourcePtr source, Problems& problems) : source_(std::move(source)), problems_(problems) {}

  std::optional<Node> take() { return std::move(root_); }
  const Position& start() const { return start_; }
  Position position(const YAML::Mark& mark, std::size_t length = 1) const {
    const std::string_view line = source_->line(mark.line + 1);
    int column = 1;
    for (int i = 0; i < mark.column && i < static_cast<int>(line.size()); ++i)
      if ((static_cast<unsigned char>(line[static_cast<std::size_t>(i)]) & 0xC0U) != 0x80U) ++column;
    return {source_, mark.line + 1, column, static_cast<int>(length)};
  }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = position(mark); }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    note(position(mark, name.size() + 1), "anchors are not allowed", "write the settings out where they are needed");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    note(position(mark), "aliases are not allowed", "write the settings out where they are needed");
    Node node = scalar(mark, Node::Kind::scalar);
    node.refused = true;
    put(std::move(node));
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { put(null_at(mark)); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    Node node = scalar(mark, Node::Kind::scalar);
    node.text = value;
    node.quoted = tag == "!";
    node.at.length = underline(value);
    refuse_unclosed(node, mark);
    if (tag == "!env")
      node.tag = Node::Tag::env;
    else if (tag == "!secret")
      node.tag = Node::Tag::secret;
    else if (tag != "?" && tag != "!")
      refuse_tag(node, tag);
    put(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    bool awaits_value = false;  // of a map: a key has been read
    bool skip = false;          // its key was refused: the value is read and dropped
    std::unordered_map<std::string, int> seen;
  };

  static int underline(const std::string& value) {
    const std::size_t line = value.find('\n');
    int n = 0;
    for (char c : value.substr(0, line))
      if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++n;
    return n > 0 ? n : 1;
  }
  void note(const Position& at, std::string message, std::string suggestion = {}) {
    if (problems_.size() < most_problems) problems_.push_back(Problem::at(at, std::move(message), std::move(suggestion)));
  }
  void refuse_tag(Node& node, const std::string& tag) {
    node.refused = true;
    note(node.at, fmt::format("the tag {} is not known", tag), "the tags are !env NAME and !secret file:PATH; other texts are quoted");
  }
  /// yaml-cpp takes a quoted text that only the file's end ends, with all that was meant to follow it.
  void refuse_unclosed(Node& node, const YAML::Mark& mark) {
    const std::string_view line = source_->line(mark.line + 1);
    if (mark.column < 0 || static_cast<std::size_t>(mark.column) >= line.size()) return;
    const std::string_view all = source_->text();
    std::size_t at = static_cast<std::size_t>(line.data() - all.data()) + static_cast<std::size_t>(mark.column);
    const char quote = all[at];
    if (quote != '"' && quote != '\'') return;
    for (++at; at < all.size(); ++at) {
      const bool twice = quote == '\'' && all.substr(at, 2) == "''";
      if (twice || (quote == '"' && all[at] == '\\'))
        ++at;  // an escaped character
      else if (all[at] == quote)
        return;
    }
    node.refused = true;
    node.at.length = 1;
    note(node.at, "the text that begins here is never closed", fmt::format("put a {} at its end", quote));
  }
  Node scalar(const YAML::Mark& mark, Node::Kind kind) const {
    Node node;
    node.kind = kind;
    node.at = position(mark);
    return node;
  }
  /// yaml-cpp calls `null` and `~` nothing; to us they are texts, and only an absent value is nothing.
  Node null_at(const YAML::Mark& mark) const {
    Node node = scalar(mark, Node::Kind::empty);
    const std::string_view line = source_->line(mark.line + 1);
    const std::string_view rest = line.substr(std::min(static_cast<std::size_t>(std::max(mark.column, 0)), line.size()));
    for (std::string_view word : {"null", "Null", "NULL", "~"}) {
      if (!rest.starts_with(word)) continue;
      node.kind = Node::Kind::scalar;
      node.text = word;
      node.at.length = static_cast<int>(word.size());
    }
    return node;
  }
  void open(const YAML::Mark& mark, const std::string& tag, Node::Kind kind) {
    if (stack_.size() >= static_cast<std::size_t>(deepest)) throw TooDeep{position(mark)};
    Frame frame;
    frame.node = scalar(mark, kind);
    if (tag != "?" && tag != "!") refuse_tag(frame.node, tag);
    stack_.push_back(std::move(frame));
  }
  void close() {
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    put(std::move(node));
  }
  void put(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.node.kind == Node::Kind::list) {
      frame.node.children.push_back(std::move(node));
    } else if (!frame.awaits_value) {
      put_key(frame, std::move(node));
    } else {
      frame.awaits_value = false;
      if (frame.skip) return;
      if (node.kind == Node::Kind::empty) node.at = frame.node.keys.back().at;
      frame.node.children.push_back(std::move(node));
    }
  }
  void put_key(Frame& frame, Node node) {
    frame.awaits_value = true;
    frame.skip = true;
    if (node.kind != Node::Kind::scalar || node.tag != Node::Tag::none) {
      note(node.at, "a key must be a plain text", "quote texts that begin with one of [ { ? & * !");
    } else if (node.text == "<<" && !node.quoted) {
      note(node.at, "merge keys are not allowed", "write the settings out where they are needed");
    } else if (const auto [at, fresh] = frame.seen.try_emplace(node.text, node.at.line); !fresh) {
      note(node.at, fmt::format("\"{}\" stands here twice", node.text), fmt::format("the first is on line {}", at->second));
    } else {
      frame.skip = false;
      frame.node.keys.push_back({std::move(node.text), node.at});
    }
  }

  SourcePtr source_;
  Problems& problems_;
  std::vector<Frame> stack_;
  std::optional<Node> root_;
  Position start_;
};

std::string advice(const std::string& message, std::string_view line) {
  if (line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos) return "indent with spaces, not tabs";
  if (message.find("end of map") != std::string::npos || message.find("illegal") != std::string::npos ||
      message.find("end of sequence") != std::string::npos)
    return "is the indentation right? texts with : # { } [ ] , must be quoted";
  return {};
}

bool parse(const SourcePtr& source, Builder& builder, Problems& problems) {
  std::istringstream in(source->text());
  try {
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    if (parser) {
      Problems ignored;
      Builder second(source, ignored);
      if (parser.HandleNextDocument(second)) {
        problems.push_back(Problem::at(second.start(), "a second document", "one file, one document: remove the line ---"));
        return false;
      }
    }
    return true;
  } catch (const TooDeep& deep) {
    problems.push_back(Problem::at(deep.at, fmt::format("nested deeper than {} levels", deepest)));
  } catch (const YAML::Exception& wrong) {
    const Position at = builder.position(wrong.mark);
    problems.push_back(Problem::at(at, "not YAML: " + wrong.msg, advice(wrong.msg, source->line(at.line))));
  }
  return false;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size() && i < children.size(); ++i)
    if (keys[i].text == key) return &children[i];
  return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

Node& Node::child(std::string_view key, const Position& position) {
  if (Node* found = find(key)) return *found;
  if (kind == Kind::empty) kind = Kind::map;
  keys.push_back({std::string(key), position});
  children.emplace_back().at = position;
  return children.back();
}

std::optional<Node> read_yaml(const SourcePtr& source, Problems& problems) {
  if (auto problem = guard(source)) {
    problems.push_back(std::move(*problem));
    return std::nullopt;
  }
  Builder builder(source, problems);
  if (!parse(source, builder, problems)) return std::nullopt;
  auto root = builder.take();
  if (!root) root = Node{};
  if (root->at.source == nullptr) root->at = {source, 1, 1, 1};
  return root;
}

}  // namespace crossdock::config
