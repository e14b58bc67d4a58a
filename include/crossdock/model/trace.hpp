// W3C Trace Context: the `traceparent` that travels with requests and events.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace crossdock {

struct TraceParent {
  std::string trace_id;   ///< 32 lower-case hexadecimal digits, not all zero
  std::string parent_id;  ///< 16, not all zero
  bool sampled = true;
  std::string text() const;  ///< 00-<trace_id>-<parent_id>-01
  friend bool operator==(const TraceParent&, const TraceParent&) = default;
};

/// None for what the standard tells to ignore. A later version's additions are dropped.
std::optional<TraceParent> parse_traceparent(std::string_view text);
/// A new trace.
TraceParent new_trace();
/// The same trace, a new span.
TraceParent next_span(const TraceParent& parent);
/// What an event caused by `incoming` carries: the same trace where it is valid, else a new one. Never empty.
std::string traceparent_after(std::string_view incoming);

}  // namespace crossdock
