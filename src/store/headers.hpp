// Headers of a record in one bytea: each name and value with its length before it, so that any bytes come back as they were.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crossdock::store {

using Headers = std::vector<std::pair<std::string, std::string>>;

std::string pack(const Headers& headers);
/// Of what pack() made; a damaged rest is left out.
Headers unpack(std::string_view packed);

}  // namespace crossdock::store
