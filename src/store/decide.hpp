// transact(load, decide, apply): one transaction for a batch of requests.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <span>

#include "ledger/world.hpp"
#include "postgres/connection.hpp"
#include "store/change.hpp"
#include "store/clock_watch.hpp"
#include "store/due_holds.hpp"

namespace crossdock::store {

/// What all transactions of an installation share.
struct Shared {
  ledger::Rules rules;
  std::function<std::shared_ptr<const promise::Locations>()> locations;
  /// Set while the database is not durable: nothing may be decided, since what is answered could be lost (PROTOCOLS.md 0).
  std::shared_ptr<std::atomic<bool>> barred = std::make_shared<std::atomic<bool>>(false);
  /// No hold ends by a clock that has jumped. The sweeper tells it what the database's clock says.
  std::shared_ptr<ClockWatch> clock = std::make_shared<ClockWatch>();
  DueBounds due_holds;
  ChangeSink* own_commits = nullptr;                                              ///< is told of each commit at once
  std::function<void(std::vector<ledger::Outgoing>)> outgoing;                    ///< gets what it put into the outbox (Outbox::offer)
  std::function<void()> committed;                                                ///< after it: wakes other instances and the publisher
  std::function<void(const std::string& role, const postgres::Failure&)> failed;  ///< for the log
};

/// What a feed adds to a batch: it runs in the same transaction.
struct FeedWork {
  /// First: guards the cursor. False: another owns the partition now, nothing is done.
  std::function<bool(postgres::Transaction&)> fence;
  /// Last, before the rows are written: dead letters of what could not be used, counters.
  std::function<void(ledger::World&, postgres::Transaction&)> finish;
};

enum class Decided { committed, fenced };

/// Decides a batch in one transaction, beginning again as often as it takes (bounded). The requests' replies stand when it answers
/// `committed`. A failure changed nothing, or, if in_doubt, may have: decide the same batch again.
postgres::Attempt<Decided> decide(postgres::Connection& connection, const Shared& shared, std::span<ledger::Request* const> requests,
                                  const FeedWork* feed = nullptr);

}  // namespace crossdock::store
