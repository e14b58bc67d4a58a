#include "store/cursor.hpp"

namespace crossdock::store {

using namespace postgres;

std::vector<Statement> cursor_statements() {
  return {
      {"claim",
       "insert into feed_cursor (topic, partition, feed, next, start, owner, epoch) values ($1, $2, $3, -1, -1, $4, 1) on conflict (topic, "
       "partition) do update set owner = excluded.owner, epoch = feed_cursor.epoch + 1, feed = excluded.feed returning next, epoch"},
      {"begin_at", "update feed_cursor set next = $4, start = $4, gap = '' where topic = $1 and partition = $2 and epoch = $3"},
      {"advance", "update feed_cursor set next = $5 where topic = $1 and partition = $2 and epoch = $3 and next = $4 returning 1"},
      {"count",
       "update feed_cursor set applied = applied + $3, superseded = superseded + $4, duplicate = duplicate + $5, waiting = waiting + $6, "
       "dead = dead + $7 where topic = $1 and partition = $2"},
      {"caught_up",
       "update feed_cursor f set caught_up_at = clock_timestamp() from unnest($1::text[], $2::int8[], $3::int8[]) as a(topic, "
       "partition, epoch) where (f.topic, f.partition, f.epoch) = (a.topic, a.partition, a.epoch)"},
      {"raise_gap",
       "with marked as (update feed_cursor set gap = $4 where topic = $1 and partition = $2::int4 and epoch = $3 and gap = '' returning 1) "
       "insert into exception (kind, reason, detail, origin) select 'feed', 'data_gap', $4, $1 || '/' || $2 from marked"},
      {"freshness",
       "select topic, case when bool_or(caught_up_at is null) then null else min(caught_up_at) end, "
       "coalesce((extract(epoch from clock_timestamp() - min(caught_up_at)) * 1000000)::int8, 0) from feed_cursor group by topic"},
  };
}

Cursor claim(Transaction& tx, const std::string& feed, const std::string& topic, int partition, const std::string& owner) {
  auto rows = tx.run("claim", topic, partition, feed, owner);  // named: a Row points into its Rows
  auto row = rows[0];
  return Cursor{topic, partition, row.integer(0), row.integer(1)};
}

void begin_at(Transaction& tx, const Cursor& cursor, std::int64_t start) {
  tx.run("begin_at", cursor.topic, cursor.partition, cursor.epoch, start);
}

bool advance(Transaction& tx, std::span<const Step> steps) {
  std::size_t moved = 0;
  for (const auto& [cursor, next] : steps)
    tx.ask("advance", [&moved](const Row&) { ++moved; }, cursor->topic, cursor->partition, cursor->epoch, cursor->next, next);
  tx.settle();
  return moved == steps.size();
}

bool advance(Transaction& tx, const Cursor& cursor, std::int64_t next) {
  const Step step{&cursor, next};
  return advance(tx, std::span(&step, 1));
}

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

std::vector<TopicFreshness> freshness(Transaction& tx) {
  std::vector<TopicFreshness> all;
  for (auto row : tx.run("freshness")) all.push_back({row.text(0), row.maybe_instant(1), row.integer(2)});
  return all;
}

}  // namespace crossdock::store
