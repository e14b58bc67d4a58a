// Reads the feeds on Kafka: effects and offsets commit together, guarded by the cursor's epoch (PROTOCOLS.md B).
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "hub/ending.hpp"
#include "hub/intake_writer.hpp"
#include "hub/memory.hpp"
#include "hub/settings.hpp"
#include "hub/topic_watch.hpp"
#include "kafka/consumer.hpp"
#include "postgres/connection.hpp"
#include "store/decide.hpp"

namespace crossdock::hub {

/// One thread polls, decodes and follows the group's assignment; writers, each for its share of the partitions, decide meanwhile. Of a
/// partition one batch is decided at a time, in order. Life: start(), begin_stop(), stop().
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
  std::size_t gaps() const { return gaps_; }  ///< of this instance's partitions, how many have one

 private:
  static constexpr std::size_t records_a_turn = 500;  ///< bounds the time that positions stay locked (PROTOCOLS.md 0)
  /// Whether the last record that was read must be found again: where it still is, or else nothing is read at all.
  enum class Proof { none, wanted, needed };
  struct Held {
    store::Cursor cursor;    ///< as the store has it, as far as this instance knows
    std::int64_t read = -1;  ///< the next offset to take from Kafka: beyond cursor.next is pending, or being decided
    bool claimed = false;    ///< the cursor is ours and fetching has begun
    bool caught_up = false;
    bool paused = false;
    bool gap = false;
    Proof proof = Proof::none;
    Anchors anchors;
    Deadline again{Clock::now()};  ///< of a claim or a pause: when to try again
  };
  /// Read and not yet given to the writer; `from` is where the first of them was expected.
  struct Pending {
    std::int64_t from = 0;
    std::vector<Record> records;
  };
  struct Share {
    std::unique_ptr<IntakeWriter> writer;
    std::map<kafka::Partition, Pending> pending;
    std::size_t count = 0;  ///< of pending records
  };

  void run();
  void open();
  void handle(kafka::Event& event);
  void assigned(const std::vector<kafka::Partition>& partitions);
  void claim_waiting();
  bool claim(const kafka::Partition& partition, Held& held);
  bool begin(const kafka::Partition& partition, Held& held, const FeedSettings& feed);
  bool proven(const kafka::Partition& partition, Held& held, const kafka::Record& record);
  void stop_for_gap(const kafka::Partition& partition, Held& held, const std::string& why);
  void raise_gap(const kafka::Partition& partition, Held& held, const std::string& why);
  void count_gaps();
  void take(std::span<const kafka::Record> records);
  Share& share_of(const kafka::Partition& partition) { return shares_[static_cast<std::size_t>(partition.number) % shares_.size()]; }
  bool busy() const;
  void give(Share& share);
  void collect(Share& share, std::chrono::milliseconds wait);
  void drain(Share& share);
  void drain_all();
  void drop(const kafka::Partition& partition);
  void keep_up();
  void settle(Answer& answer);
  void begin_anew(const kafka::Partition& partition);
  static void moved(const Part& part, Held& held);
  Taken take_now(Part& part);
  void take_alone(Part& part);
  void take_halved(Part& part);
  void bury_one(Part& part);
  void pause(const kafka::Partition& partition);
  void resume_paused();
  void tell_fresh();
  void look();
  void looked(const TopicWatch::Told& told);
  const FeedSettings* feed_of(std::string_view topic) const;
  Record read(const kafka::Record& record) const;
  void add(const store::Tally& tally);

  const Settings& settings_;
  const store::Shared& shared_;
  HubMemory& memory_;
  postgres::Connection connection_;
  std::vector<Share> shares_;
  std::unique_ptr<kafka::Consumer> consumer_;
  std::map<kafka::Partition, Held> held_;
  TopicWatch watch_;
  Deadline fresh_at_{Clock::now()}, look_at_{Clock::now()};
  std::atomic<std::int64_t> applied_{0}, superseded_{0}, duplicate_{0}, waiting_{0}, dead_{0};
  std::atomic<bool> kafka_up_{true};
  std::atomic<std::size_t> partitions_{0}, gaps_{0};
  Ending ending_;
  std::thread thread_;
};

}  // namespace crossdock::hub
