#include "store/in_hand.hpp"

namespace crossdock::store {

using namespace ledger;
using postgres::Row;
using postgres::TextArray;
using postgres::Transaction;

namespace {

constexpr std::string_view arrays = "unnest($1::text[], $2::text[], $3::text[]) as a(client, call, key)";
constexpr std::string_view hash = "hashtextextended(a.client || E'\\n' || a.call || E'\\n' || a.key, 0)";

struct Triples {
  TextArray client, call, key;
  void add(const IdempotencyId& id) { client.add(id.client), call.add(id.call), key.add(id.key); }
};

}  // namespace

// Shared advisory locks, by the hash of each key: they live in the server, so also while their owner is frozen, and end with its
// transaction. Shared ones let each other be: nothing waits, hence nothing is to be ordered.
std::vector<postgres::Statement> in_hand_statements() {
  const std::string from(arrays), value(hash);
  return {
      {"show_keys", "select count(pg_try_advisory_xact_lock_shared(" + value + ")) from (select * from " + from + " limit 128) as a"},
      {"keys_elsewhere",
       "select a.client, a.call, a.key from " + from + " where " + value +
           " = any(array(select l.classid::int8 << 32 | l.objid::int8 from pg_locks l where l.locktype = 'advisory' and l.objsubid = 1 "
           "and l.mode = 'ShareLock' and l.pid <> pg_backend_pid() and l.database = (select oid from pg_database where datname = "
           "current_database())))"},
  };
}

void show_keys(Transaction& tx, const std::set<IdempotencyId>& keys) {
  if (keys.empty()) return;
  Triples all;
  for (const auto& id : keys) all.add(id);
  tx.send("show_keys", all.client, all.call, all.key);
}

postgres::Attempt<std::set<IdempotencyId>> keys_elsewhere(postgres::Connection& connection, std::span<Request* const> requests) {
  Triples all;
  bool any = false;
  for (const auto* request : requests) {
    const auto* keyed = dynamic_cast<const KeyedRequest*>(request);
    if (!keyed || keyed->key.key.empty()) continue;
    all.add(keyed->key);
    any = true;
  }
  if (!any) return std::set<IdempotencyId>();
  return postgres::transact(connection, [&all](Transaction& tx) {
    std::set<IdempotencyId> found;
    tx.ask(
        "keys_elsewhere", [&found](const Row& row) { found.insert({row.text(0), row.text(1), row.text(2)}); }, all.client, all.call,
        all.key);
    tx.settle();
    return found;
  });
}

}  // namespace crossdock::store
