#include "crossdock/model/trace.hpp"

#include <algorithm>

#include "crossdock/base/id.hpp"

namespace crossdock {
namespace {

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) { return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos; }

void append_digits(std::string& out, std::string_view id) {
  for (char c : id)
    if (c != '-') out += c;
}

std::string hex_of_new_id() {
  std::string text;
  text.reserve(32);
  append_digits(text, new_id());
  return text;
}

// The second half of a UUIDv7 is random, and never zero for its variant bits.
std::string new_span() {
  std::string text;
  text.reserve(16);
  append_digits(text, std::string_view(new_id()).substr(19));
  return text;
}

}  // namespace

std::string TraceParent::text() const {
  std::string out;
  out.reserve(55);
  out.append("00-").append(trace_id).append("-").append(parent_id).append(sampled ? "-01" : "-00");
  return out;
}

std::optional<TraceParent> parse_traceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const std::string_view version = text.substr(0, 2);
  const std::string_view flags = text.substr(53, 2);
  if (!is_hex(version) || version == "ff" || !is_hex(flags)) return std::nullopt;
  if (text.size() > 55 && (version == "00" || text[55] != '-')) return std::nullopt;
  const std::string_view trace = text.substr(3, 32);
  const std::string_view parent = text.substr(36, 16);
  if (!is_id(trace) || !is_id(parent)) return std::nullopt;
  const int low = flags[1] <= '9' ? flags[1] - '0' : flags[1] - 'a' + 10;
  return TraceParent{std::string(trace), std::string(parent), (low & 1) != 0};
}

TraceParent new_trace() { return {hex_of_new_id(), new_span(), true}; }

TraceParent next_span(const TraceParent& parent) { return {parent.trace_id, new_span(), parent.sampled}; }

std::string traceparent_after(std::string_view incoming) {
  const auto parent = parse_traceparent(incoming);
  return (parent ? next_span(*parent) : new_trace()).text();
}

}  // namespace crossdock
