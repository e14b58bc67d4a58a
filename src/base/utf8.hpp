// Whether bytes are UTF-8, at the speed of simdjson.
#pragma once
#include <cstddef>
#include <string_view>

namespace crossdock {

bool valid_utf8(std::string_view text);
/// The length of the well-formed sequence at the beginning of `text` (not empty), 1 to 4; 0 if there is none. Slow path: to find the
/// culprit.
std::size_t utf8_sequence(std::string_view text);

}  // namespace crossdock
