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

Attempt<std::int64_t> oldest_transaction(Connection& connection) {
  return transact(connection, [](Transaction& transaction) {
    return transaction
        .execute(
            "select coalesce(extract(epoch from clock_timestamp() - min(at))::int8, 0) from (select xact_start from pg_stat_activity where "
            "backend_type = 'client backend' and pid <> pg_backend_pid() union all select prepared from pg_prepared_xacts) as all_of(at)")
            [0]
        .integer(0);
  });
}

}  // namespace crossdock::postgres
