#include "config/type.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace crossdock::config {
namespace {

constexpr std::size_t largest_secret = 64 * 1024;

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

/// A reference that cannot be followed here: an error for a daemon, a warning for a look at the files.
void unresolved(const Node& node, Input& input, const std::string& message, const std::string& suggestion) {
  input.problem(node.at, message, suggestion, input.must_resolve ? Weight::error : Weight::warning);
}

std::optional<std::string> from_environment(const Node& node, Input& input) {
  if (node.text.empty()) {
    input.problem(node.at, "!env needs the name of a variable", "write !env NAME");
    return std::nullopt;
  }
  auto value = input.environment(node.text);
  if (!value) unresolved(node, input, fmt::format("the environment has no variable {}", node.text), fmt::format("set {}", node.text));
  return value;
}

std::optional<std::string> read_secret_file(const std::string& path, const Node& node, Input& input) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    unresolved(node, input, fmt::format("there is no file {}", path), "put the secret there, readable by the daemon only (chmod 0400)");
    return std::nullopt;
  }
  if (!S_ISREG(info.st_mode)) {
    input.problem(node.at, fmt::format("{} is not a file", path));
    return std::nullopt;
  }
  if ((info.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    input.problem(node.at, fmt::format("{} may be read or written by everybody on this machine", path), fmt::format("chmod 0400 {}", path));
    return std::nullopt;
  }
  std::ifstream in(path, std::ios::binary);
  if (!in || static_cast<std::size_t>(info.st_size) > largest_secret) {
    input.problem(node.at, fmt::format("{} cannot be read, or is larger than 64 KiB", path));
    return std::nullopt;
  }
  std::ostringstream text;
  text << in.rdbuf();
  return trimmed(text.str());
}

std::optional<std::string> from_secret_file(const Node& node, Input& input) {
  constexpr std::string_view prefix = "file:";
  if (!node.text.starts_with(prefix) || node.text.size() == prefix.size()) {
    input.problem(node.at, "a secret is kept in a file", "write !secret file:PATH");
    return std::nullopt;
  }
  std::string path = node.text.substr(prefix.size());
  if (path[0] != '/') path = input.folder + "/" + path;
  return read_secret_file(path, node, input);
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

void Input::problem(const Position& at, std::string message, std::string suggestion, Weight weight) {
  if (problems_.size() < most_problems) problems_.push_back(Problem::at(at, std::move(message), std::move(suggestion), weight));
}

Position Input::where(const std::string& path) const {
  for (std::string at = path;; at.resize(at.rfind('.') == std::string::npos ? 0 : at.rfind('.'))) {
    if (const auto found = positions_.find(at); found != positions_.end()) return found->second;
    if (at.empty()) return {};
  }
}

Input::Step::Step(Input& input, std::string_view part) : input_(input), length_(input.path_.size()) {
  if (!input.path_.empty()) input.path_ += '.';
  input.path_ += part;
}

void expected(const Type& type, const Node& node, Input& input) {
  if (node.refused) return;
  switch (node.kind) {
    case Node::Kind::empty:
      return input.problem(node.at, fmt::format("no value; expected {}", type.words()));
    case Node::Kind::list:
      return input.problem(node.at, fmt::format("expected {}, found a list", type.words()));
    case Node::Kind::map:
      return input.problem(node.at, fmt::format("expected {}, found a map", type.words()));
    case Node::Kind::scalar:
      break;
  }
  const char* what = node.tag == Node::Tag::none ? "a text" : "a reference";
  input.problem(node.at, fmt::format("expected {}, found {}", type.words(), what));
}

std::string ScalarType::suggestion(const std::string&) const { return {}; }

bool ScalarType::read(const Node& node, Input& input, void* out) const {
  if (node.kind != Node::Kind::scalar || node.refused) {
    expected(*this, node, input);
    return false;
  }
  Position at = node.at;
  at.secret = takes_secret_files() && node.tag == Node::Tag::none;
  std::optional<std::string> resolved;
  if (node.tag == Node::Tag::env) {
    resolved = from_environment(node, input);
  } else if (node.tag == Node::Tag::secret) {
    if (takes_secret_files())
      resolved = from_secret_file(node, input);
    else
      input.problem(node.at, "this setting is no secret", "write its value, or !env NAME");
  } else if (!takes_plain_text()) {
    input.problem(at, "a secret must not stand in the file", "write !env NAME or !secret file:PATH");
  } else if (node.quoted && !takes_quotes()) {
    input.problem(node.at, fmt::format("expected {}, found a quoted text", words()), "remove the quotes");
  } else {
    resolved = node.text;
  }
  if (!resolved) return false;
  const std::string wrong = parse(*resolved, out);
  if (wrong.empty()) return true;
  // What a reference led to is not shown: it may be a secret.
  input.problem(at, node.tag == Node::Tag::none ? wrong : wrong + " (the value that the reference leads to)", suggestion(*resolved));
  return false;
}

}  // namespace crossdock::config
