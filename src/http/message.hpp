// What a handler is given and what it gives back.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crossdock/base/deadline.hpp"

namespace crossdock::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };
Method method_of(std::string_view word);      ///< "GET", exactly; unknown words are `other`
std::string_view method_name(Method method);  ///< "DELETE" for del, "" for other

struct Field {
  std::string_view name;   ///< as it came
  std::string_view value;  ///< without the blanks around it
};

/// The headers that the house itself reads; empty where absent. Views into the request's head.
struct Headers {
  std::string_view accept, authorization, content_encoding, content_type, correlation_id, host, idempotency_key, if_match, if_none_match,
      timeout_ms, traceparent, api_key;
};

struct Route;

/// One request. Belongs to its connection, stays where it is until the response is written; only its own loop touches it.
class Request {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Method method = Method::other;
  std::string_view method_text;  ///< as it came
  std::string_view target;       ///< as it came: path and query, percent-encoded
  std::string_view path;         ///< the target's path, percent-encoded
  Headers headers;
  std::vector<Field> fields;  ///< all of them, in order
  std::string body;
  std::string peer;                    ///< address without port
  std::string correlation_id;          ///< given by the client if valid, else made
  const Route* route = nullptr;        ///< null where no route matched (seen by `authenticate` and `observe` only)
  Clock::time_point received;          ///< when its first byte was seen
  std::shared_ptr<const void> caller;  ///< whatever `authenticate` found; the owner knows its type
  std::string_view problem_base;       ///< prefix of a problem's `type`

  /// The decoded value of `{name}` in the route's pattern. A %2F inside a segment is a slash here. Empty if there is none such.
  std::string_view param(std::string_view name) const;
  /// The first query parameter of that name, decoded (`+` is a blank).
  std::optional<std::string_view> query(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& query() const { return query_; }
  /// The first header of that name, in any case.
  std::optional<std::string_view> header(std::string_view name) const;
  /// By X-Request-Timeout-Ms where it is there and sooner, else `at_most` after the request came.
  Deadline deadline(std::chrono::milliseconds at_most) const;
  /// An empty string that kept the capacity of an earlier response on this connection: for Response::body, to save an allocation.
  std::string spare() { return std::move(spare_); }

 private:
  friend class Connection;
  friend class HeadParser;
  friend class Router;
  static constexpr std::size_t kKeptCapacity = 64 * 1'024;  // more is given back between requests
  void clear();                                             // keeps small capacities for the connection's next request

  std::string head_;  // what the views point into
  std::vector<std::pair<std::string, std::string>> query_;
  std::vector<std::pair<std::string_view, std::string>> params_;
  std::string spare_;
};

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kNdjson = "application/x-ndjson";
inline constexpr std::string_view kProblem = "application/problem+json";
inline constexpr std::string_view kText = "text/plain; charset=utf-8";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";

/// One response. Date, Content-Length, Connection and X-Correlation-Id are the writer's business.
class Response {
 public:
  Response() = default;
  Response(int status_code, std::string text, std::string_view type = kJson)
      : status(status_code), content_type(type), body(std::move(text)) {}
  /// A value that never changes (an embedded page): sent without a copy.
  static Response constant(int status_code, std::string_view text, std::string_view type);

  Response& with(std::string_view name, std::string value) &;
  Response&& with(std::string_view name, std::string value) &&;
  std::string_view content() const { return constant_.empty() ? std::string_view(body) : constant_; }

  int status = 200;
  std::string_view content_type = kJson;  ///< of static storage; empty: no Content-Type
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers;  ///< names of static storage; values without control characters
  std::string_view code;                                          ///< of a problem, for metrics; static storage

 private:
  std::string_view constant_;
};

}  // namespace crossdock::http
