// The feed that keeps projections fresh: what a transaction changed, in one text (PROTOCOLS.md E).
#pragma once
#include <string>
#include <string_view>

#include "ledger/world.hpp"
#include "promise/projection.hpp"

namespace crossdock::store {

/// Empty when nothing changed that a projection holds.
std::string encode_change(const ledger::World& world);

/// Where a change goes. Called on the thread that decodes.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  virtual void position(const promise::PositionKey& key, const promise::PositionValue& value) = 0;
  virtual void master(const std::string& kind, const std::string& id, std::int64_t version, const std::string& body) = 0;
  virtual void stock_feed(const ledger::StockFeedRow& row) = 0;
};

void decode_change(std::string_view body, ChangeSink& sink);
/// The same from the rows themselves: an instance's own commits.
void hand_over(const ledger::World& world, ChangeSink& sink);

}  // namespace crossdock::store
