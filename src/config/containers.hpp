// Lists, maps and optional values of other types.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/type.hpp"

namespace crossdock::config {

/// What a list type must do with its vector; the rest is said once, in containers.cpp.
class ListType : public Type {
 public:
  ListType(TypePtr element, std::size_t least) : element_(std::move(element)), least_(least) {}
  bool read(const Node& node, Input& input, void* out) const override;
  Shown shown(const void* value) const override;
  std::string words() const override;
  Json schema(Definitions& definitions) const override;
  std::vector<const Type*> inner() const override { return {element_.get()}; }

 protected:
  virtual void clear(void* list) const = 0;
  virtual void* append(void* list) const = 0;
  virtual std::vector<const void*> elements(const void* list) const = 0;

 private:
  TypePtr element_;
  std::size_t least_;
};

template <class E>
class VectorType final : public ListType {
  using ListType::ListType;
  using List = std::vector<E>;
  void clear(void* list) const override { static_cast<List*>(list)->clear(); }
  void* append(void* list) const override { return &static_cast<List*>(list)->emplace_back(); }
  std::vector<const void*> elements(const void* list) const override {
    std::vector<const void*> out;
    for (const E& e : *static_cast<const List*>(list)) out.push_back(&e);
    return out;
  }
};
/// `least`: how many there must be.
template <class E>
Typed<std::vector<E>> list_of(const Typed<E>& element, std::size_t least = 0) {
  return {std::make_shared<VectorType<E>>(element.type, least)};
}

/// The names that a map takes: a pattern, or a closed set.
struct Names {
  std::string what = "name";          ///< what a name is: "client", "feed"
  std::vector<std::string> closed{};  ///< when not empty, only these
};

class MapType : public Type {
 public:
  MapType(Names names, TypePtr element) : names_(std::move(names)), element_(std::move(element)) {}
  bool read(const Node& node, Input& input, void* out) const override;
  Shown shown(const void* value) const override;
  std::string words() const override;
  Json schema(Definitions& definitions) const override;
  std::vector<const Type*> inner() const override { return {element_.get()}; }

 protected:
  virtual void clear(void* map) const = 0;
  virtual void* insert(void* map, const std::string& name) const = 0;
  virtual std::vector<std::pair<std::string, const void*>> elements(const void* map) const = 0;

 private:
  bool takes(const Key& key, Input& input) const;
  Names names_;
  TypePtr element_;
};

template <class E>
class NamedType final : public MapType {
  using MapType::MapType;
  using Map = std::map<std::string, E>;
  void clear(void* map) const override { static_cast<Map*>(map)->clear(); }
  void* insert(void* map, const std::string& name) const override { return &(*static_cast<Map*>(map))[name]; }
  std::vector<std::pair<std::string, const void*>> elements(const void* map) const override {
    std::vector<std::pair<std::string, const void*>> out;
    for (const auto& [name, e] : *static_cast<const Map*>(map)) out.emplace_back(name, &e);
    return out;
  }
};
template <class E>
Typed<std::map<std::string, E>> map_of(Names names, const Typed<E>& element) {
  return {std::make_shared<NamedType<E>>(std::move(names), element.type)};
}

/// A value that may be absent.
class MaybeType : public Type {
 public:
  explicit MaybeType(TypePtr inside) : inside_(std::move(inside)) {}
  bool read(const Node& node, Input& input, void* out) const override;
  Shown shown(const void* value) const override;
  std::string words() const override { return inside_->words(); }
  Json schema(Definitions& definitions) const override;
  std::vector<const Type*> inner() const override { return {inside_.get()}; }

 protected:
  virtual void* emplace(void* optional) const = 0;
  virtual const void* get(const void* optional) const = 0;  ///< null when absent

 private:
  TypePtr inside_;
};

template <class E>
class OptionalType final : public MaybeType {
  using MaybeType::MaybeType;
  void* emplace(void* optional) const override { return &static_cast<std::optional<E>*>(optional)->emplace(); }
  const void* get(const void* optional) const override {
    const auto& held = *static_cast<const std::optional<E>*>(optional);
    return held ? &*held : nullptr;
  }
};
template <class E>
Typed<std::optional<E>> maybe(const Typed<E>& inside) {
  return {std::make_shared<OptionalType<E>>(inside.type)};
}

/// A single word in place of a list: `locations: any`. T has the flag and the list as members.
struct WordOrList {
  std::string word;
  std::function<void(void*, bool)> set_word;
  std::function<bool(const void*)> is_word;
  std::function<void*(void*)> list;
};
TypePtr word_or_list_type(WordOrList how, TypePtr list);
template <class T, class E>
Typed<T> word_or(std::string word, bool T::* flag, std::vector<E> T::* list, const Typed<std::vector<E>>& type) {
  return {word_or_list_type(
      {std::move(word), [=](void* at, bool on) { static_cast<T*>(at)->*flag = on; },
       [=](const void* at) { return static_cast<const T*>(at)->*flag; }, [=](void* at) -> void* { return &(static_cast<T*>(at)->*list); }},
      type.type)};
}

}  // namespace crossdock::config
