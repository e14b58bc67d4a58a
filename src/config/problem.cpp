#include "config/problem.hpp"

#include <algorithm>
#include <tuple>

namespace crossdock::config {

Source::Source(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)), starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') starts_.push_back(i + 1);
}

std::string_view Source::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > starts_.size()) return {};
  const std::string_view rest = std::string_view(text_).substr(starts_[static_cast<std::size_t>(number) - 1]);
  std::string_view found = rest.substr(0, rest.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

namespace {

/// The line up to the secret; columns count characters.
void mask(Problem& problem) {
  int column = 0;
  std::size_t end = 0;
  for (; end < problem.excerpt.size(); ++end)
    if ((static_cast<unsigned char>(problem.excerpt[end]) & 0xC0U) != 0x80U && ++column == problem.column) break;
  problem.excerpt.resize(end);
  problem.excerpt += "***";
  problem.masked = true;
  problem.length = 3;
}

/// Stars over what stands between `begin` and `end`, so that columns stay true.
void cover(std::string& line, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) line[i] = '*';
}

/// A line is quoted for one mistake and may hold a password beside it: scheme://user:password@host, password=...
void cover_passwords(std::string& line) {
  for (std::size_t at = line.find("://"); at != std::string::npos; at = line.find("://", at + 3)) {
    const std::size_t end = std::min(line.find_first_of(" \t\"'", at), line.size());
    const std::size_t host = line.rfind('@', end), colon = line.find(':', at + 3);
    if (host != std::string::npos && host > at && colon < host) cover(line, colon + 1, host);
  }
  for (std::size_t at = line.find("password="); at != std::string::npos; at = line.find("password=", at + 9))
    cover(line, at + 9, std::min(line.find_first_of(" \t\"'", at), line.size()));
}

}  // namespace

Problem Problem::at(const Position& position, std::string message, std::string suggestion, Weight weight) {
  Problem out;
  out.line = position.line;
  out.column = position.column;
  out.length = std::max(position.length, 1);
  out.message = std::move(message);
  out.suggestion = std::move(suggestion);
  out.weight = weight;
  if (position.source) {
    out.file = position.source->name();
    if (position.line > 0) out.excerpt = position.source->line(position.line);
    cover_passwords(out.excerpt);
    if (position.secret) mask(out);
  }
  return out;
}

bool any_error(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const Problem& p) { return p.weight == Weight::error; });
}

void sort(Problems& problems) {
  for (const Problem& secret : problems)
    for (Problem& p : problems)
      if (secret.masked && !p.masked && p.file == secret.file && p.line == secret.line) p.excerpt = secret.excerpt;
  const auto place = [](const Problem& p) { return std::tie(p.file, p.line, p.column, p.message); };
  std::sort(problems.begin(), problems.end(), [&](const Problem& a, const Problem& b) { return place(a) < place(b); });
  const auto same = [&](const Problem& a, const Problem& b) { return place(a) == place(b); };
  problems.erase(std::unique(problems.begin(), problems.end(), same), problems.end());
}

}  // namespace crossdock::config
