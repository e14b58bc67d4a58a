// Writes what follows from the declarations: JSON Schemas, the reference page, the annotated crossdock.yaml.
// generate_settings ROOT [--check]: with --check nothing is written, and a file that differs is an error.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>

#include "app/settings/declare.hpp"
#include "config/pages.hpp"

namespace {

using namespace crossdock;

constexpr const char* introduction =
    "Made from the declarations in src/app/settings by tools/generate. One installation is one folder: crossdock.yaml, and a file for "
    "each\n"
    "neighbour in systems/. `crossdock check DIR` finds all mistakes at once, with file, line and column.\n"
    "\n"
    "- Any value may be `!env NAME`: the text of that variable. A secret is `!env NAME` or `!secret file:PATH`: the text of a file that is "
    "not\n"
    "  readable by everybody; a relative path starts at the folder.\n"
    "- Durations are `300ms`, `10s`, `15min`, `2h`, `2d`; sizes `16MiB`; rates `200/s`.\n"
    "- Precedence: file < environment (`CROSSDOCK_POSTGRES_URL`, `CROSSDOCK_KAFKA_BROKERS`, `CROSSDOCK_API_LISTEN`,\n"
    "  `CROSSDOCK_ADMIN_LISTEN`) < flag.\n"
    "- No anchors, aliases, merge keys or other tags; no key twice; names are lower case.\n"
    "- Editors check these files against schemas/config/*.schema.json: tell yaml-language-server the tags with\n"
    "  `yaml.customTags: [\"!env scalar\", \"!secret scalar\"]`.\n";

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// False when the file differs and may not be written.
bool put(const std::filesystem::path& root, const std::string& name, const std::string& text, bool only_check) {
  const std::filesystem::path path = root / name;
  if (std::filesystem::exists(path) && read(path) == text) return true;
  if (only_check) {
    std::cerr << name << " is stale: run tools/generate\n";
    return false;
  }
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  std::cerr << "wrote " << name << "\n";
  return static_cast<bool>(out.flush());
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::cerr << "usage: generate_settings ROOT [--check]\n";
    return 64;
  }
  const std::filesystem::path root = arguments[1];
  const bool only_check = count > 2 && std::string_view(arguments[2]) == "--check";
  const auto& daemon = app::daemon_settings().declared();
  const auto& system = app::system_settings().declared();
  bool good = put(root, "schemas/config/crossdock.schema.json", config::json_schema(daemon, "crossdock.yaml"), only_check);
  good = put(root, "schemas/config/system.schema.json", config::json_schema(system, "systems/<name>.yaml"), only_check) && good;
  const std::string page =
      config::reference("Settings", introduction, {{"crossdock.yaml", &daemon}, {"systems/&lt;name&gt;.yaml", &system}});
  good = put(root, "docs/operate/settings.md", page, only_check) && good;
  good = put(root, "config/crossdock.yaml", config::annotated(daemon, "../schemas/config/crossdock.schema.json"), only_check) && good;
  return good ? 0 : 1;
}
