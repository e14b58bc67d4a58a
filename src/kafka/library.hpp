// Inside this room only: librdkafka's types with owners, and configuration that fails as a value.
#pragma once
#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "kafka/consumer.hpp"
#include "kafka/settings.hpp"

namespace crossdock::kafka {

/// Deletes by the C function that the library has for the type.
template <auto function>
struct By {
  template <class T>
  void operator()(T* thing) const {
    function(thing);
  }
};
template <class T, auto function>
using Own = std::unique_ptr<T, By<function>>;

using Configuration = Own<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using PartitionList = Own<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using Queue = Own<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using QueueEvent = Own<rd_kafka_event_t, rd_kafka_event_destroy>;
using Message = Own<rd_kafka_message_t, rd_kafka_message_destroy>;
using ErrorObject = Own<rd_kafka_error_t, rd_kafka_error_destroy>;
using Handle = Own<rd_kafka_t, rd_kafka_destroy>;
using TopicHandle = Own<rd_kafka_topic_t, rd_kafka_topic_destroy>;

/// The settings of a handle under construction: frozen ones last, so that nothing wins over them.
class Recipe {
 public:
  Recipe(const Cluster& cluster, std::span<const Frozen> frozen);
  Recipe& set(std::string_view name, std::string_view value);
  Recipe& set(std::string_view name, std::int64_t value) { return set(name, std::to_string(value)); }
  rd_kafka_conf_t* raw() { return configuration_.get(); }
  /// `opaque` is what callbacks get; `on_log` must outlive the handle.
  Result<Handle> make(rd_kafka_type_t type, void* opaque);

 private:
  Configuration configuration_;
  std::optional<Fault> fault_;
  std::span<const Frozen> frozen_;
};

/// What every callback's opaque begins with: where the log lines go.
struct LogTarget {
  OnLog on_log;
};

std::string code_of(rd_kafka_resp_err_t error);
Fault fault_of(rd_kafka_resp_err_t error, std::string_view doing);
Fault fault_of(const rd_kafka_error_t* error, std::string_view doing);
/// Runs the end of a handle on a thread of its own and waits for it until the deadline. The library's own end has no limit: what is late
/// is left behind with all that `end` holds, and counted (left_behind()). True when it ended in time.
bool end_by(Deadline deadline, std::function<void()> end);

/// A time limit as librdkafka takes it, at least 1 ms.
int in_ms(Clock::duration time);

/// Its views live as long as the message.
Record record_of(const rd_kafka_message_t* message);
/// Asks the broker.
Result<Watermarks> watermarks_of(rd_kafka_t* handle, const Partition& partition, Deadline deadline);

PartitionList list_of(std::span<const Partition> partitions);
std::vector<Partition> partitions_of(const rd_kafka_topic_partition_list_t* list);

}  // namespace crossdock::kafka
