// Whether a COMMIT of this database means what the promises rest on.
#pragma once
#include <cstdint>
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

/// The age in seconds of the longest transaction that this connection may see, of any database of the server: it pins what every instance
/// reads again at each poll (PROTOCOLS.md E) and keeps vacuum from its work. Others' sessions show only to members of pg_read_all_stats.
Attempt<std::int64_t> oldest_transaction(Connection& connection);

}  // namespace crossdock::postgres
