#include "cases.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

namespace crossdock::http {

namespace {

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    char c = text[++i];
    if (c == 'x') {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c == '0' ? '\0' : c;
    }
  }
  return out;
}

std::string expanded(std::string text) {
  for (std::size_t begin; (begin = text.find("<<")) != std::string::npos;) {
    auto end = text.find(">>", begin), star = text.rfind('*', end);
    std::string piece = text.substr(begin + 2, star - begin - 2), all;
    for (int n = std::stoi(text.substr(star + 1, end - star - 1)); n > 0; --n) all += piece;
    text.replace(begin, end + 2 - begin, all);
  }
  return text;
}

}  // namespace

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  for (const auto& file : std::filesystem::directory_iterator(CROSSDOCK_ROOT "/tests/http/cases")) {
    if (file.path().extension() != ".txt") continue;
    std::ifstream in(file.path());
    for (std::string line; std::getline(in, line);) {
      if (line.rfind("== ", 0) == 0) {
        cases.emplace_back().name = file.path().stem().string() + "_" + line.substr(3);
        for (char& c : cases.back().name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
      } else if (line.rfind("want ", 0) == 0) {
        std::istringstream words(line.substr(5));
        for (std::string word; words >> word;) {
          if (std::isdigit(static_cast<unsigned char>(word[0]))) cases.back().statuses.push_back(std::stoi(word));
          cases.back().open = cases.back().open || word == "open";
          cases.back().head = cases.back().head || word == "head";
          if (word.rfind("requests=", 0) == 0) cases.back().requests = std::stoi(word.substr(9));
        }
      } else {
        cases.back().bytes += line;
      }
    }
  }
  for (auto& c : cases) {
    c.bytes = unescaped(expanded(c.bytes));
    if (c.requests == 0) c.requests = static_cast<int>(std::count_if(c.statuses.begin(), c.statuses.end(), [](int s) { return s >= 200; }));
  }
  return cases;
}

}  // namespace crossdock::http
