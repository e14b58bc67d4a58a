// What an instance knows at once: master data and positions, fed by committed changes only.
#pragma once
#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>

#include "hub/database_clock.hpp"
#include "promise/catalog.hpp"
#include "promise/projection.hpp"
#include "store/follower.hpp"

namespace crossdock::hub {

/// Fed by the follower and by this instance's own writers, one at a time; read by all loops without this lock.
class HubMemory final : public store::Memory {
 public:
  void position(const promise::PositionKey& key, const promise::PositionValue& value) override;
  void master(const std::string& kind, const std::string& id, std::int64_t version, const std::string& body) override;
  void stock_feed(const ledger::StockFeedRow& row) override;
  void clear() override;
  void current(Instant at, Clock::time_point asked) override;

  /// What time it is in the database: all that is dated here is so by its clock.
  Instant now() const { return clock_.at(Clock::now()); }
  /// How fresh the topics are, by the database's clock: locations that are fed from them get that watermark.
  void topic_fresh(const std::string& topic, Instant at);

  const promise::Catalog& catalog() const { return catalog_; }
  const promise::Projection& projection() const { return projection_; }
  /// Documents that could not be read back: a bug, counted.
  std::uint64_t damaged() const { return damaged_; }

 private:
  void mark(const ledger::StockFeedRow& row);

  std::mutex feeding_;
  DatabaseClock clock_;
  promise::Catalog catalog_;
  promise::Projection projection_{catalog_.places()};
  std::unordered_map<std::string, ledger::StockFeedRow> feeds_;  ///< by location
  std::unordered_map<std::string, Instant> topics_;
  std::atomic<std::uint64_t> damaged_{0};
};

}  // namespace crossdock::hub
