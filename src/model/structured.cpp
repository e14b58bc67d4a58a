#include "model/structured.hpp"

#include <array>

#include "crossdock/base/json.hpp"

namespace crossdock {
namespace {

constexpr std::size_t largest_event = 16U << 20;

struct MemberAttribute {
  std::string_view name;
  std::string Event::* member;
};

constexpr std::array<MemberAttribute, 10> member_attributes{{{"id", &Event::id},
                                                             {"type", &Event::type},
                                                             {"source", &Event::source},
                                                             {"subject", &Event::subject},
                                                             {"dataschema", &Event::dataschema},
                                                             {"correlationid", &Event::correlationid},
                                                             {"causationid", &Event::causationid},
                                                             {"sequence", &Event::sequence},
                                                             {"partitionkey", &Event::partitionkey},
                                                             {"traceparent", &Event::traceparent}}};

std::optional<Fault> read_attribute(Event& event, json::View member, std::string& version, std::string& time) {
  const std::string_view name = member.key();
  std::string* target = name == "specversion" ? &version : name == "time" ? &time : nullptr;
  for (const MemberAttribute& attribute : member_attributes)
    if (attribute.name == name) target = &(event.*attribute.member);
  if (target == nullptr || member.is(json::Kind::null)) return std::nullopt;  // other extensions are the sender's
  const bool number = name == "sequence" && member.is(json::Kind::number);
  if (!number && !member.is(json::Kind::string)) return bad_cloudevent(std::string(name) + " is no string");
  if (auto fault = bad_attribute(name, member.text())) return fault;
  *target = member.text();
  return std::nullopt;
}

std::optional<Fault> read_data(Event& event, json::View root) {
  if (const auto data = root.find("data")) {
    event.body = data->raw();
    return std::nullopt;
  }
  const auto encoded = root.find("data_base64");
  if (!encoded) return bad_cloudevent("data is missing");
  auto decoded = encoded->is(json::Kind::string) ? from_base64(encoded->text()) : std::nullopt;
  if (!decoded) return bad_cloudevent("data_base64 is no base64 text");
  if (decoded->empty()) return bad_cloudevent("data_base64 is empty");
  event.body = std::move(*decoded);
  return std::nullopt;
}

}  // namespace

Result<Event> decode_structured(std::string_view value) {
  json::Document document;
  if (const auto malformed = document.parse_copy(value, {largest_event, 64})) return bad_cloudevent("no JSON: " + malformed->message);
  const json::View root = document.root();
  if (!root.is(json::Kind::object)) return bad_cloudevent("must be an object");
  if (const auto twice = document.duplicates(); !twice.empty()) return bad_cloudevent("stands more than once: " + twice.front());
  Event event;
  std::string version;
  std::string time;
  for (const json::View member : root.children())
    if (auto fault = read_attribute(event, member, version, time)) return std::move(*fault);
  if (auto fault = incomplete(event, version, time)) return std::move(*fault);
  if (auto fault = read_data(event, root)) return std::move(*fault);
  return event;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const auto value_of = [](char c) -> int {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
  };
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  unsigned bits = 0;
  int held = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const int value = value_of(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> static_cast<unsigned>(held) & 0xFFU));
  }
  return bytes;
}

}  // namespace crossdock
