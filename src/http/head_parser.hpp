// Beast behind the guard: splits a head that has passed into a Request.
#pragma once
#include <string_view>

#include "http/guard.hpp"
#include "http/message.hpp"

namespace crossdock::http {

/// Fills `request` from the head's bytes, which it copies first. False when Beast reads the head in another way than the guard did: then
/// one of the two is wrong, and the request must not be taken.
bool parse_head(std::string_view bytes, const Head& head, Request& request);

/// Sets path and query from the target. False when an escape is malformed.
bool parse_target(Request& request);

/// Whether a client's X-Correlation-Id is taken over: 1 to 128 printable characters.
bool valid_correlation_id(std::string_view text);

}  // namespace crossdock::http
