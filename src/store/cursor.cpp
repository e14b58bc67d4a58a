#include "store/cursor.hpp"

#include "crossdock/base/id.hpp"

namespace crossdock::store {

using namespace postgres;

std::vector<Statement> cursor_statements() {
  return {
      {"claim",
       "insert into feed_cursor (topic, partition, feed, next, start, owner, epoch) values ($1, $2, $3, -1, -1, $4, 1) on conflict (topic, "
       "partition) do update set owner = excluded.owner, epoch = feed_cursor.epoch + 1, feed = excluded.feed returning next, epoch, "
       "last_offset, "
       "last_print, (gap <> '')::int"},
      {"begin_at",
       "update feed_cursor set next = $4, start = $4, gap = '', last_offset = -1, last_print = 0 where topic = $1 and partition = $2 and "
       "epoch = $3"},
      {"advance",
       "update feed_cursor set next = $5, last_offset = $6, last_print = $7 where topic = $1 and partition = $2 and epoch = $3 and next = "
       "$4 returning 1"},
      {"lock_cursors",
       "select f.topic from (select distinct topic, partition from unnest($1::text[], $2::int8[]) as a(topic, partition)) a join "
       "feed_cursor f on (f.topic, f.partition) = (a.topic, a.partition) order by f.topic, f.partition for no key update of f"},
      {"end_gap", "update feed_cursor set gap = '' where topic = $1 and partition = $2 and epoch = $3 and gap <> ''"},
      {"count",
       "update feed_cursor set applied = applied + $3, superseded = superseded + $4, duplicate = duplicate + $5, waiting = waiting + $6, "
       "dead = dead + $7 where topic = $1 and partition = $2"},
      {"caught_up",
       "update feed_cursor f set caught_up_at = clock_timestamp() from unnest($1::text[], $2::int8[], $3::int8[]) as a(topic, "
       "partition, epoch) where (f.topic, f.partition, f.epoch) = (a.topic, a.partition, a.epoch)"},
      {"raise_gap",
       "with marked as (update feed_cursor set gap = $4 where topic = $1 and partition = $2::int4 and epoch = $3 and gap = '' returning 1) "
       "insert into exception (kind, reason, detail, origin) select 'feed', 'data_gap', $4, $1 || '/' || $2 from marked"},
      {"raise_made_anew",
       "with marked as (update feed_cursor set gap = $4, last_offset = $5, last_print = $6, epoch = epoch + 1 where topic = $1 and "
       "partition = $2::int4 and epoch = $3 returning 1) insert into exception (kind, reason, detail, origin) select 'feed', 'data_gap', "
       "$4, $1 || '/' || $2 from marked"},
      {"freshness",
       "select topic, case when bool_or(caught_up_at is null) then null else min(caught_up_at) end from feed_cursor group by topic"},
  };
}

std::int64_t print_of(std::int64_t timestamp_ms, std::string_view key, std::string_view value) {
  std::string text = std::to_string(timestamp_ms) + '/' + std::to_string(key.size()) + '/';
  text += key;
  text += value;
  auto digest = sha256(text);
  std::uint64_t print = 0;
  for (std::size_t i = 0; i < sizeof print; ++i) print = print << 8U | digest[i];
  return static_cast<std::int64_t>(print);
}

Cursor claim(Transaction& tx, const std::string& feed, const std::string& topic, int partition, const std::string& owner) {
  auto rows = tx.run("claim", topic, partition, feed, owner);  // named: a Row points into its Rows
  auto row = rows[0];
  return Cursor{topic, partition, row.integer(0), row.integer(1), {row.integer(2), row.integer(3)}, row.integer(4) != 0};
}

void begin_at(Transaction& tx, const Cursor& cursor, std::int64_t start) {
  tx.run("begin_at", cursor.topic, cursor.partition, cursor.epoch, start);
}

bool advance(Transaction& tx, std::span<const Step> steps) {
  std::size_t moved = 0;
  for (const auto& [cursor, next, last] : steps)
    tx.ask(
        "advance", [&moved](const Row&) { ++moved; }, cursor->topic, cursor->partition, cursor->epoch, cursor->next, next, last.offset,
        last.print);
  tx.settle();
  return moved == steps.size();
}

bool advance(Transaction& tx, const Cursor& cursor, std::int64_t next, const LastRead& last) {
  const Step step{&cursor, next, last};
  return advance(tx, std::span(&step, 1));
}

void lock_cursors(Transaction& tx, std::span<const ledger::WaitingRow> rows) {
  TextArray topic;
  IntegerArray partition;
  for (const auto& row : rows)
    if (!row.topic.empty()) topic.add(row.topic), partition.add(row.partition);
  if (!topic.empty()) tx.run("lock_cursors", topic, partition);
}

void end_gap(Transaction& tx, const Cursor& cursor) { tx.run("end_gap", cursor.topic, cursor.partition, cursor.epoch); }

void count(Transaction& tx, const Cursor& cursor, const Tally& tally) {
  tx.send("count", cursor.topic, cursor.partition, tally.applied, tally.superseded, tally.duplicate, tally.waiting, tally.dead);
}

void caught_up(Transaction& tx, const std::vector<Cursor>& cursors) {
  TextArray topic;
  IntegerArray partition, epoch;
  for (const auto& cursor : cursors) topic.add(cursor.topic), partition.add(cursor.partition), epoch.add(cursor.epoch);
  tx.send("caught_up", topic, partition, epoch);
}

void raise_gap(Transaction& tx, const Cursor& cursor, const std::string& why) {
  tx.run("raise_gap", cursor.topic, std::to_string(cursor.partition), cursor.epoch, why);
}

bool raise_made_anew(Transaction& tx, const Cursor& cursor, const std::string& why) {
  return tx.run("raise_made_anew", cursor.topic, std::to_string(cursor.partition), cursor.epoch, why, cursor.last.offset, cursor.last.print)
             .affected() == 1;
}

std::vector<TopicFreshness> freshness(Transaction& tx) {
  std::vector<TopicFreshness> all;
  for (auto row : tx.run("freshness")) all.push_back({row.text(0), row.maybe_instant(1)});
  return all;
}

}  // namespace crossdock::store
