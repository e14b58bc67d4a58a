// Events on their way to Kafka: lanes in the store. Rows live until Kafka has acknowledged them.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ledger/rows.hpp"
#include "postgres/connection.hpp"
#include "store/headers.hpp"

namespace crossdock::store {

inline constexpr int outbox_shards = 16;

/// The shard of a lane: the same on every instance.
int shard_of(const std::string& lane);
/// Their ids are known when the transaction has settled.
void put_outgoing(postgres::Transaction& transaction, std::vector<ledger::Outgoing>& outgoing);

struct OutboxRow {
  std::int64_t id = 0;
  int shard = 0;
  std::string topic;
  std::optional<std::string> key;
  Headers headers;
  std::optional<std::string> body;
};

/// A lease on a shard as its holder knows it.
struct ShardLease {
  int shard = 0;
  std::int64_t fence = 0;
};

/// The publisher's own connection. One thread.
class Outbox {
 public:
  Outbox(const postgres::Settings& settings, std::string owner, std::chrono::milliseconds lease);

  /// Renews what this owner holds and takes shards that nobody holds, up to a fair share: shards / live owners.
  postgres::Attempt<std::vector<ShardLease>> renew();
  /// What this instance has just put into the outbox, so that read() need not fetch it again. Any thread. It decides nothing: what is
  /// read, and in which order, the store says; what is not taken is dropped.
  void offer(std::vector<ledger::Outgoing> rows);
  /// The oldest rows of those shards, in order, at most `limit`; only while the fences hold. Rows that are read stay until remove(), so
  /// the caller ends one batch before it reads the next: a row that commits late under a lower id is never passed over.
  postgres::Attempt<std::vector<OutboxRow>> read(const std::vector<ShardLease>& leases, int limit);
  /// Puts a row aside that Kafka will never take.
  postgres::Attempt<Done> park(const OutboxRow& row, const std::string& why);
  postgres::Attempt<std::int64_t> depth();
  /// Ends rows that Kafka has acknowledged.
  postgres::Attempt<Done> remove(const std::vector<std::int64_t>& ids);
  /// Gives all leases back, at a stop.
  void give_back();

 private:
  std::map<std::int64_t, OutboxRow> at_hand(const std::vector<std::int64_t>& ids);

  std::string owner_;
  std::chrono::milliseconds lease_;
  postgres::Connection connection_;
  std::mutex lock_;
  std::map<std::int64_t, ledger::Outgoing> offered_;  ///< by id
};

}  // namespace crossdock::store
