#include "config/struct.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/definitions.hpp"
#include "crossdock/base/mistakes.hpp"

namespace crossdock::config {
namespace {

std::string here(const Input& input, const std::string& name) { return input.path().empty() ? name : input.path(); }

}  // namespace

Shown shown_member(const Setting& setting, const void* object) { return setting.type->shown(setting.member(const_cast<void*>(object))); }

bool StructType::known_keys(const Node& node, Input& input) const {
  std::vector<std::string_view> known;
  known.reserve(settings_.size());
  for (const Setting& setting : settings_) known.emplace_back(setting.name);
  bool right = true;
  for (const Key& key : node.keys) {
    if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
    const std::string near = nearest(key.text, known);
    const std::string all = known.size() <= 12 ? fmt::format("known here: {}", fmt::join(known, ", ")) : std::string();
    input.problem(key.at, fmt::format("\"{}\" is not a setting of {}", key.text, here(input, name_)),
                  near.empty() ? all : fmt::format("did you mean {}?", near));
    right = false;
  }
  return right;
}

/// Whether the setting's condition holds, by what the sibling is in the file, or else by its default.
bool StructType::counts(const Setting& setting, const Node& node, const void* value) const {
  const Node* sibling = setting.only_if ? node.find(setting.only_if->key) : nullptr;
  if (sibling == nullptr) return counts(setting, value);
  const auto& words = setting.only_if->words;
  return std::find(words.begin(), words.end(), sibling->text) != words.end();
}

bool StructType::read_setting(const Setting& setting, const Node& node, Input& input, void* out) const {
  const Node* value = node.find(setting.name);
  if (value == nullptr) {
    if (!setting.required || !counts(setting, node, out)) return true;
    const Position at = input.where(input.path());
    input.problem(at, fmt::format("{} needs the setting \"{}\"", here(input, name_), setting.name),
                  setting.example.empty() ? setting.help : fmt::format("for example {}: {}", setting.name, setting.example));
    return false;
  }
  const Input::Step step(input, setting.name);
  Position at = value->at;
  for (const Key& key : node.keys)
    if (key.text == setting.name && (value->kind == Node::Kind::map || value->kind == Node::Kind::list)) at = key.at;
  input.found(at);
  if (!counts(setting, node, out)) {
    input.problem(
        at, fmt::format("\"{}\" counts only with {}: {}", setting.name, setting.only_if->key, fmt::join(setting.only_if->words, " or ")),
        "remove it");
    return false;
  }
  return setting.type->read(*value, input, setting.member(out));
}

bool StructType::read(const Node& node, Input& input, void* out) const {
  const bool empty_file = node.kind == Node::Kind::empty && input.path().empty();
  if ((node.kind != Node::Kind::map && !empty_file) || node.refused) {
    expected(*this, node, input);
    return false;
  }
  const bool known = known_keys(node, input);
  std::vector<std::string> wrong;
  for (const Setting& setting : settings_)
    if (!read_setting(setting, node, input, out)) wrong.push_back(setting.name);
  const auto is_wrong = [&](const std::string& name) { return std::find(wrong.begin(), wrong.end(), name) != wrong.end(); };
  for (const Rule& rule : rules_) {
    const bool asked = rule.needs.empty() ? wrong.empty() : std::none_of(rule.needs.begin(), rule.needs.end(), is_wrong);
    if (asked) rule.check(out, input);
  }
  return known && wrong.empty();
}

bool StructType::counts(const Setting& setting, const void* object) const {
  if (!setting.only_if) return true;
  const auto& [key, words] = *setting.only_if;
  for (const Setting& sibling : settings_)
    if (sibling.name == key) return std::find(words.begin(), words.end(), shown_member(sibling, object).text) != words.end();
  return false;
}

Shown StructType::shown(const void* value) const {
  Shown out;
  out.kind = Shown::Kind::map;
  for (const Setting& setting : settings_)
    if (counts(setting, value)) out.add(setting.name, shown_member(setting, value));
  return out;
}

std::string StructType::words() const {
  std::string out = fmt::format("a map of settings ({}", settings_.empty() ? "" : settings_[0].name);
  for (std::size_t i = 1; i < settings_.size() && i < 4; ++i) out += ", " + settings_[i].name;
  return out + (settings_.size() > 4 ? ", ...)" : ")");
}

std::vector<const Type*> StructType::inner() const {
  std::vector<const Type*> out;
  out.reserve(settings_.size());
  for (const Setting& setting : settings_) out.push_back(setting.type.get());
  return out;
}

}  // namespace crossdock::config
