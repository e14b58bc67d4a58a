// What is counted and logged of each request.
#pragma once
#include <functional>
#include <string_view>

#include "http/server.hpp"

namespace crossdock::api {

std::function<void(const http::Observation&)> observer(std::string_view listener);
void tell_trouble(std::string_view event, std::string_view detail);

}  // namespace crossdock::api
