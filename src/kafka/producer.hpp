// Writing records with an answer for each.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "kafka/settings.hpp"

namespace crossdock::kafka {

/// What became of one produce(): with an empty `code` it is in the log of all in-sync replicas.
struct Report {
  std::uint64_t token = 0;
  std::string code;  ///< librdkafka's name: _MSG_TIMED_OUT, _PURGE_QUEUE, MSG_SIZE_TOO_LARGE
  std::string message;
  bool maybe_written = false;  ///< it was on the wire: sending it again may make a duplicate
  bool rejected = false;       ///< the record itself is at fault (too large, topic refused): repeating will not help
  int partition = -1;
  std::int64_t offset = -1;
  bool ok() const { return code.empty(); }
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// An idempotent producer. The thread that owns it calls produce() and poll(); wake() may be called from any thread.
/// After a fatal error every record not reported yet is reported as failed, the handle is made anew by the next poll(), and the owner
/// sends again what it still wants to send.
class Producer {
 public:
  static Result<std::unique_ptr<Producer>> open(const ProducerSettings& settings);
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  enum class Queued {
    yes,
    full,       ///< poll() and try again
    fatal,      ///< poll() makes a new handle; then try again
    too_large,  ///< above message.max.bytes
    refused,    ///< unknown topic or partition
  };
  /// Copies everything. `value` nothing: a tombstone. `partition` -1: by the key (murmur2, as the Java client).
  Queued produce(std::string_view topic, std::optional<std::string_view> key, std::optional<std::string_view> value, const Headers& headers,
                 std::uint64_t token, int partition = -1);

  /// Serves the reports that are there, waiting up to `wait` for the first. The span lives until the next poll() or flush().
  std::span<const Report> poll(std::chrono::milliseconds wait);
  /// Ends a waiting poll().
  void wake();
  /// Waits until every record is reported or the deadline passes; with `then_purge` the rest is reported as failed.
  std::span<const Report> flush(Deadline deadline, bool then_purge);

  std::size_t in_flight() const;  ///< produced and not reported
  int recreations() const;
  std::optional<std::string> last_trouble() const;  ///< the last error of the connection, for the health page
  /// Makes the library believe in a fatal error: for tests.
  void provoke_fatal_error();

  static std::span<const Frozen> frozen();

  struct State;
  explicit Producer(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace crossdock::kafka
