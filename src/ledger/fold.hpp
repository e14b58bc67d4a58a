// The lateness horizon (PROTOCOLS.md B): movements older than it become part of the base that a snapshot would have given.
#pragma once
#include <chrono>
#include <vector>

#include "ledger/world.hpp"

namespace crossdock::ledger {

/// The sweep's request. Of each position the oldest movements, in the order of their numbers, leave the store; those that count are added
/// to the base, so stock, version and gaps stay. A younger one with a lower number keeps back all that follow it.
class FoldMovements final : public Request {
 public:
  std::vector<PositionKey> keys;
  std::chrono::microseconds horizon{std::chrono::hours(24 * 30)};

  std::size_t folded = 0;  ///< how many movements
  void ask(const World& world, Needs& needs) const override;
  void decide(World& world) override;

 private:
  bool old(const MovementRow& row, Instant now) const;
  void fold(World& world, PositionRow& position);
};

}  // namespace crossdock::ledger
