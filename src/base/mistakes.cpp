#include "crossdock/base/mistakes.hpp"

#include <algorithm>
#include <array>

namespace crossdock {
namespace {

constexpr std::size_t longest = 64;  // no name of ours is longer; a hostile one shall cost nothing

/// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`, both at most `longest`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::array<std::size_t, longest + 1>, 3> rows;  // this row and the two above it
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& second_above = rows[(i + 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], second_above[j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string pointer_to(std::string_view pointer, std::string_view token) {
  std::string out;
  out.reserve(pointer.size() + token.size() + 1);
  out += pointer;
  out += '/';
  for (char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& known) {
  if (word.empty() || word.size() > longest) return {};
  const std::size_t enough = std::max<std::size_t>(2, word.size() / 3);
  std::size_t best = enough + 1;
  std::string_view found;
  for (std::string_view candidate : known) {
    if (candidate.size() > longest) continue;
    const std::size_t d = distance(word, candidate);
    // Two words that share nothing are not near, however short.
    if (d < best && d < std::max(word.size(), candidate.size())) {
      best = d;
      found = candidate;
    }
  }
  return std::string(found);
}

}  // namespace crossdock
