#include "store/sweep.hpp"

#include "store/headers.hpp"

namespace crossdock::store {

using namespace postgres;

namespace {

constexpr std::size_t rows_a_prune = 5'000;  // of each kind: a fraction of a second

const char* waiting_columns =
    "w.id, w.want_kind, w.want_key, w.until, w.kind, w.feed, w.topic, w.partition, w.record_offset, w.record_key, w.headers, w.body";

ledger::WaitingRow waiting_from(const Row& row) {
  ledger::WaitingRow out;
  out.id = row.integer(0);
  out.want_kind = row.text(1);
  out.want_key = row.text(2);
  out.until = row.instant(3);
  out.kind = row.text(4);
  out.feed = row.text(5);
  out.topic = row.text(6);
  out.partition = static_cast<int>(row.integer(7));
  out.offset = row.integer(8);
  if (!row.is_null(9)) out.record_key = row.bytes(9);
  out.headers = unpack(row.bytes(10));
  out.body = row.bytes(11);
  return out;
}

std::vector<ledger::WaitingRow> rows_of(const Rows& rows) {
  std::vector<ledger::WaitingRow> out;
  for (auto row : rows) out.push_back(waiting_from(row));
  return out;
}

}  // namespace

std::vector<Statement> sweep_statements() {
  const std::string columns = waiting_columns;
  // What is no UUID names no order; as one it is found by the index.
  const std::string uuid = "case when w.want_key ~ '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$' then w.want_key::uuid end";
  return {
      {"due_reservations",
       "select id from reservation where state in ('created', 'updated') and expires_at <= $1::timestamptz "
       "order by expires_at limit $2"},
      {"due_releases",
       "select id from sales_order where release_due is not null and release_due <= current_date + $1::int + 1 "
       "order by release_due limit $2"},
      {"due_gaps",
       "select sku, location from position where gap_since is not null and suspect <> 'gap' and gap_since < $1::timestamptz "
       "- $2::interval limit $3"},
      {"woken",
       "select " + columns +
           " from waiting w where exists (select 1 from master m where (m.kind, m.id) = (w.want_kind, w.want_key)) or "
           "(w.want_kind = 'order' and exists (select 1 from sales_order o where o.source = split_part(w.want_key, E'\\n', 1) and "
           "o.order_number = split_part(w.want_key, E'\\n', 2))) or (w.want_kind = 'order_id' and (exists (select 1 from sales_order o "
           "where o.id = " +
           uuid + ") or exists (select 1 from warehouse_order v where v.id = " + uuid + "))) order by w.id limit $1"},
      {"overdue", "select " + columns + " from waiting w where w.until <= $1::timestamptz order by w.id limit $2"},
      {"lock_waiting", "select id from waiting where id = any($1::int8[]) order by id for update"},
      {"end_frozen",
       "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = current_user and pid <> "
       "pg_backend_pid() and split_part(application_name, '/', 1) = split_part(current_setting('application_name'), '/', 1) and "
       "xact_start is not null and state = 'active' and wait_event = 'ClientRead' and greatest(state_change, query_start) < "
       "clock_timestamp() - $1::interval"},
      {"prune_changes",
       "delete from change where ctid = any(array(select ctid from change where at < $1::timestamptz - $2::interval limit "
       "5000))"},
      {"prune_keys",
       "delete from idempotency_key where ctid = any(array(select ctid from idempotency_key where created_at < "
       "$1::timestamptz - $2::interval limit 5000))"},
      // The lowest of a position (of its numbered ones, of the hub's own): where it may be folded, the fold takes what follows, too.
      {"due_folds",
       "select m.sku, m.location from movement m join position p on (p.sku, p.location) = (m.sku, m.location) "
       "where m.seen_at < $1::timestamptz - $2::interval and (m.epoch >= 0 and m.discriminator = '' or m.occurred_at < "
       "$1::timestamptz - $2::interval) and (m.epoch = -1 or p.gap_since is null or (m.epoch, m.sequence) <= (p.snap_epoch, "
       "p.snap_sequence)) and not exists (select 1 from movement b where (b.sku, b.location) = (m.sku, m.location) and (b.epoch = -1) = "
       "(m.epoch = -1) and (b.epoch, b.sequence, b.discriminator) < (m.epoch, m.sequence, m.discriminator)) limit $3"},
  };
}

Instant clock_of(Transaction& tx) { return tx.run("now")[0].instant(0); }

std::vector<std::string> due_reservations(Transaction& tx, Instant now, int limit) {
  std::vector<std::string> ids;
  for (auto row : tx.run("due_reservations", now, limit)) ids.push_back(row.text(0));
  return ids;
}

std::vector<std::string> due_releases(Transaction& tx, int days, int limit) {
  std::vector<std::string> ids;
  for (auto row : tx.run("due_releases", days, limit)) ids.push_back(row.text(0));
  return ids;
}

std::vector<ledger::PositionKey> due_gaps(Transaction& tx, Instant now, std::chrono::milliseconds tolerance, int limit) {
  std::vector<ledger::PositionKey> keys;
  for (auto row : tx.run("due_gaps", now, std::to_string(tolerance.count()) + " ms", limit)) keys.push_back({row.text(0), row.text(1)});
  return keys;
}

std::vector<ledger::WaitingRow> woken_rows(Transaction& tx, int limit) { return rows_of(tx.run("woken", limit)); }
std::vector<ledger::WaitingRow> overdue_rows(Transaction& tx, Instant now, int limit) { return rows_of(tx.run("overdue", now, limit)); }

bool lock_waiting(Transaction& tx, std::span<const ledger::WaitingRow> rows) {
  IntegerArray ids;
  for (const auto& row : rows) ids.add(row.id);
  return tx.run("lock_waiting", ids).size() == rows.size();
}

std::size_t end_frozen(Transaction& tx, std::chrono::milliseconds silence) {
  return tx.run("end_frozen", std::to_string(silence.count()) + " ms").size();
}

std::vector<ledger::PositionKey> due_folds(Transaction& tx, Instant now, std::chrono::hours age, int limit) {
  std::vector<ledger::PositionKey> keys;
  for (auto row : tx.run("due_folds", now, std::to_string(age.count()) + " hours", limit)) keys.push_back({row.text(0), row.text(1)});
  return keys;
}

bool prune(Transaction& tx, Instant now, const Retention& retention) {
  bool more = false;
  for (auto [statement, length] : {std::pair("prune_changes", retention.changes), {"prune_keys", retention.keys}})
    more = tx.run(statement, now, std::to_string(length.count()) + " hours").affected() >= rows_a_prune || more;
  return more;
}

}  // namespace crossdock::store
