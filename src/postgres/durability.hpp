// Whether a COMMIT of this database means what the promises rest on.
#pragma once
#include <string>
#include <vector>

#include "postgres/connection.hpp"

namespace crossdock::postgres {

struct UnsafeSetting {
  std::string name;  ///< fsync, full_page_writes, synchronous_commit
  std::string value;
  std::string wanted;
};

/// Empty means durable. As this connection's session sees them: a role's or database's own setting counts.
Attempt<std::vector<UnsafeSetting>> unsafe_settings(Connection& connection);

}  // namespace crossdock::postgres
