#include "postgres/durability.hpp"

namespace crossdock::postgres {

Attempt<std::vector<UnsafeSetting>> unsafe_settings(Connection& connection) {
  return transact(connection, [](Transaction& transaction) {
    const auto rows =
        transaction.execute("select current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')");
    std::vector<UnsafeSetting> unsafe;
    if (rows[0][0] != "on") unsafe.push_back({"fsync", rows[0].text(0), "on"});
    if (rows[0][1] != "on") unsafe.push_back({"full_page_writes", rows[0].text(1), "on"});
    const auto commit = rows[0][2];
    if (commit != "on" && commit != "remote_write" && commit != "remote_apply") {
      unsafe.push_back({"synchronous_commit", std::string(commit), "on, remote_write or remote_apply"});
    }
    return unsafe;
  });
}

}  // namespace crossdock::postgres
