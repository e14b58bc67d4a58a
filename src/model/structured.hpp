// CloudEvents in structured mode, and what both modes check.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "crossdock/model/envelope.hpp"

namespace crossdock {

Result<Event> decode_structured(std::string_view value);

Fault bad_cloudevent(std::string message);
/// A Fault if an attribute's text is empty, too long, or no plain UTF-8.
std::optional<Fault> bad_attribute(std::string_view name, std::string_view text);
/// Sets the time; a Fault if something compulsory is missing.
std::optional<Fault> incomplete(Event& event, std::string_view version, std::string_view time);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace crossdock
