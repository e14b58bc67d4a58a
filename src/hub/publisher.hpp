// Carries the outbox to Kafka: leases lanes, sends them in order, ends what is acknowledged.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "hub/batch.hpp"
#include "hub/settings.hpp"
#include "kafka/admin.hpp"
#include "kafka/producer.hpp"
#include "store/outbox.hpp"

namespace crossdock::hub {

class Publisher {
 public:
  explicit Publisher(const Settings& settings);
  ~Publisher();
  void start();
  /// Something was committed. Any thread.
  void wake();
  /// What this instance has just committed for Kafka, to save its reading. Any thread.
  void offer(std::vector<ledger::Outgoing> rows) { outbox_.offer(std::move(rows)); }
  /// Publishes what is there, within the budget, and gives the lanes back.
  void stop(std::chrono::milliseconds budget);

  std::uint64_t published() const { return published_; }
  std::int64_t waiting() const { return waiting_; }
  bool kafka_up() const { return kafka_up_; }

 private:
  void run();
  bool renew();
  bool publish();
  bool send(const std::vector<store::OutboxRow>& rows);
  bool open_producer();
  void hand_over(Batch& batch);
  void await_reports(Batch& batch);
  void tell_failure(const Batch& batch);
  bool end_rows(const Batch& batch);
  Deadline drained_by();
  void make_own_topics();
  bool make_topics(const std::set<std::string>& names);

  const Settings& settings_;
  store::Outbox outbox_;
  std::unique_ptr<kafka::Producer> producer_;
  std::vector<store::ShardLease> leases_;
  Deadline leased_until_;
  Deadline renew_at_;
  std::set<std::string> topics_;  ///< known to exist
  bool own_topics_made_ = false;
  Deadline own_topics_at_;
  std::uint32_t batches_ = 0;
  int rows_a_turn_ = 2'000;  ///< halved while a broker refuses records together, until the one at fault is alone
  int good_turns_ = 0;
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::int64_t> waiting_{0};
  std::atomic<bool> kafka_up_{true};
  std::mutex lock_;
  std::condition_variable condition_;
  bool woken_ = false, stopping_ = false;
  Deadline drain_until_;
  std::thread thread_;
};

}  // namespace crossdock::hub
