// Values shown as YAML and JSON.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/type.hpp"

namespace crossdock::config {
namespace {

bool plain_in_yaml(const std::string& text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`=<~.0123456789+").find(text.front()) != std::string_view::npos) {
    // A text that begins like a number is left plain only when no YAML reader can take it for one: it has a letter that is no e or x.
    const bool digit = text.front() >= '0' && text.front() <= '9';
    if (!digit || text.find_first_of("abcdfghijklmnopqrstuvwyzABCDFGHIJKLMNOPQRSTUVWYZ%/") == std::string::npos) return false;
  }
  for (std::string_view word : {"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
    if (text.size() == word.size() && std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) { return (a | 0x20) == b; }))
      return false;
  if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return false;
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F ||
        std::string_view(",[]{}").find(c) != std::string_view::npos)
      return false;
  return true;
}

std::string scalar(const Shown& shown) {
  if (shown.kind == Shown::Kind::literal || plain_in_yaml(shown.text)) return shown.text;
  return Json(shown.text).dump(-1, ' ', false, Json::error_handler_t::replace);  // a JSON string is a YAML string
}

bool single_line(const Shown& shown) {
  if (shown.kind == Shown::Kind::list) {
    for (const Shown& child : shown.children)
      if (child.kind == Shown::Kind::map || child.kind == Shown::Kind::list) return false;
    return true;
  }
  const auto absent = [](const Shown& child) { return child.kind == Shown::Kind::none; };
  return shown.kind != Shown::Kind::map || std::all_of(shown.children.begin(), shown.children.end(), absent);
}

}  // namespace

Shown Shown::of_text(std::string text) {
  Shown out;
  out.kind = Kind::text;
  out.text = std::move(text);
  return out;
}

Shown Shown::of_literal(std::string text) {
  Shown out = of_text(std::move(text));
  out.kind = Kind::literal;
  return out;
}

void Shown::add(std::string name, Shown child) {
  names.push_back(std::move(name));
  children.push_back(std::move(child));
}

std::string flow(const Shown& shown) {
  const bool list = shown.kind == Shown::Kind::list;
  if (shown.kind == Shown::Kind::none) return "";
  if (!list && shown.kind != Shown::Kind::map) return scalar(shown);
  std::string out(1, list ? '[' : '{');
  for (std::size_t i = 0; i < shown.children.size(); ++i) {
    const Shown& child = shown.children[i];
    if (child.kind == Shown::Kind::none) continue;
    if (out.size() > 1) out += ", ";
    if (!list) out += scalar(Shown::of_text(shown.names[i])) + ": ";
    out += flow(child);
  }
  return out + (list ? ']' : '}');
}

std::string block(const Shown& shown, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  if (single_line(shown)) return margin + flow(shown) + "\n";
  std::string out;
  for (std::size_t i = 0; i < shown.children.size(); ++i) {
    const Shown& child = shown.children[i];
    if (child.kind == Shown::Kind::none) continue;
    const std::string head = margin + (shown.kind == Shown::Kind::list ? std::string("-") : scalar(Shown::of_text(shown.names[i])) + ":");
    if (single_line(child))
      out += head + " " + flow(child) + "\n";
    else
      out += head + "\n" + block(child, indent + 2);
  }
  return out;
}

Json to_json(const Shown& shown) {
  switch (shown.kind) {
    case Shown::Kind::none:
      return nullptr;
    case Shown::Kind::text:
      return shown.text;
    case Shown::Kind::literal:
      return Json::parse(shown.text);
    case Shown::Kind::list: {
      Json out = Json::array();
      for (const Shown& child : shown.children) out.push_back(to_json(child));
      return out;
    }
    case Shown::Kind::map:
      break;
  }
  Json out = Json::object();
  for (std::size_t i = 0; i < shown.children.size(); ++i)
    if (shown.children[i].kind != Shown::Kind::none) out[shown.names[i]] = to_json(shown.children[i]);
  return out;
}

}  // namespace crossdock::config
