// Configuration files: any text ends in settings or in problems that can be shown; what was understood is written so that it can be read.
#include <string>

#include "app/settings/declare.hpp"
#include "config/yaml.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace crossdock;

struct Outcome {
  config::Problems problems;
  std::string shown;
  bool read = false;
};

template <class T>
Outcome read(const config::Settings<T>& settings, const std::string& text) {
  Outcome out;
  const auto source = std::make_shared<config::Source>("in.yaml", text);
  config::Input input(out.problems);
  input.environment = [](const std::string& name) { return name.size() % 2 == 0 ? std::optional<std::string>("text") : std::nullopt; };
  input.folder = "/nowhere";
  T value{};
  if (const auto root = config::read_yaml(source, out.problems)) {
    input.found({source, 1, 1});
    settings.read(*root, input, value);
  }
  config::sort(out.problems);
  out.read = out.problems.empty();
  out.shown = config::block(settings.shown(value));
  return out;
}

/// Nothing of a hostile file may reach a terminal as a control character, and every place lies in the file.
void show(const config::Problems& problems) {
  const std::string text = config::render(problems, config::Format::text);
  for (const char c : text) require(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F), "no control characters");
  (void)config::render(problems, config::Format::json);
  (void)config::render(problems, config::Format::sarif);
  for (const config::Problem& p : problems)
    require(p.line >= 0 && p.column >= 0 && p.length >= 1 && !p.message.empty(), "a problem has a place");
  require(problems.size() <= config::most_problems + 2, "problems are limited");
}

template <class T>
void check(const config::Settings<T>& settings, const std::string& text) {
  const Outcome first = read(settings, text);
  show(first.problems);
  if (!first.read || first.shown.find("***") != std::string::npos) return;
  const Outcome second = read(settings, first.shown);
  require(second.read, "what is shown can be read");
  require(second.shown == first.shown, "and means the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(app::daemon_settings(), text);
  check(app::system_settings(), text);
  return 0;
}
