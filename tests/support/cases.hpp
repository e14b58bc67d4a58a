// Tests whose cases are folders: cases/<name>/{in,want}.json; adding one needs no C++.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace crossdock::cases {

/// Every member of `want` stands in `got` with that value; null also for a member that is absent. Lists have the same length, and an empty
/// object wants an empty one. What `want` does not name may be anything. `difference` says where they part.
inline bool matches(const nlohmann::json& want, const nlohmann::json& got, const std::string& at, std::string& difference) {
  if (want.is_object() && got.is_object() && !(want.empty() && !got.empty())) {
    for (const auto& [name, value] : want.items()) {
      if (!got.contains(name)) {
        if (value.is_null()) continue;
        difference = at + "/" + name + " is missing";
        return false;
      }
      if (!matches(value, got[name], at + "/" + name, difference)) return false;
    }
    return true;
  }
  if (want.is_array() && got.is_array() && want.size() == got.size()) {
    for (std::size_t i = 0; i < want.size(); ++i)
      if (!matches(want[i], got[i], at + "/" + std::to_string(i), difference)) return false;
    return true;
  }
  if (want == got) return true;
  difference = at + ": want " + want.dump() + ", got " + got.dump();
  return false;
}

inline nlohmann::json read(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

/// The folders of tests/<room>/cases, sorted.
inline std::vector<std::string> folders(const std::string& room) {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(CROSSDOCK_ROOT) + "/tests/" + room + "/cases"))
    if (entry.is_directory()) all.push_back(entry.path().string());
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace crossdock::cases
