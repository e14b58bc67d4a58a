#include "config/containers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "crossdock/base/mistakes.hpp"

namespace crossdock::config {
namespace {

bool name_like(const std::string& text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= 63 && text[0] >= 'a' && text[0] <= 'z' && std::all_of(text.begin(), text.end(), fits);
}

class WordOrListType final : public Type {
 public:
  WordOrListType(WordOrList how, TypePtr list) : how_(std::move(how)), list_(std::move(list)) {}
  bool read(const Node& node, Input& input, void* out) const override {
    if (node.kind == Node::Kind::scalar && !node.refused) {
      if (node.text != how_.word || node.tag != Node::Tag::none) {
        input.problem(node.at, fmt::format("expected {}", words()),
                      node.quoted ? "" : fmt::format("one thing is a list, too: [{}]", node.text));
        return false;
      }
      how_.set_word(out, true);
      return true;
    }
    if (node.kind != Node::Kind::list) {
      expected(*this, node, input);
      return false;
    }
    how_.set_word(out, false);
    return list_->read(node, input, how_.list(out));
  }
  Shown shown(const void* value) const override {
    if (how_.is_word(value)) return Shown::of_text(how_.word);
    Shown list = list_->shown(how_.list(const_cast<void*>(value)));
    return list.children.empty() ? Shown{} : list;
  }
  std::string words() const override { return fmt::format("the word {}, or {}", how_.word, list_->words()); }
  Json schema(Definitions& definitions) const override {
    return {{"anyOf", Json::array({Json{{"const", how_.word}}, list_->schema(definitions)})}};
  }
  std::vector<const Type*> inner() const override { return {list_.get()}; }

 private:
  WordOrList how_;
  TypePtr list_;
};

}  // namespace

bool ListType::read(const Node& node, Input& input, void* out) const {
  if (node.kind != Node::Kind::list || node.refused) {
    expected(*this, node, input);
    return false;
  }
  clear(out);
  bool right = true;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    const Input::Step step(input, std::to_string(i));
    input.found(child.at);
    if (!element_->read(child, input, append(out))) {
      right = false;
    } else if (child.kind == Node::Kind::scalar && child.tag == Node::Tag::none && !seen.insert(child.text).second) {
      input.problem(child.at, fmt::format("{} stands here twice", child.text));
      right = false;
    }
  }
  if (node.children.size() < least_) {
    input.problem(node.at, fmt::format("expected at least {}", least_));
    right = false;
  }
  return right;
}

Shown ListType::shown(const void* value) const {
  Shown out;
  out.kind = Shown::Kind::list;
  for (const void* element : elements(value)) out.add("", element_->shown(element));
  return out;
}

std::string ListType::words() const { return fmt::format("a list, each {}", element_->words()); }

Json ListType::schema(Definitions& definitions) const {
  Json out{{"type", "array"}, {"items", element_->schema(definitions)}};
  if (least_ > 0) out["minItems"] = least_;
  return out;
}

bool MapType::takes(const Key& key, Input& input) const {
  if (names_.closed.empty()) {
    if (name_like(key.text)) return true;
    input.problem(key.at, fmt::format("\"{}\" cannot be a {}", key.text, names_.what),
                  "lower-case letters, digits, _ and -, from a letter");
    return false;
  }
  if (std::find(names_.closed.begin(), names_.closed.end(), key.text) != names_.closed.end()) return true;
  const std::string near = nearest(key.text, {names_.closed.begin(), names_.closed.end()});
  const std::string list = fmt::format("expected one of {}", fmt::join(names_.closed, ", "));
  input.problem(key.at, fmt::format("there is no {} \"{}\"", names_.what, key.text),
                near.empty() ? list : fmt::format("did you mean {}?", near));
  return false;
}

bool MapType::read(const Node& node, Input& input, void* out) const {
  if (node.kind != Node::Kind::map || node.refused) {
    expected(*this, node, input);
    return false;
  }
  clear(out);
  bool right = true;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const Key& key = node.keys[i];
    if (!takes(key, input)) {
      right = false;
      continue;
    }
    const Input::Step step(input, key.text);
    const Node& value = node.children[i];
    input.found(value.kind == Node::Kind::scalar ? value.at : key.at);
    if (!element_->read(value, input, insert(out, key.text))) right = false;
  }
  return right;
}

Shown MapType::shown(const void* value) const {
  Shown out;
  out.kind = Shown::Kind::map;
  for (const auto& [name, element] : elements(value)) out.add(name, element_->shown(element));
  return out;
}

std::string MapType::words() const { return fmt::format("a map of {} to {}", names_.what, element_->words()); }

Json MapType::schema(Definitions& definitions) const {
  Json names = names_.closed.empty() ? Json{{"pattern", "^[a-z][a-z0-9_-]{0,62}$"}} : Json{{"enum", names_.closed}};
  return {{"type", "object"}, {"propertyNames", std::move(names)}, {"additionalProperties", element_->schema(definitions)}};
}

bool MaybeType::read(const Node& node, Input& input, void* out) const { return inside_->read(node, input, emplace(out)); }
Shown MaybeType::shown(const void* value) const {
  const void* held = get(value);
  return held != nullptr ? inside_->shown(held) : Shown{};
}
Json MaybeType::schema(Definitions& definitions) const { return inside_->schema(definitions); }

TypePtr word_or_list_type(WordOrList how, TypePtr list) { return std::make_shared<WordOrListType>(std::move(how), std::move(list)); }

}  // namespace crossdock::config
