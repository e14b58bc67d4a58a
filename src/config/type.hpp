// What a setting can hold: how it is read from a node, said in JSON Schema, described to people, and shown again.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml.hpp"

namespace crossdock::config {

using Json = nlohmann::ordered_json;
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's own environment.
std::optional<std::string> process_environment(const std::string& name);

/// What is shared while files are read: where problems go, where references are looked up, where each setting was found.
class Input {
 public:
  explicit Input(Problems& problems) : problems_(problems) {}

  Environment environment = process_environment;
  std::string folder = ".";  ///< what a relative !secret path starts from
  /// True: a reference that cannot be resolved is an error. False (`check` on a laptop): a warning, and the value is not judged.
  bool must_resolve = true;

  void problem(const Position& at, std::string message, std::string suggestion = {}, Weight weight = Weight::error);
  /// Where the setting of that path ("capture.release") or the nearest one above it stands.
  Position where(const std::string& path) const;
  bool given(const std::string& path) const { return positions_.contains(path); }

  /// The path of what is being read; types push their parts.
  class Step;
  const std::string& path() const { return path_; }
  void found(const Position& at) { positions_[path_] = at; }

 private:
  Problems& problems_;
  std::string path_;
  std::map<std::string, Position> positions_;
};

class Input::Step {
 public:
  Step(Input& input, std::string_view part);
  ~Step() { input_.path_.resize(length_); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  Input& input_;
  std::size_t length_;
};

/// A value as it is shown: secrets masked, units written, absent settings left out.
struct Shown {
  enum class Kind { none, text, literal, list, map };  ///< literal: a number or a boolean, never quoted
  Kind kind = Kind::none;
  std::string text;
  std::vector<std::string> names;  ///< of a map: names[i] names children[i]
  std::vector<Shown> children;

  static Shown of_text(std::string text);
  static Shown of_literal(std::string text);
  void add(std::string name, Shown child);
};
/// In one line: `{use: hold, max_age: 15min}`.
std::string flow(const Shown& shown);
/// As indented lines, each ending with a newline.
std::string block(const Shown& shown, int indent = 0);
Json to_json(const Shown& shown);

/// Collects the definitions that a schema refers to.
struct Definitions;

class Type {
 public:
  Type() = default;
  Type(const Type&) = delete;
  Type& operator=(const Type&) = delete;
  virtual ~Type() = default;
  /// Reads `node` into the object at `out`; what is wrong goes to `input`. False when `out` is not to be trusted.
  virtual bool read(const Node& node, Input& input, void* out) const = 0;
  virtual Shown shown(const void* value) const = 0;
  virtual std::string words() const = 0;  ///< "duration", "one of auto, manual": after "expected"
  virtual Json schema(Definitions& definitions) const = 0;
  /// Types inside this one, for the reference page.
  virtual std::vector<const Type*> inner() const { return {}; }
};
using TypePtr = std::shared_ptr<const Type>;

/// A type known to read into an M.
template <class M>
struct Typed {
  TypePtr type;
};

/// One text: !env resolved, then parsed. What scalar types have in common.
class ScalarType : public Type {
 public:
  bool read(const Node& node, Input& input, void* out) const final;

 protected:
  /// What is wrong with `text` ("must be between 1 and 64"), or nothing; then the object at `out` is set.
  virtual std::string parse(const std::string& text, void* out) const = 0;
  virtual bool takes_quotes() const { return true; }
  virtual bool takes_secret_files() const { return false; }
  virtual bool takes_plain_text() const { return true; }
  virtual std::string suggestion(const std::string& text) const;
};

/// "expected <words>, found a list" and the like.
void expected(const Type& type, const Node& node, Input& input);

}  // namespace crossdock::config
