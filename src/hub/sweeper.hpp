// What time brings about, on one thread: due holds, releases, gaps, waits; what is old goes.
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "crossdock/base/deadline.hpp"
#include "hub/memory.hpp"
#include "hub/record.hpp"
#include "hub/settings.hpp"
#include "store/decide.hpp"

namespace crossdock::hub {

class Sweeper {
 public:
  Sweeper(const Settings& settings, const store::Shared& shared, HubMemory& memory);
  ~Sweeper();
  void start();
  /// Asks the thread to end after the sweep it is at; stop() waits for it.
  void begin_stop();
  void stop();
  /// Master data or an order has come: what waits for it is looked at now. Any thread.
  void wake();
  /// The database's settings on which durability rests, as last looked at; empty: all safe.
  std::string unsafe() const;
  /// Age in seconds of the longest transaction open in the database server, as last looked at (once a minute).
  std::int64_t oldest_transaction() const { return oldest_transaction_; }

 private:
  void run();
  void sweep();
  bool look_at_clock();
  void end_frozen();
  void bring_about();
  void expire_holds();
  void release_orders();
  void raise_gaps();
  void wake_waiting();
  void end_waits();
  void prune();
  bool fold_movements();
  void keep_house();
  Record read(const ledger::WaitingRow& row) const;
  static bool lock(postgres::Transaction& tx, std::span<const ledger::WaitingRow> rows);
  void wake_rows(std::span<const ledger::WaitingRow> rows);
  void bury_rows(std::span<const ledger::WaitingRow> rows, const std::function<Unusable(const ledger::WaitingRow&)>& why);
  std::optional<postgres::FailureKind> decide(std::span<ledger::Request* const> requests, const store::FeedWork* work = nullptr);
  template <class F>
  auto query(F f);

  const Settings& settings_;
  const store::Shared& shared_;
  HubMemory& memory_;
  postgres::Connection connection_;
  mutable std::mutex lock_;
  std::condition_variable condition_;
  std::string unsafe_;
  std::atomic<std::int64_t> oldest_transaction_{0};
  bool woken_ = false, stopping_ = false;
  Instant now_;            ///< the database's clock as this sweep read it, and believed it
  bool more_due_ = false;  ///< its own thread's
  Deadline slow_at_{Clock::now()}, prune_at_{Clock::now()}, frozen_at_{Clock::now()};
  std::thread thread_;
};

}  // namespace crossdock::hub
