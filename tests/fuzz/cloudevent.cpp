// Records from Kafka: whatever the headers and the value are, the outcome is an event or a reason; what is taken can be sent on.
#include "crossdock/model/envelope.hpp"

#include "crossdock/model/incoming.hpp"
#include "crossdock/model/trace.hpp"
#include "fuzz/require.hpp"

namespace {

using crossdock::Event;
using crossdock::RecordHeaders;
using crossdock::require;

/// Lines "name:value" up to an empty line; what follows is the record's value.
struct Record {
  RecordHeaders headers;
  std::string_view value;
};

Record split(std::string_view text) {
  Record record;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty()) break;
    const auto colon = line.find(':');
    record.headers.emplace_back(line.substr(0, colon), colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1));
  }
  record.value = text;
  return record;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const Record record = split({reinterpret_cast<const char*>(data), size});
  const auto read = crossdock::decode_cloudevent(record.headers, "key", record.value, "crossdock.shipment.v1");
  if (!read) {
    require(read.fault().kind() == crossdock::FaultKind::invalid && !read.fault().message().empty(), "a refusal has a reason");
    return 0;
  }
  const Event& event = *read;
  require(!event.body.empty() && !event.type.empty(), "an event has a body and a type");
  const auto incoming = crossdock::decode_incoming(event.type, event.body);
  if (incoming.index() == 1) require(!std::get<1>(incoming).empty(), "what is not taken has a reason");
  require(crossdock::parse_traceparent(crossdock::traceparent_after(event.traceparent)).has_value(), "a trace goes on");
  if (event.id.empty()) return 0;  // a bare body
  const auto again = crossdock::decode_cloudevent(crossdock::headers_of(event), event.partitionkey, event.body);
  require(static_cast<bool>(again), "what was taken can be sent on");
  Event expected = event;
  if (expected.time) expected.time = crossdock::Instant::parse(expected.time->text());
  require(*again == expected, "and is the same");
  return 0;
}
