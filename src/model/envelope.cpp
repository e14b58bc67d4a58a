#include "crossdock/model/envelope.hpp"

#include <algorithm>
#include <array>

#include "base/utf8.hpp"
#include "model/structured.hpp"

namespace crossdock {
namespace {

constexpr std::size_t longest_attribute = 4096;

struct HeaderAttribute {
  std::string_view header;
  std::string Event::* member;
};

constexpr std::array<HeaderAttribute, 10> header_attributes{{{"ce_id", &Event::id},
                                                             {"ce_type", &Event::type},
                                                             {"ce_source", &Event::source},
                                                             {"ce_subject", &Event::subject},
                                                             {"ce_dataschema", &Event::dataschema},
                                                             {"ce_correlationid", &Event::correlationid},
                                                             {"ce_causationid", &Event::causationid},
                                                             {"ce_sequence", &Event::sequence},
                                                             {"ce_partitionkey", &Event::partitionkey},
                                                             {"traceparent", &Event::traceparent}}};

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// The media type without its parameters.
std::string media_type(const RecordHeaders& headers) {
  for (const auto& [name, value] : headers) {
    if (lower(name) != "content-type" && name != "ce_datacontenttype") continue;
    std::string type = lower(std::string_view(value).substr(0, value.find(';')));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    return type;
  }
  return {};
}

bool binary(const RecordHeaders& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& header) { return starts_with(header.first, "ce_"); });
}

Result<Event> decode_binary(const RecordHeaders& headers, std::string_view value) {
  Event event;
  std::string version;
  std::string time;
  for (const auto& [name, text] : headers) {
    std::string* target = name == "ce_specversion" ? &version : name == "ce_time" ? &time : nullptr;
    for (const HeaderAttribute& attribute : header_attributes)
      if (attribute.header == name) target = &(event.*attribute.member);
    if (target == nullptr) continue;
    if (!target->empty()) return bad_cloudevent("header " + name + " stands twice");
    if (auto fault = bad_attribute(name, text)) return std::move(*fault);
    *target = text;
  }
  if (auto fault = incomplete(event, version, time)) return std::move(*fault);
  event.body = value;
  return event;
}

Event bare(const RecordHeaders& headers, std::string_view key, std::string_view value, std::string_view feed_type) {
  Event event;
  event.type = feed_type;
  event.partitionkey = key;
  event.body = value;
  for (const auto& [name, text] : headers)
    if (name == "traceparent") event.traceparent = text;
  return event;
}

}  // namespace

Fault bad_cloudevent(std::string message) { return {FaultKind::invalid, "bad_cloudevent", std::move(message)}; }

std::optional<Fault> bad_attribute(std::string_view name, std::string_view text) {
  if (text.empty()) return bad_cloudevent(std::string(name) + " is empty");
  if (text.size() > longest_attribute) return bad_cloudevent(std::string(name) + " is longer than 4096 bytes");
  const bool control = std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (control || !valid_utf8(text)) return bad_cloudevent(std::string(name) + " is no plain UTF-8 text");
  return std::nullopt;
}

std::optional<Fault> incomplete(Event& event, std::string_view version, std::string_view time) {
  if (version != "1.0") return bad_cloudevent(version.empty() ? "specversion is missing" : "specversion is not 1.0");
  if (event.id.empty() || event.type.empty() || event.source.empty()) return bad_cloudevent("id, type and source are compulsory");
  if (time.empty()) return std::nullopt;
  event.time = Instant::parse(time);
  if (!event.time) return bad_cloudevent("time is no RFC 3339 instant");
  return std::nullopt;
}

RecordHeaders headers_of(const Event& event) {
  RecordHeaders headers;
  headers.reserve(header_attributes.size() + 3);
  headers.emplace_back("content-type", "application/json");
  headers.emplace_back("ce_specversion", "1.0");
  for (const HeaderAttribute& attribute : header_attributes)
    if (const std::string& value = event.*attribute.member; !value.empty()) headers.emplace_back(attribute.header, value);
  if (event.time) headers.emplace_back("ce_time", event.time->text());
  return headers;
}

Result<Event> decode_cloudevent(const RecordHeaders& headers, std::string_view key, std::optional<std::string_view> value,
                                std::string_view feed_type) {
  if (!value || value->empty()) return Fault(FaultKind::invalid, "empty_record", "the record has no value");
  const std::string media = media_type(headers);
  const bool structured = media == "application/cloudevents+json";
  if (!structured && !media.empty() && media != "application/json" && !media.ends_with("+json"))
    return Fault(FaultKind::invalid, "bad_content_type", "content-type is not JSON: " + media.substr(0, 100));
  if (starts_with(media, "application/cloudevents-batch"))
    return Fault(FaultKind::invalid, "bad_content_type", "a batch of events in one record is not taken");
  if (!structured && !binary(headers)) {
    // Some send a structured event without saying so: no canonical body has this member.
    auto unsaid =
        value->find(R"("specversion")") == std::string_view::npos ? Result<Event>(bad_cloudevent("none")) : decode_structured(*value);
    if (!unsaid) return bare(headers, key, *value, feed_type);
    if (unsaid->partitionkey.empty()) unsaid->partitionkey = key;
    return unsaid;
  }
  Result<Event> event = structured ? decode_structured(*value) : decode_binary(headers, *value);
  if (event && event->partitionkey.empty()) event->partitionkey = key;
  return event;
}

}  // namespace crossdock
