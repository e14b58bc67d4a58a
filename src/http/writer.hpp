// Responses as bytes.
#pragma once
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace crossdock::http {

/// What the connection adds to a response.
struct Envelope {
  std::string_view date;            ///< IMF-fixdate
  std::string_view correlation_id;  ///< valid
  bool close = false;
  bool http10 = false;
  bool head_only = false;
};

/// Appends the head, and the body too where `with_body` (else the caller sends response.content() itself).
void append_response(std::string& out, const Response& response, const Envelope& envelope, bool with_body);
/// "Tue, 24 Nov 2026 10:00:00 GMT", for seconds since 1970.
std::string http_date(std::int64_t seconds);
/// 1xx, 204 and 304 have no body.
bool bodiless(int status);

}  // namespace crossdock::http
