// What the shapes of the order as asked for and as stored share.
#pragma once
#include <cstddef>

namespace crossdock {

class Shape;

inline constexpr std::size_t most_order_lines = 5000;
const Shape& order_header_shape();

}  // namespace crossdock
