// A setting is said once, against a plain struct: parsing with all problems, defaults, JSON Schema, reference page and redaction follow.
//
//   struct Door { std::string name; std::chrono::milliseconds open{5000}; };
//   const Settings<Door>& door() {
//     static const auto settings = Settings<Door>("door", "A door of the dock.")
//                                      .required("name", &Door::name, "What it is called.").example("east")
//                                      .optional("open", &Door::open, "How long it stays open.", duration(1s, 1h));
//     return settings;
//   }
// Defaults are the struct's member initialisers. A struct or enum of yours is found by a function beside it in its own namespace:
//   config::Typed<Door> type_of(const Door*);   // return door().type();
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/containers.hpp"
#include "config/scalars.hpp"
#include "config/struct.hpp"

namespace crossdock::config {

namespace detail {
template <class M>
struct Natural {  // anything else: its own type_of
  static Typed<M> type() { return type_of(static_cast<const M*>(nullptr)); }
};
template <>
struct Natural<std::string> {
  static Typed<std::string> type() { return text(); }
};
template <>
struct Natural<Secret> {
  static Typed<Secret> type() { return secret(); }
};
template <>
struct Natural<bool> {
  static Typed<bool> type() { return boolean(); }
};
template <>
struct Natural<milliseconds> {
  static Typed<milliseconds> type() { return duration(); }
};
template <>
struct Natural<Date> {
  static Typed<Date> type() { return date(); }
};
template <class E>
struct Natural<std::vector<E>> {
  static Typed<std::vector<E>> type() { return list_of(Natural<E>::type()); }
};
template <class E>
struct Natural<std::optional<E>> {
  static Typed<std::optional<E>> type() { return maybe(Natural<E>::type()); }
};
template <class E>
struct Natural<std::map<std::string, E>> {
  static Typed<std::map<std::string, E>> type() { return map_of(Names{}, Natural<E>::type()); }
};
}  // namespace detail

/// The declared settings of T. Build it once (a function's static), then it is read by any thread.
template <class T>
class Settings {
 public:
  Settings(std::string name, std::string summary)
      : struct_(std::make_shared<StructType>(std::move(name), std::move(summary), [] { return std::make_shared<T>(); })) {}

  template <class S, class M>
  Settings& required(std::string name, M S::* member, std::string help,
                     const std::type_identity_t<Typed<M>>& type = detail::Natural<M>::type()) {
    return add(std::move(name), member, std::move(help), type.type, true);
  }
  template <class S, class M>
  Settings& optional(std::string name, M S::* member, std::string help,
                     const std::type_identity_t<Typed<M>>& type = detail::Natural<M>::type()) {
    return add(std::move(name), member, std::move(help), type.type, false);
  }
  /// Of the setting just declared.
  Settings& example(std::string yaml) {
    struct_->last().example = std::move(yaml);
    return *this;
  }
  Settings& only_if(std::string key, std::vector<std::string> words) {
    struct_->last().only_if = OnlyIf{std::move(key), std::move(words)};
    return *this;
  }
  /// Looks at the struct once the settings that it `needs` (none named: all) are right; reports through
  /// input.problem(input.where(path), ...).
  Settings& rule(std::function<void(const T&, Input&)> check, std::vector<std::string> needs = {}) {
    const auto erased = [check = std::move(check)](const void* value, Input& input) { check(*static_cast<const T*>(value), input); };
    struct_->add(StructType::Rule{erased, std::move(needs)});
    return *this;
  }

  Typed<T> type() const { return {struct_}; }
  const StructType& declared() const { return *struct_; }
  /// The struct as the tree has it; what is wrong goes to `input`'s problems, and the defaults stand in its place.
  bool read(const Node& root, Input& input, T& out) const { return struct_->read(root, input, &out); }
  /// All settings with their values, secrets masked.
  Shown shown(const T& value) const { return struct_->shown(&value); }

 private:
  template <class S, class M>
  Settings& add(std::string name, M S::* member, std::string help, TypePtr type, bool required) {
    static_assert(std::is_base_of_v<S, T>);
    const auto address = [member](void* object) -> void* { return &(static_cast<T*>(object)->*member); };
    struct_->add(Setting{std::move(name), std::move(help), {}, required, std::move(type), address, {}});
    return *this;
  }
  std::shared_ptr<StructType> struct_;
};

}  // namespace crossdock::config
