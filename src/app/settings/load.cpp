#include "app/settings/load.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "app/settings/declare.hpp"
#include "app/settings/folder.hpp"
#include "config/yaml.hpp"
#include "crossdock/base/mistakes.hpp"

namespace crossdock::app {
namespace {

using config::Input;
using config::Node;
using config::Position;
using config::Problems;

struct Variable {
  const char* name;
  const char* path;
};
constexpr std::array<Variable, 4> variables{
    Variable{"CROSSDOCK_POSTGRES_URL", "postgres.url"}, Variable{"CROSSDOCK_KAFKA_BROKERS", "kafka.brokers"},
    Variable{"CROSSDOCK_API_LISTEN", "listen.api"}, Variable{"CROSSDOCK_ADMIN_LISTEN", "listen.admin"}};

/// Puts `value` where the file would have it, so that it is typed, judged and blamed like the rest. A secret's place is never quoted.
void put(Node& root, const std::string& path, const std::string& value, const std::string& name) {
  if (root.kind != Node::Kind::map && root.kind != Node::Kind::empty) return;  // a problem of its own
  const bool secret = path == "postgres.url";
  const auto source = std::make_shared<config::Source>(name, secret ? "" : value);
  const Position at{source, secret ? 0 : 1, secret ? 0 : 1, static_cast<int>(value.size())};
  Node* node = &root;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    if (node->kind != Node::Kind::map) *node = Node{Node::Kind::map, Node::Tag::none, false, {}, at, {}, {}, false};
    node = &node->child(path.substr(begin, end - begin), at);
    begin = end + 1;
  }
  *node = Node{Node::Kind::scalar, Node::Tag::none, false, value, at, {}, {}, false};
}

void override_settings(Node& root, const config::Environment& environment, const Flags& flags) {
  for (const Variable& variable : variables)
    if (auto value = environment(variable.name); value && !value->empty()) put(root, variable.path, *value, variable.name);
  for (const auto& [path, value] : flags) put(root, path, value, "flag " + path);
}

/// A password in the file could be read by everyone who may read the file: refused in its favour of a reference.
void refuse_plain_password(const Node& root, Problems& problems) {
  const Node* postgres = root.find("postgres");
  const Node* url = postgres != nullptr ? postgres->find("url") : nullptr;
  if (url == nullptr || url->kind != Node::Kind::scalar || url->tag != Node::Tag::none) return;
  const std::size_t scheme = url->text.find("://");
  const std::size_t user = scheme == std::string::npos ? std::string::npos : url->text.find('@', scheme);
  const bool in_url = user != std::string::npos && url->text.find(':', scheme + 3) < user;
  if (in_url || url->text.find("password=") != std::string::npos) {
    Position at = url->at;
    at.secret = true;
    problems.push_back(config::Problem::at(at, "a password must not stand in the file", "write !env NAME or !secret file:PATH"));
  }
}

void read_daemon(const FolderFiles& files, const config::Environment& environment, const Flags& flags, Input& input, Loaded& out) {
  auto root = files.daemon ? config::read_yaml(files.daemon, out.problems) : std::nullopt;
  if (!root) return;
  refuse_plain_password(*root, out.problems);
  override_settings(*root, environment, flags);
  input.found({files.daemon, 1, 1});
  daemon_settings().read(*root, input, out.settings);
}

void read_systems(const FolderFiles& files, Input& input, Loaded& out) {
  const Input::Step systems(input, "systems");
  for (const SystemFile& file : files.systems) {
    System& system = out.settings.systems[file.name];
    const auto root = config::read_yaml(file.source, out.problems);
    if (!root) continue;
    const Input::Step step(input, file.name);
    input.found({file.source, 1, 1});
    system_settings().read(*root, input, system);
  }
}

/// `from: erp.credit` needs a system erp that answers credit.
void check_origin(const std::string& check, const Origin& from, const Settings& settings, Input& input) {
  if (from.kind != Origin::Kind::system) return;
  const Position at = input.where("capture.checks." + check + ".from");
  const auto system = settings.systems.find(from.system);
  if (system == settings.systems.end()) {
    std::vector<std::string_view> known;
    known.reserve(settings.systems.size());
    for (const auto& [name, one] : settings.systems) known.emplace_back(name);
    const std::string near = nearest(from.system, known);
    input.problem(at, fmt::format("there is no system {}", from.system),
                  near.empty() ? fmt::format("add systems/{}.yaml", from.system) : fmt::format("did you mean {}?", near));
  } else if (!system->second.answers.contains(from.answer) && !input.given("systems." + from.system + ".answers." + from.answer)) {
    input.problem(at, fmt::format("the system {} has no answer {}", from.system, from.answer),
                  fmt::format("add it to answers in systems/{}.yaml", from.system));
  }
}

/// Two feeds on one topic would each take its records: every effect twice.
void check_topics(const Settings& settings, Input& input) {
  std::map<std::string, std::string> readers;
  for (const auto& [name, system] : settings.systems)
    for (const auto& [feed, what] : system.feeds) {
      if (what.kafka.topic.empty()) continue;
      const auto [first, fresh] = readers.try_emplace(what.kafka.topic, fmt::format("{}.{}", name, feed));
      if (!fresh)
        input.problem(input.where(fmt::format("systems.{}.feeds.{}.kafka.topic", name, feed)),
                      fmt::format("the topic {} is read by the feed {}, too", what.kafka.topic, first->second), "one topic, one feed");
    }
}

}  // namespace

Loaded load(const std::string& folder, const config::Environment& environment, const Flags& flags, References references) {
  Loaded out;
  const FolderFiles files = read_folder(folder, out.problems);
  Input input(out.problems);
  input.environment = environment;
  input.folder = folder;
  input.must_resolve = references == References::must_resolve;
  read_daemon(files, environment, flags, input, out);
  read_systems(files, input, out);
  check_origin("credit", out.settings.capture.checks.credit.from, out.settings, input);
  check_origin("shipping_method", out.settings.capture.checks.shipping_method.from, out.settings, input);
  check_topics(out.settings, input);
  config::sort(out.problems);
  return out;
}

Checked check(const std::string& folder, const config::Environment& environment) {
  Checked out{load(folder, environment, {}, References::may_be_absent).problems, 0};
  std::error_code error;
  if (config::any_error(out.problems)) out.exit_code = std::filesystem::is_directory(folder, error) ? 78 : 1;
  return out;
}

std::string shown(const Settings& settings) {
  config::Shown all = daemon_settings().shown(settings);
  config::Shown systems;
  systems.kind = config::Shown::Kind::map;
  for (const auto& [name, system] : settings.systems) systems.add(name, system_settings().shown(system));
  all.add("systems", std::move(systems));
  return config::block(all);
}

}  // namespace crossdock::app
