// The envelope of messages on Kafka: CloudEvents 1.0, binary mode out; binary, structured and bare records in. Pure; any thread.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crossdock/base/result.hpp"
#include "crossdock/base/time.hpp"
#include "crossdock/model/shapes.hpp"

namespace crossdock {

/// A message and what is said about it; what is empty is absent.
struct Event {
  std::string id;
  std::string type;    ///< "crossdock.order.captured.v1": also the topic
  std::string source;  ///< a URI reference
  std::string subject;
  std::optional<Instant> time;
  std::string dataschema;
  std::string correlationid;
  std::string causationid;
  std::string sequence;  ///< a position's version, an order's revision, as digits
  std::string partitionkey;
  std::string traceparent;
  std::string body;  ///< the document, JSON
  friend bool operator==(const Event&, const Event&) = default;
};

/// Name and value, in order; a name may come twice.
using RecordHeaders = std::vector<std::pair<std::string, std::string>>;

/// The headers of the record in binary mode; its key is the partitionkey, its value the body.
RecordHeaders headers_of(const Event& event);

/// Reads a record: structured (content-type application/cloudevents+json), binary (ce_ headers) or a bare body, whose type is `feed_type`
/// (may be empty) and whose id is empty. The body is not looked into, but for a structured record's, which is one JSON text.
/// A Fault (invalid; codes bad_cloudevent, bad_content_type, empty_record) says what to put beside the dead letter.
Result<Event> decode_cloudevent(const RecordHeaders& headers, std::string_view key, std::optional<std::string_view> value,
                                std::string_view feed_type = {});

/// A type of event that is published or consumed, and the document that it carries.
struct EventType {
  std::string_view type;
  const Shape* shape;
  std::string_view document;  ///< its folder under schemas/canonical
};
/// All that the hub publishes (API.md section 4).
std::span<const EventType> published_types();
/// The canonical types that feeds may carry.
std::span<const EventType> consumed_types();

/// The `$id` of a document's schema: "urn:crossdock:schema:order:v1".
std::string schema_id(std::string_view document);
/// The dataschema of a type that is published or consumed; empty of any other.
std::string dataschema_of(std::string_view type);

}  // namespace crossdock
