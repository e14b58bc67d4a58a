#include "store/outbox.hpp"

#include <algorithm>

#include "ledger/events.hpp"
#include "promise/words.hpp"

namespace crossdock::store {

using namespace postgres;

namespace {

std::vector<Statement> publisher_statements() {
  return {
      {"beat",
       "insert into instance (owner, until) values ($1, clock_timestamp() + $2::interval) "
       "on conflict (owner) do update set until = excluded.until"},
      {"alive", "select count(*) from instance where until > clock_timestamp()"},
      {"forget", "delete from instance where until < clock_timestamp() - interval '1 hour'"},
      {"renew",
       "update lease set until = clock_timestamp() + $2::interval where owner = $1 and name like 'outbox-%' and "
       "until > clock_timestamp() returning substr(name, 8)::int, fence"},
      {"give", "update lease set until = '-infinity', owner = '' where owner = $1 and name = any($2::text[])"},
      {"take",
       "update lease set owner = $1, fence = fence + 1, until = clock_timestamp() + $2::interval where name in (select name from "
       "lease where name like 'outbox-%' and until <= clock_timestamp() order by name limit $3 for update skip locked) "
       "returning substr(name, 8)::int, fence"},
      {"list",
       // By id alone, with the shards as a filter: an instance mostly holds most of them, and a sort of all that waits would grow with it.
       "select o.id from outbox o where o.shard = any(array(select a.shard from unnest($2::int8[], $3::int8[]) as a(shard, fence) "
       "join lease l on l.name = 'outbox-' || a.shard and l.owner = $1 and l.fence = a.fence and l.until > clock_timestamp())) "
       "order by o.id limit $4"},
      {"fetch",
       "select o.id, o.shard, o.topic, o.key, o.type, o.event_id, o.subject, o.sequence, o.correlation, o.causation, o.traceparent, "
       "o.event_at, o.document, o.headers, o.body from outbox o where o.id = any($1::int8[])"},
      // What is lost of these in a crash is sent again with the same ids, as after any crash: no wait for the disk.
      {"unsynced", "set local synchronous_commit = off"},
      {"remove", "delete from outbox where id = any($1::int8[])"},
      {"depth", "select count(*) from outbox"},
      {"park", "insert into exception (kind, reason, detail, origin, body) values ('outgoing', 'unpublishable', $1, $2, $3)"},
      {"leave", "delete from instance where owner = $1"},
      {"leave_leases", "update lease set until = '-infinity', owner = '' where owner = $1"},
  };
}

constexpr std::size_t most_offered = 10'000;  // some 30 MB of orders: Kafka is away then, and the store keeps them

std::string interval(std::chrono::milliseconds length) { return std::to_string(length.count()) + " ms"; }

}  // namespace

int shard_of(const std::string& lane) { return static_cast<int>(promise::hash_of(lane) % outbox_shards); }

void put_outgoing(Transaction& tx, std::vector<ledger::Outgoing>& outgoing) {
  if (outgoing.empty()) return;
  IntegerArray shard, sequence;
  TextArray topic, type, subject, correlation, causation, traceparent, document;
  BytesArray key, headers, body;
  UuidArray id;
  InstantArray at;
  for (const auto& out : outgoing) {
    shard.add(shard_of(out.lane)), topic.add(out.topic), key.add(out.key);
    if (out.envelope) {
      const auto& event = *out.envelope;
      type.add(event.type), id.add(event.id), subject.add(event.subject), sequence.add(event.sequence), at.add(event.at);
      correlation.add(event.correlation_id), causation.add(event.causation_id), traceparent.add(event.traceparent);
      document.add(out.body), headers.add_null(), body.add_null();
    } else {
      type.add_null(), id.add_null(), subject.add_null(), sequence.add_null(), at.add_null();
      correlation.add_null(), causation.add_null(), traceparent.add_null();
      document.add_null(), headers.add(pack(out.headers)), body.add(out.body);
    }
  }
  // Rows are numbered and answered in the order in which they are given.
  auto take_id = [&outgoing, next = std::size_t{0}](const Row& row) mutable { outgoing[next++].id = row.integer(0); };
  tx.ask("outbox", take_id, shard, topic, key, type, id, subject, sequence, correlation, causation, traceparent, at, document, headers,
         body);
}

namespace {

std::optional<std::string> maybe_bytes(const Row& row, int column) {
  if (row.is_null(column)) return {};
  return row.bytes(column);
}

ledger::Envelope envelope_from(const Row& row) {
  return {row.text(4), row.text(5), row.text(6), row.integer(7), row.text(8), row.text(9), row.text(10), row.instant(11)};
}

OutboxRow row_from(ledger::Outgoing&& outgoing) {
  OutboxRow out;
  out.id = outgoing.id;
  out.shard = shard_of(outgoing.lane);
  out.topic = std::move(outgoing.topic);
  out.key = std::move(outgoing.key);
  out.headers = outgoing.envelope ? ledger::cloudevent_headers(*outgoing.envelope, out.key.value_or("")) : std::move(outgoing.headers);
  out.body = std::move(outgoing.body);
  return out;
}

OutboxRow row_from(const Row& row) {
  OutboxRow out;
  out.id = row.integer(0);
  out.shard = static_cast<int>(row.integer(1));
  out.topic = row.text(2);
  out.key = maybe_bytes(row, 3);
  if (row.is_null(4)) {
    out.headers = unpack(row.bytes(13));
    out.body = maybe_bytes(row, 14);
  } else {
    out.headers = ledger::cloudevent_headers(envelope_from(row), out.key.value_or(""));
    out.body = row.text(12);
  }
  return out;
}

}  // namespace

Outbox::Outbox(const Settings& settings, std::string owner, std::chrono::milliseconds lease)
    : owner_(std::move(owner)), lease_(lease), connection_(settings, "publisher", publisher_statements()) {}

Attempt<std::vector<ShardLease>> Outbox::renew() {
  return transact(connection_, [this](Transaction& tx) {
    tx.run("beat", owner_, interval(lease_));
    auto alive = std::max<std::int64_t>(1, tx.run("alive")[0].integer(0));
    auto share = (outbox_shards + alive - 1) / alive;
    std::vector<ShardLease> held;
    for (auto row : tx.run("renew", owner_, interval(lease_))) held.push_back({static_cast<int>(row.integer(0)), row.integer(1)});
    TextArray surplus;
    while (static_cast<std::int64_t>(held.size()) > share) {
      surplus.add("outbox-" + std::to_string(held.back().shard));
      held.pop_back();
    }
    if (!surplus.empty()) tx.run("give", owner_, surplus);
    auto wanted = share - static_cast<std::int64_t>(held.size());
    if (wanted > 0)
      for (auto row : tx.run("take", owner_, interval(lease_), wanted)) held.push_back({static_cast<int>(row.integer(0)), row.integer(1)});
    return held;
  });
}

void Outbox::offer(std::vector<ledger::Outgoing> rows) {
  std::lock_guard hold(lock_);
  if (offered_.size() + rows.size() > most_offered) return;
  for (auto& row : rows) offered_.emplace(row.id, std::move(row));
}

/// Of these ids, what was offered; whatever else is older than the last of them was published already, or is another instance's.
std::map<std::int64_t, OutboxRow> Outbox::at_hand(const std::vector<std::int64_t>& ids) {
  std::map<std::int64_t, OutboxRow> found;
  std::lock_guard hold(lock_);
  for (auto id : ids)
    if (auto it = offered_.find(id); it != offered_.end()) found.emplace(id, row_from(std::move(it->second)));
  offered_.erase(offered_.begin(), offered_.upper_bound(ids.back()));
  return found;
}

Attempt<std::vector<OutboxRow>> Outbox::read(const std::vector<ShardLease>& leases, int limit) {
  using Read = std::vector<OutboxRow>;
  IntegerArray shard, fence;
  for (const auto& lease : leases) shard.add(lease.shard), fence.add(lease.fence);
  std::vector<std::int64_t> ids;
  auto listed = transact(connection_, [&](Transaction& tx) {
    ids.clear();
    tx.ask("list", [&ids](const Row& row) { ids.push_back(row.integer(0)); }, owner_, shard, fence, limit);
  });
  if (!listed) return listed.failure();
  if (ids.empty()) return Read{};
  auto rows = at_hand(ids);
  IntegerArray missing;
  for (auto id : ids)
    if (!rows.contains(id)) missing.add(id);
  if (!missing.empty()) {
    auto fetched = transact(connection_, [&](Transaction& tx) {
      tx.ask("fetch", [&rows](const Row& row) { rows.insert_or_assign(row.integer(0), row_from(row)); }, missing);
    });
    if (!fetched) return fetched.failure();
  }
  Read out;
  for (auto& [id, row] : rows) out.push_back(std::move(row));
  return out;
}

Attempt<Done> Outbox::remove(const std::vector<std::int64_t>& ids) {
  return transact(connection_, [&](Transaction& tx) {
    IntegerArray all;
    for (auto id : ids) all.add(id);
    tx.send("unsynced");
    tx.send("remove", all);
    return Done{};
  });
}

Attempt<Done> Outbox::park(const OutboxRow& row, const std::string& why) {
  return transact(connection_, [&](Transaction& tx) {
    IntegerArray one;
    one.add(row.id);
    tx.run("park", why, row.topic, Bytes{row.body ? std::string_view(*row.body) : std::string_view("")});
    tx.run("remove", one);
    return Done{};
  });
}

Attempt<std::int64_t> Outbox::depth() {
  return transact(connection_, [](Transaction& tx) { return tx.run("depth")[0].integer(0); });
}

void Outbox::give_back() {
  auto gone = transact(connection_, [this](Transaction& tx) {
    tx.run("leave_leases", owner_);
    tx.run("leave", owner_);
  });
  (void)gone;  // a lease that could not be given back runs out by itself
}

}  // namespace crossdock::store
