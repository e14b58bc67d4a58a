// Content negotiation, as little of it as the contract needs.
#pragma once
#include <span>
#include <string_view>

#include "http/message.hpp"

namespace crossdock::http {

/// Whether any of `gives` is acceptable to the request: no Accept, */*, type/*, or the type itself, none of them with q=0.
bool acceptable(const Request& request, std::span<const std::string_view> gives);
/// Whether a body of this Content-Type is one of `takes`; a charset must be UTF-8. Any type where `takes` is empty.
bool takes_body(const Request& request, std::span<const std::string_view> takes);

}  // namespace crossdock::http
