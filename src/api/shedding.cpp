#include "api/shedding.hpp"

namespace crossdock::api {

std::string_view word_of(Rank rank) {
  switch (rank) {
    case Rank::bulk:
      return "bulk";
    case Rank::promises:
      return "promises";
    case Rank::orders:
      return "orders";
    case Rank::vital:
      break;
  }
  return "vital";
}

}  // namespace crossdock::api
