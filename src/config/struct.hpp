// The type of a struct: its settings by name. Settings<T> (settings.hpp) is how one is declared.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/type.hpp"

namespace crossdock::config {

/// A setting counts only when a sibling has one of these words.
struct OnlyIf {
  std::string key;
  std::vector<std::string> words;
};

/// One declared setting.
struct Setting {
  std::string name;
  std::string help;     ///< a sentence or two
  std::string example;  ///< YAML; may be empty
  bool required = false;
  TypePtr type;
  std::function<void*(void*)> member;  ///< the struct's address -> the member's
  std::optional<OnlyIf> only_if;
};

class StructType final : public Type {
 public:
  struct Rule {
    std::function<void(const void* value, Input& input)> check;
    std::vector<std::string> needs;  ///< settings that must be right for the rule to be asked; empty: all
  };
  StructType(std::string name, std::string summary, std::function<std::shared_ptr<void>()> fresh)
      : name_(std::move(name)), summary_(std::move(summary)), fresh_(std::move(fresh)) {}

  bool read(const Node& node, Input& input, void* out) const override;
  Shown shown(const void* value) const override;
  std::string words() const override;
  Json schema(Definitions& definitions) const override;
  std::vector<const Type*> inner() const override;
  /// The object's own schema, not a reference to its definition.
  Json body(Definitions& definitions) const;

  const std::string& name() const { return name_; }
  const std::string& summary() const { return summary_; }
  const std::vector<Setting>& settings() const { return settings_; }
  std::shared_ptr<void> fresh() const { return fresh_(); }  ///< a struct with all defaults

  /// Whether the setting's condition holds in a struct.
  bool counts(const Setting& setting, const void* object) const;

  void add(Setting setting) { settings_.push_back(std::move(setting)); }
  Setting& last() { return settings_.back(); }
  void add(Rule rule) { rules_.push_back(std::move(rule)); }

 private:
  bool known_keys(const Node& node, Input& input) const;
  bool read_setting(const Setting& setting, const Node& node, Input& input, void* out) const;
  bool counts(const Setting& setting, const Node& node, const void* value) const;

  std::string name_, summary_;
  std::function<std::shared_ptr<void>()> fresh_;
  std::vector<Setting> settings_;
  std::vector<Rule> rules_;
};

/// A member's value as it is shown.
Shown shown_member(const Setting& setting, const void* object);

}  // namespace crossdock::config
