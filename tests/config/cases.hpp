// Case folders: cases/<name>/{in.yaml or in/, want.txt}. CROSSDOCK_UPDATE=1 writes want.txt instead of comparing: read what it wrote.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace crossdock::cases {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<std::filesystem::path> folders(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(root))
    if (entry.is_directory()) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

/// Runs `answer` on every case; returns how many there were.
inline std::size_t run(const std::filesystem::path& root, const std::function<std::string(const std::filesystem::path&)>& answer) {
  const auto all = folders(root);
  for (const auto& folder : all) {
    const std::string got = answer(folder);
    if (std::getenv("CROSSDOCK_UPDATE") != nullptr) std::ofstream(folder / "want.txt", std::ios::binary) << got;
    EXPECT_EQ(got, read_file(folder / "want.txt")) << "case " << folder.filename();
  }
  return all.size();
}

}  // namespace crossdock::cases
