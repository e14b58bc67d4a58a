// Decides batches of records on a thread and a connection of its own, while the intake polls and decodes the next ones.
#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "hub/record.hpp"
#include "kafka/settings.hpp"
#include "postgres/connection.hpp"
#include "store/decide.hpp"

namespace crossdock::hub {

/// What was read of one partition, in the order of its offsets, without a gap after `cursor.next`.
struct Part {
  kafka::Partition partition;
  store::Cursor cursor;  ///< as it stands before these
  std::vector<Record> records;
  std::int64_t next() const { return records.back().origin().offset + 1; }
  store::LastRead last() const;
  /// The cursor as it stands behind these.
  void move(store::Cursor& held) const { held.next = next(), held.last = last(); }
};

/// What became of a batch: all of its parts share it.
enum class Taken {
  yes,     ///< committed, effects and cursors
  fenced,  ///< another owns one of the partitions
  failed,  ///< to be tried again later
  data,    ///< the database cannot hold some value
};
struct Answer {
  Taken taken = Taken::failed;
  store::Tally total;
  std::vector<Part> parts;
};

/// One transaction, all or nothing.
Taken take_parts(postgres::Connection& connection, const store::Shared& shared, std::span<Part> parts, store::Tally& total);
/// A connection for it; `role` names it.
postgres::Connection deciding_records(const Settings& settings, std::string_view role);

/// One batch at a time. give(), then answer() until it is there; both on the intake's thread.
class IntakeWriter {
 public:
  IntakeWriter(const Settings& settings, const store::Shared& shared, std::string_view role);
  ~IntakeWriter() { stop(); }
  void start();
  /// Waits for the batch in hand.
  void stop();

  /// Only while none is in hand.
  void give(std::vector<Part> parts);
  bool busy() const { return busy_; }
  /// What became of the batch in hand, within `wait`; none: it is still being decided, or there is none.
  std::optional<Answer> answer(std::chrono::milliseconds wait);

 private:
  void run();

  const store::Shared& shared_;
  postgres::Connection connection_;
  bool busy_ = false;  ///< the intake's own view: given, and not yet answered
  std::mutex lock_;
  std::condition_variable condition_;
  std::optional<std::vector<Part>> given_;
  std::optional<Answer> answer_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace crossdock::hub
