// The definitions of a schema document, by struct name.
#pragma once
#include <nlohmann/json.hpp>

#include "config/type.hpp"

namespace crossdock::config {

struct Definitions {
  Json by_name = Json::object();
};

}  // namespace crossdock::config
