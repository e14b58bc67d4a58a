#include "store/seal.hpp"

#include <algorithm>

#include "store/statements.hpp"

namespace crossdock::store {

using namespace postgres;

namespace {

std::vector<Statement> sealer_statements() {
  const std::string entry = "j.id, j.at, j.order_id, j.system, j.step, j.document, j.actor, j.detail, j.correlation_id";
  const std::string entries = "select " + entry + " from journal j where ";
  // A scalar subquery is looked up by key for each entry; a join might read the whole chain.
  const std::string unsealed = "(select s.entry from audit_seal s where s.entry = j.id) is null";
  return {
      {"lock_head",
       "select chain, place, link, seen, server, (select system_identifier::text from pg_control_system()), clock_timestamp() "
       "from audit_head for update skip locked"},
      // One statement, so that the entries and the snapshot are of one moment; and by the index of transactions, begun after the last
      // snapshot or under way in it, as follower.cpp's changes_since: what was sealed beside a transaction left open is not read again.
      // Materialized, or the limit could lead it through the whole journal in the order of ids.
      {"fresh", "with begun as materialized (" + entries + "j.xid >= pg_snapshot_xmax($1::pg_snapshot) and " + unsealed + " union all " +
                    entries + "j.xid = any(array(select pg_snapshot_xip($1::pg_snapshot))) and " + unsealed +
                    ") select pg_current_snapshot()::text, f.* from (select 1) one left join (select * from begun order by id limit $2) f "
                    "on true order by f.id"},
      {"old", "select '', " + entry + " from journal j where j.id > $1 and not pg_visible_in_snapshot(j.xid, $2::pg_snapshot) and " +
                  unsealed + " order by j.id limit $3"},
      {"put_seals", insert_rows("audit_seal", "entry int8, place int8, link bytea")},
      {"move_head", "update audit_head set place = $1, link = $2, seen = $3, server = $4"},
  };
}

std::string_view view(const Sha256& link) { return {reinterpret_cast<const char*>(link.data()), link.size()}; }

Sha256 link_from(const std::string& bytes) {
  if (bytes.size() != Sha256{}.size()) throw Error(Failure{FailureKind::other, {}, "audit_head.link is not 32 bytes"});
  Sha256 out;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(out.data()));
  return out;
}

/// Its first column is the snapshot's.
ledger::AuditEntry entry_from(const Row& row) {
  ledger::AuditEntry entry{row.integer(1), row.instant(2), {}, row[4], row[5], row[6], row[7], row[8], row[9]};
  if (!row.is_null(3)) entry.order_id = row[3];
  return entry;
}

}  // namespace

struct Seal::Head {
  std::string chain, seen, server;
  std::int64_t place = 0;
  Sha256 link{};
};

Seal::Seal(const Settings& database, std::size_t entries_a_turn)
    : entries_a_turn_(entries_a_turn), connection_(database, "sealer", sealer_statements()) {}

Attempt<std::optional<Sealed>> Seal::turn() {
  const auto before = pass_;
  auto sealed = transact(connection_, [this](Transaction& tx) { return seal(tx); });
  if (!sealed) pass_ = before;
  if (sealed && !*sealed) pass_ = {};
  return sealed;
}

std::optional<Sealed> Seal::seal(Transaction& tx) {
  const auto locked = tx.run("lock_head");
  if (locked.empty()) return {};
  Head head{locked[0].text(0), locked[0].text(3), locked[0].text(4), locked[0].integer(1), link_from(locked[0].bytes(2))};
  // Transactions are numbered anew in a database that was restored from a dump: nothing is known to be sealed but what is in the chain.
  if (const auto server = locked[0].text(5); head.server != server) head.server = server, head.seen = "1:1:";
  const auto limit = static_cast<std::int64_t>(entries_a_turn_);
  const auto rows = pass_.behind ? tx.run("old", pass_.after, head.seen, limit) : tx.run("fresh", head.seen, limit);
  const auto sealed = chain(tx, rows, head);
  const bool all = sealed < entries_a_turn_ && !pass_.behind;
  if (all) head.seen = rows[0].text(0);
  if (sealed > 0 || (all && !pass_.seen)) tx.send("move_head", head.place, Bytes{view(head.link)}, head.seen, head.server);
  pass_.behind = sealed == entries_a_turn_;
  pass_.seen = all;
  return Sealed{sealed, !all, {head.chain, head.place, hex(head.link), locked[0].instant(6), {}}};
}

/// Answers how many it has sealed; the head comes to stand on the last of them.
std::size_t Seal::chain(Transaction& tx, const Rows& rows, Head& head) {
  IntegerArray entries, places;
  BytesArray links;
  for (const auto row : rows) {
    if (row.is_null(1)) break;
    const auto entry = entry_from(row);
    head.link = ledger::link(head.link, entry);
    entries.add(entry.id), places.add(++head.place), links.add(view(head.link));
    pass_.after = entry.id;
  }
  if (!entries.empty()) tx.send("put_seals", entries, places, links);
  return entries.size();
}

}  // namespace crossdock::store
