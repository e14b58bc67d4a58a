// The invariants of the protocols, checked on live data in one read-only snapshot.
#pragma once
#include <string>
#include <vector>

#include "postgres/connection.hpp"

namespace crossdock::store {

struct Difference {
  std::string invariant;  ///< "line_figures", "position_demand", ...
  std::string subject;    ///< which order, position, partition
  std::string detail;
};

/// One invariant and what was looked at.
struct Verified {
  std::string invariant;
  std::string says;  ///< in words
  std::size_t checked = 0;
  std::vector<Difference> differences;
};

/// Each in turn, all on one snapshot. Reads whole tables: an operator's command, not a hot path.
postgres::Attempt<std::vector<Verified>> verify(postgres::Connection& connection);

}  // namespace crossdock::store
