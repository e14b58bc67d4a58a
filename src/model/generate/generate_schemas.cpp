// generate_schemas ROOT [--check]: writes schemas/canonical/<document>/v1.json for every canonical document, and removes what is no longer
// one. With --check nothing is written, and a file that differs is an error.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "crossdock/model/codec.hpp"
#include "crossdock/model/envelope.hpp"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// False when the file differs and may not be written, or cannot be.
bool put(const fs::path& path, const std::string& text, bool only_check) {
  if (fs::exists(path) && read(path) == text) return true;
  if (only_check) {
    std::fprintf(stderr, "%s is stale: run tools/generate\n", path.c_str());
    return false;
  }
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  return static_cast<bool>(file.flush());
}

/// False when there are folders of no document and they may not be removed.
bool remove_others(const fs::path& canonical, const std::set<std::string>& documents, bool only_check) {
  bool good = true;
  if (!fs::exists(canonical)) return good;
  for (const auto& entry : fs::directory_iterator(canonical)) {
    if (documents.contains(entry.path().filename().string())) continue;
    std::fprintf(stderr, "%s is of no document%s\n", entry.path().c_str(), only_check ? ": run tools/generate" : "");
    if (only_check)
      good = false;
    else
      fs::remove_all(entry.path());
  }
  return good;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fputs("usage: generate_schemas ROOT [--check]\n", stderr);
    return 64;
  }
  const fs::path canonical = fs::path(arguments[1]) / "schemas" / "canonical";
  const bool only_check = count > 2 && std::string_view(arguments[2]) == "--check";
  std::set<std::string> documents;
  bool good = true;
  for (const crossdock::CanonicalDocument& document : crossdock::canonical_documents()) {
    documents.emplace(document.name);
    const std::string schema = crossdock::standalone_schema(*document.shape, crossdock::schema_id(document.name));
    good = put(canonical / document.name / "v1.json", schema, only_check) && good;
  }
  good = remove_others(canonical, documents, only_check) && good;
  return good ? 0 : 1;
}
