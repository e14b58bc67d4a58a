#include "observe/line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/utf8.hpp"

namespace crossdock::log {
namespace {

constexpr std::string_view mask = "***";
constexpr std::size_t shortest_secret = 6;
constexpr std::size_t longest_text = 8192;  // of one value: a body in a log line helps nobody

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
  }
}

void replace_all(std::string& text, const std::string& what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + mask.size()))
    text.replace(at, what.size(), mask);
}

/// scheme://user:password@host -> scheme://user:***@host
void hide_url_passwords(std::string& text) {
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    const std::size_t begin = at + 3;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'<>/?#", begin), text.size());
    const std::size_t host = text.rfind('@', end);
    const std::size_t colon = text.find(':', begin);
    if (host == std::string::npos || host < begin || colon >= host) continue;
    text.replace(colon + 1, host - colon - 1, mask);
  }
}

}  // namespace

bool Redaction::add(std::string secret) {
  if (secret.size() < shortest_secret) return false;
  if (std::find(secrets_.begin(), secrets_.end(), secret) != secrets_.end()) return true;
  const auto place = std::find_if(secrets_.begin(), secrets_.end(), [&](const std::string& s) { return s.size() < secret.size(); });
  secrets_.insert(place, std::move(secret));
  return true;
}

bool Redaction::secret_name(std::string_view name) {
  std::string word(name);
  std::transform(word.begin(), word.end(), word.begin(), lower);
  for (std::string_view part : {"password", "passwd", "secret", "token", "api_key", "apikey", "authorization", "credential", "cookie"})
    if (word.find(part) != std::string::npos) return true;
  return false;
}

std::string Redaction::clean(std::string_view text) const {
  std::string out(text);
  for (const std::string& secret : secrets_) replace_all(out, secret);
  hide_url_passwords(out);
  if (out.size() > longest_text) {
    out.resize(longest_text);
    out += "...";
  }
  return out;
}

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text[0]);
    const std::size_t length = utf8_sequence(text);
    if (length == 0)
      out += "\\ufffd";
    else if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F)
      append_escape(out, c);
    else
      out.append(text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void Line::append(std::string& out, const Field& field, const Redaction& redaction) {
  out += ',';
  append_json_text(out, field.name_);
  out += ':';
  if (Redaction::secret_name(field.name_)) {
    append_json_text(out, mask);
    return;
  }
  switch (field.kind_) {
    case Field::Kind::text:
      append_json_text(out, redaction.clean(field.text_));
      break;
    case Field::Kind::owned:
      append_json_text(out, field.owned_);
      break;
    case Field::Kind::integer:
      fmt::format_to(std::back_inserter(out), "{}", field.integer_);
      break;
    case Field::Kind::boolean:
      out += field.integer_ != 0 ? "true" : "false";
      break;
    case Field::Kind::real:
      if (std::isfinite(field.real_))
        fmt::format_to(std::back_inserter(out), "{}", std::round(field.real_ * 1000) / 1000);
      else
        out += "null";
      break;
  }
}

std::string Line::text(Instant at, Level level, std::string_view name, std::string_view instance, std::initializer_list<Field> fields,
                       const Redaction& redaction) {
  std::string out;
  out.reserve(256);
  out += "{\"at\":\"";
  at.append_to(out);
  out += "\",\"level\":\"";
  out += word(level);
  out += "\",\"event\":";
  append_json_text(out, name);
  if (!instance.empty()) {
    out += ",\"instance\":";
    append_json_text(out, instance);
  }
  for (const Field& field : fields) append(out, field, redaction);
  out += "}\n";
  return out;
}

}  // namespace crossdock::log
