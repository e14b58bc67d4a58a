#include "store/headers.hpp"

#include <cstdint>

namespace crossdock::store {

namespace {

void append_sized(std::string& out, std::string_view text) {
  auto size = static_cast<std::uint32_t>(text.size());
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xFF);
  out += text;
}

bool take(std::string_view& packed, std::string& text) {
  if (packed.size() < 4) return false;
  std::uint32_t size = 0;
  for (int i = 0; i < 4; ++i) size = (size << 8) | static_cast<unsigned char>(packed[static_cast<std::size_t>(i)]);
  if (packed.size() - 4 < size) return false;
  text = packed.substr(4, size);
  packed.remove_prefix(4 + size);
  return true;
}

}  // namespace

std::string pack(const Headers& headers) {
  std::string out;
  for (const auto& [name, value] : headers) {
    append_sized(out, name);
    append_sized(out, value);
  }
  return out;
}

Headers unpack(std::string_view packed) {
  Headers headers;
  std::string name, value;
  while (take(packed, name) && take(packed, value)) headers.emplace_back(name, value);
  return headers;
}

}  // namespace crossdock::store
