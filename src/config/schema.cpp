// Declarations as JSON Schema, draft 7.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "config/definitions.hpp"
#include "config/pages.hpp"

namespace crossdock::config {
namespace {

/// The setting's type with its help, default and example. A reference takes no siblings in draft 7, so it is wrapped.
Json property(const Setting& setting, const void* defaults, Definitions& definitions) {
  Json out = setting.type->schema(definitions);
  if (out.contains("$ref")) out = Json{{"allOf", Json::array({out})}};
  out["description"] = setting.help;
  if (!setting.required) {
    const Shown shown = shown_member(setting, defaults);
    const bool worth = shown.kind != Shown::Kind::none && shown.kind != Shown::Kind::map && flow(shown) != "\"\"";
    if (worth) out["default"] = to_json(shown);
  }
  if (!setting.example.empty() && setting.example.find_first_of("\n!{[") == std::string::npos && out.value("type", "") == "string")
    out["examples"] = Json::array({setting.example});
  return out;
}

/// Settings that count only beside certain words of a sibling: forbidden otherwise.
Json condition(const Setting& setting, const StructType& type) {
  const OnlyIf& only = *setting.only_if;
  const auto defaults = type.fresh();
  bool by_default = false;
  for (const Setting& s : type.settings())
    if (s.name == only.key)
      for (const std::string& word : only.words) by_default = by_default || shown_member(s, defaults.get()).text == word;
  Json has{{"properties", {{only.key, {{"enum", only.words}}}}}};
  if (!by_default) has["required"] = Json::array({only.key});
  return {{"if", {{"not", std::move(has)}}}, {"then", {{"properties", {{setting.name, false}}}}}};
}

}  // namespace

Json StructType::body(Definitions& definitions) const {
  Json properties = Json::object(), required = Json::array(), conditions = Json::array();
  const auto defaults = fresh();
  for (const Setting& setting : settings_) {
    properties[setting.name] = property(setting, defaults.get(), definitions);
    if (setting.required) required.push_back(setting.name);
    if (setting.only_if) conditions.push_back(condition(setting, *this));
  }
  Json out{{"type", "object"}, {"description", summary_}, {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  if (!conditions.empty()) out["allOf"] = std::move(conditions);
  out["additionalProperties"] = false;
  return out;
}

Json StructType::schema(Definitions& definitions) const {
  if (!definitions.by_name.contains(name_)) {
    definitions.by_name[name_] = nullptr;  // holds the place: a struct inside itself ends here
    definitions.by_name[name_] = body(definitions);
  }
  return {{"$ref", "#/definitions/" + name_}};
}

std::string json_schema(const StructType& root, const std::string& title) {
  Definitions definitions;
  Json out{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}};
  out.update(root.body(definitions));
  if (!definitions.by_name.empty()) out["definitions"] = std::move(definitions.by_name);
  return out.dump(2) + "\n";
}

}  // namespace crossdock::config
