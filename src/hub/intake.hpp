// Reads the feeds on Kafka: effects and offsets commit together, guarded by the cursor's epoch (PROTOCOLS.md B).
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "hub/ending.hpp"
#include "hub/memory.hpp"
#include "hub/record.hpp"
#include "hub/settings.hpp"
#include "kafka/consumer.hpp"
#include "postgres/connection.hpp"
#include "store/decide.hpp"

namespace crossdock::hub {

/// One thread: polls, decides, follows the group's assignment. Life: start(), begin_stop(), stop().
class Intake {
 public:
  Intake(const Settings& settings, const store::Shared& shared, HubMemory& memory);
  ~Intake();
  void start();
  /// Asks the thread to end by then; stop() waits for it.
  void begin_stop(Deadline end) { ending_.begin(end); }
  void stop();

  store::Tally totals() const;
  bool kafka_up() const { return kafka_up_; }
  std::size_t partitions() const { return partitions_; }
  std::size_t gaps() const { return gaps_; }

 private:
  struct Held {
    store::Cursor cursor;
    bool claimed = false;  ///< the cursor is ours and fetching has begun
    bool caught_up = false;
    bool paused = false;
    Deadline again{Clock::now()};  ///< of a claim or a pause: when to try again
  };
  using Group = std::pair<kafka::Partition, std::vector<kafka::Record>>;

  void run();
  void open();
  void handle(kafka::Event& event);
  void assigned(const std::vector<kafka::Partition>& partitions);
  void claim_waiting();
  bool claim(const kafka::Partition& partition, Held& held);
  bool within_log(const kafka::Partition& partition, const store::Cursor& cursor, std::string& why);
  void take(std::span<const kafka::Record> records);
  enum class Taken { yes, fenced, failed, data };
  Taken decide_groups(std::span<const Group> groups);
  void take_alone(const Group& group);
  void take_halved(const Group& group);
  void bury_one(const Group& group);
  void pause(const Group& group);
  void resume_paused();
  void tell_fresh();
  const FeedSettings* feed_of(const std::string& topic) const;
  Record read(const kafka::Record& record) const;
  void add(const store::Tally& tally);

  const Settings& settings_;
  const store::Shared& shared_;
  HubMemory& memory_;
  postgres::Connection connection_;
  std::unique_ptr<kafka::Consumer> consumer_;
  std::map<kafka::Partition, Held> held_;
  Deadline fresh_at_{Clock::now()};
  std::atomic<std::int64_t> applied_{0}, superseded_{0}, duplicate_{0}, waiting_{0}, dead_{0};
  std::atomic<bool> kafka_up_{true};
  std::atomic<std::size_t> partitions_{0}, gaps_{0};
  Ending ending_;
  std::thread thread_;
};

}  // namespace crossdock::hub
