// Where the brokers are, and the settings that nobody may change.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "crossdock/base/result.hpp"

namespace crossdock::kafka {

/// A partition of a topic.
struct Partition {
  std::string topic;
  int number = 0;
  friend auto operator<=>(const Partition&, const Partition&) = default;
};

/// A log's first offset, and the one after its last.
struct Watermarks {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// What librdkafka has to say; syslog levels (3 error .. 7 debug). Any thread; must be quick.
using OnLog = std::function<void(int level, std::string_view facility, std::string_view message)>;

/// Shared by consumer, producer and admin.
struct Cluster {
  std::string brokers;  ///< host:port,host:port
  std::string client_id = "crossdock";
  /// Further librdkafka properties: security.protocol, sasl.*, ssl.*, and tuning. What correctness rests on is refused (`kafka_setting`).
  std::map<std::string, std::string> properties = {};
  OnLog on_log = {};
};

struct ConsumerSettings {
  Cluster cluster;
  std::string group;
  std::chrono::milliseconds session_timeout{6'000};
  std::chrono::milliseconds max_poll_interval{300'000};  ///< above the worst batch
  int queued_kbytes = 16'384;                            ///< fetched ahead, over all partitions
};

struct ProducerSettings {
  Cluster cluster;
  std::chrono::milliseconds message_timeout{30'000};  ///< after it the report says that it failed
  std::chrono::milliseconds linger{1};
  int queued_messages = 100'000;
};

/// Handles whose end the library did not bring about in time, since the process began. Their threads still run: such a process must not
/// run the destructors of its statics (_exit).
std::size_t left_behind();

/// A setting that is frozen, and its value: shown by `crossdock config explain`, checked by a test against the library.
struct Frozen {
  std::string_view name;
  std::string_view value;
};

}  // namespace crossdock::kafka
