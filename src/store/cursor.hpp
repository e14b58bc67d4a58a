// Where a feed's partitions have been read to. The row guards them: only its owner's epoch may move it (PROTOCOLS.md B).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/rows.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

/// The record that a partition was read to. `print` tells it from another one at the same offset: of a topic that was made anew.
struct LastRead {
  std::int64_t offset = -1;  ///< -1: none
  std::int64_t print = 0;
  friend bool operator==(const LastRead&, const LastRead&) = default;
};

struct Cursor {
  std::string topic;
  int partition = 0;
  std::int64_t next = -1;  ///< -1: not known yet, the feed's declared start decides
  std::int64_t epoch = 0;  ///< of this owner
  LastRead last = {};
  bool gap = false;  ///< a data gap stands: it is read on only where the last record is found again, or from a new start
};

/// What became of the records of one batch.
struct Tally {
  std::int64_t applied = 0, superseded = 0, duplicate = 0, waiting = 0, dead = 0;
  std::int64_t total() const { return applied + superseded + duplicate + waiting + dead; }
};

std::vector<postgres::Statement> cursor_statements();

/// What a record looks like: when it was written, its key and its value.
std::int64_t print_of(std::int64_t timestamp_ms, std::string_view key, std::string_view value);

/// Takes a partition over: a new epoch, so that a former owner's moves fail from now on.
Cursor claim(postgres::Transaction& transaction, const std::string& feed, const std::string& topic, int partition,
             const std::string& owner);
/// Fixes the start of a partition that was never read.
void begin_at(postgres::Transaction& transaction, const Cursor& cursor, std::int64_t start);
/// Moves it from cursor.next to `next` if it still is ours. False: another owns it.
bool advance(postgres::Transaction& transaction, const Cursor& cursor, std::int64_t next, const LastRead& last = {});
struct Step {
  const Cursor* cursor;
  std::int64_t next;
  LastRead last = {};
};
/// Several in one round trip. False: another owns at least one of them, and what was moved must be rolled back.
bool advance(postgres::Transaction& transaction, std::span<const Step> steps);
/// Locks the cursors of those partitions, sorted: for who counts something to them that moves none, before any other lock.
void lock_cursors(postgres::Transaction& transaction, std::span<const ledger::WaitingRow> rows);
/// Says that the partition is read again without a gap.
void end_gap(postgres::Transaction& transaction, const Cursor& cursor);
/// Adds to its counters. In the transaction that moved it.
void count(postgres::Transaction& transaction, const Cursor& cursor, const Tally& tally);
/// Says that nothing more was there to read.
void caught_up(postgres::Transaction& transaction, const std::vector<Cursor>& cursors);
/// A data gap: what the log no longer has (or never had) of it. Raised, never skipped in silence.
void raise_gap(postgres::Transaction& transaction, const Cursor& cursor, const std::string& why);

/// The same where another record stands where `cursor.last` was read: the topic was made anew beneath its reader. That record is remembered
/// as the last one, however far has been read since, so that nobody reads on before it is found again; what is being decided is fenced.
/// False: it is another's.
bool raise_made_anew(postgres::Transaction& transaction, const Cursor& cursor, const std::string& why);

/// The freshness of feeds, for watermarks: of each topic the oldest of its partitions.
struct TopicFreshness {
  std::string topic;
  std::optional<Instant> caught_up_at;  ///< by the database's clock
};
std::vector<TopicFreshness> freshness(postgres::Transaction& transaction);

}  // namespace crossdock::store
