#include "app/settings/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/yaml.hpp"
#include "crossdock/base/mistakes.hpp"

namespace crossdock::app {
namespace {

namespace fs = std::filesystem;
using config::Problem;
using config::Problems;

// Folders and files of the language that this release does not read.
constexpr std::array<std::string_view, 6> later{"routes", "mappings", "partners", "jobs", "reconcile", "ownership.yaml"};

void complain(Problems& problems, const std::string& file, std::string message, std::string suggestion = {}) {
  problems.push_back(Problem::at({std::make_shared<config::Source>(file, ""), 0, 0, 1}, std::move(message), std::move(suggestion)));
}

bool hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }
bool yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

/// The file's text, at most one byte more than is allowed: the reader says the rest.
config::SourcePtr read_file(const fs::path& path, const std::string& name, Problems& problems) {
  std::ifstream in(path, std::ios::binary);
  std::string text(config::most_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in.eof() && in.fail())) {
    complain(problems, name, "cannot be read");
    return nullptr;
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return std::make_shared<config::Source>(name, std::move(text));
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (!hidden(at->path())) out.push_back(at->path());
  std::sort(out.begin(), out.end());
  return out;
}

bool system_name(const std::string& name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 63 && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), fits);
}

void read_systems(const fs::path& folder, FolderFiles& files, Problems& problems) {
  for (const fs::path& path : entries(folder)) {
    const std::string name = "systems/" + path.filename().string(), stem = path.stem().string();
    if (!yaml(path)) continue;
    if (path.extension() == ".yml")
      complain(problems, name, "is not read", fmt::format("name it {}.yaml", stem));
    else if (!system_name(stem))
      complain(problems, name, "a system's name has lower-case letters, digits and _, from a letter");
    else if (auto source = read_file(path, name, problems))
      files.systems.push_back({stem, std::move(source)});
  }
}

/// A name that nothing reads is most likely a mistake: a setting that seems to be made and is not.
void judge(const fs::path& path, Problems& problems) {
  const std::string name = path.filename().string();
  const bool folder = fs::is_directory(path);
  if (std::find(later.begin(), later.end(), name) != later.end()) {
    if (!folder || !entries(path).empty())
      complain(problems, name, "not yet: this release reads crossdock.yaml and systems/ only", "move it away");
    return;
  }
  if (name == "cases" || name == "data" || (!folder && !yaml(path))) return;
  const std::string near =
      nearest(name, {"crossdock.yaml", "systems", "routes", "mappings", "partners", "jobs", "reconcile", "cases", "ownership.yaml"});
  complain(problems, name, folder ? "a folder of this name is not read" : "a file of this name is not read",
           near.empty() ? "settings stand in crossdock.yaml and systems/<name>.yaml" : fmt::format("did you mean {}?", near));
}

}  // namespace

FolderFiles read_folder(const std::string& folder, Problems& problems) {
  FolderFiles files;
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    complain(problems, folder, "is not a folder", "name the folder that holds crossdock.yaml");
    return files;
  }
  if (!fs::exists(fs::path(folder) / "crossdock.yaml", error)) {
    // Most likely the wrong folder: that its other files are not read would be noise.
    complain(problems, "crossdock.yaml", "there is no such file in the folder",
             "name the configuration folder; config/crossdock.yaml and config/examples are some to start from");
    return files;
  }
  for (const fs::path& path : entries(folder)) {
    const std::string name = path.filename().string();
    if (name == "crossdock.yaml")
      files.daemon = read_file(path, name, problems);
    else if (name == "systems" && fs::is_directory(path))
      read_systems(path, files, problems);
    else
      judge(path, problems);
  }
  return files;
}

}  // namespace crossdock::app
