// Reading partitions whose offsets somebody else keeps.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "kafka/settings.hpp"

namespace crossdock::kafka {

/// One record. The views live until the next poll() of its consumer.
struct Record {
  std::string_view topic;
  int partition = 0;
  std::int64_t offset = 0;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;  ///< nothing: a tombstone
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::int64_t timestamp_ms = -1;

  std::optional<std::string_view> header(std::string_view name) const;  ///< the last of that name
};

/// Nothing came within the time.
struct Idle {};
/// These are ours now: call start() for each; what is not started is not fetched.
struct Assigned {
  std::vector<Partition> partitions;
};
/// These are to be given up: finish what is in hand; the next poll() gives them up. `lost` means that they already belong to others.
struct Revoked {
  std::vector<Partition> partitions;
  bool lost = false;
};
struct Records {
  std::span<const Record> records;
};
/// All that the log holds has been handed out: `offset` is where the next record will be. Feeds the watermark of stock data.
struct PartitionEnd {
  Partition partition;
  std::int64_t offset = 0;
};
/// Something is wrong. Not fatal: librdkafka goes on by itself, this is for the log and the health page.
struct Trouble {
  std::string code;  ///< librdkafka's name: _TRANSPORT, TOPIC_AUTHORIZATION_FAILED
  std::string message;
  bool fatal = false;  ///< destroy the consumer and make a new one
  std::optional<Partition> partition;
  bool out_of_range = false;  ///< the start offset is not in the log: a data gap; this partition is not fetched any more
  bool topic_gone = false;    ///< the broker does not know the topic (now): if it comes back it may be another one
};
using Event = std::variant<Idle, Assigned, Revoked, Records, PartitionEnd, Trouble>;

/// Where to begin with a partition.
struct Start {
  enum class At { offset, earliest, latest } at = At::offset;
  std::int64_t offset = 0;
  static Start from(std::int64_t offset) { return {At::offset, offset}; }
  static Start earliest() { return {At::earliest, 0}; }
  static Start latest() { return {At::latest, 0}; }
};

/// A member of a consumer group that never commits and never resets offsets. One thread owns it. poll() at least every
/// max_poll_interval, also while everything is paused. close() ends within its deadline; the destructor closes with 2 s.
class Consumer {
 public:
  static Result<std::unique_ptr<Consumer>> open(const ConsumerSettings& settings, const std::vector<std::string>& topics);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// Waits up to `wait` for the first, then takes all that is there, at most `max_records`.
  Event poll(std::chrono::milliseconds wait, std::size_t max_records = 1'000);

  /// Says where to begin; returns the offset in numbers (earliest and latest are asked for). Fetching begins with the next poll(), also
  /// of what was paused.
  Result<std::int64_t> start(const Partition& partition, Start start, Deadline deadline = Deadline::in(std::chrono::seconds(5)));

  /// Stops the delivery of a partition; what was handed out and not processed comes again after resume().
  Outcome pause(const Partition& partition);
  /// Goes on at the first offset that was not processed.
  Outcome resume(const Partition& partition, std::int64_t next, Deadline deadline = Deadline::in(std::chrono::seconds(5)));
  bool paused(const Partition& partition) const;

  std::vector<Partition> assignment() const;
  /// Asks the broker.
  Result<Watermarks> watermarks(const Partition& partition, Deadline deadline);

  void close(Deadline deadline);

  static std::span<const Frozen> frozen();

  struct State;
  explicit Consumer(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace crossdock::kafka
