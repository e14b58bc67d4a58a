// What the owner of an installation has chosen, as far as decisions depend on it. Filled from the configuration.
#pragma once
#include <chrono>
#include <string>

#include "promise/sourcing.hpp"

namespace crossdock::ledger {

struct Rules {
  promise::SourcingRule sourcing;
  bool release_automatically = true;
  int release_ahead_days = 2;              ///< an order goes to its warehouse when the ship date is at most so many days ahead
  std::chrono::seconds gap_tolerance{30};  ///< dense feeds: how long a missing sequence may be on its way
  std::chrono::seconds longest_hold{std::chrono::hours(24 * 30)};  ///< the longest ttl of a reservation
  std::string topic_prefix = "crossdock.";                         ///< of published events
};

}  // namespace crossdock::ledger
