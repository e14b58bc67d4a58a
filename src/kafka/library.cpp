#include "kafka/library.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <future>
#include <thread>

#include "kafka/sanitizers.hpp"

namespace crossdock::kafka {
namespace {

void pass_log(const rd_kafka_t* handle, int level, const char* facility, const char* message) {
  const auto* target = static_cast<const LogTarget*>(rd_kafka_opaque(handle));
  if (target && target->on_log) target->on_log(level, facility, message);
}

/// Owned by the room's own structs, never by configuration files.
std::atomic<std::size_t> handles_left_behind{0};

constexpr std::array ours{"bootstrap.servers", "metadata.broker.list", "group.id", "client.id", "group.instance.id"};

}  // namespace

Recipe::Recipe(const Cluster& cluster, std::span<const Frozen> frozen) : configuration_(rd_kafka_conf_new()), frozen_(frozen) {
  rd_kafka_conf_set_log_cb(configuration_.get(), pass_log);
  set("bootstrap.servers", cluster.brokers);
  set("client.id", cluster.client_id);
  set("socket.timeout.ms", 30'000);
  set("socket.connection.setup.timeout.ms", 10'000);
  set("reconnect.backoff.max.ms", 5'000);
  set("log.connection.close", "false");  // idle connections are closed by every broker; no news
  for (const auto& [name, value] : cluster.properties) {
    const auto frozen_one = std::find_if(frozen.begin(), frozen.end(), [&](const Frozen& f) { return f.name == name; });
    if (frozen_one != frozen.end() || std::find(ours.begin(), ours.end(), name) != ours.end()) {
      fault_ = Fault(FaultKind::broken, "kafka_setting",
                     "the Kafka property " + name + " is not yours to set" +
                         (frozen_one != frozen.end() ? "; it is always " + std::string(frozen_one->value) : std::string()));
      continue;
    }
    set(name, value);
  }
}

Recipe& Recipe::set(std::string_view name, std::string_view value) {
  std::array<char, 512> why{};
  const auto result =
      rd_kafka_conf_set(configuration_.get(), std::string(name).c_str(), std::string(value).c_str(), why.data(), why.size());
  if (result != RD_KAFKA_CONF_OK && !fault_) fault_ = Fault(FaultKind::broken, "kafka_setting", why.data());
  return *this;
}

Result<Handle> Recipe::make(rd_kafka_type_t type, void* opaque) {
  for (const auto& frozen : frozen_) set(frozen.name, frozen.value);
  if (fault_) return *fault_;
  rd_kafka_conf_set_opaque(configuration_.get(), opaque);
  std::array<char, 512> why{};
  Handle handle(rd_kafka_new(type, configuration_.get(), why.data(), why.size()));
  if (!handle) return Fault(FaultKind::broken, "kafka_setting", why.data());
  [[maybe_unused]] const auto* taken_over_by_the_handle = configuration_.release();
  return handle;
}

std::string code_of(rd_kafka_resp_err_t error) { return error == RD_KAFKA_RESP_ERR_NO_ERROR ? "" : rd_kafka_err2name(error); }

Fault fault_of(rd_kafka_resp_err_t error, std::string_view doing) {
  const auto message = std::string(doing) + ": " + rd_kafka_err2str(error) + " (" + code_of(error) + ")";
  switch (error) {
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR__STATE:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
      return {FaultKind::broken, "kafka_refused", message};
    default:
      return {FaultKind::unavailable, "kafka_unavailable", message};
  }
}

Fault fault_of(const rd_kafka_error_t* error, std::string_view doing) {
  const auto fault = fault_of(rd_kafka_error_code(error), doing);
  return {fault.kind(), fault.code(), std::string(doing) + ": " + rd_kafka_error_string(error)};
}

bool end_by(Deadline deadline, std::function<void()> end) {
  std::packaged_task<void()> task(std::move(end));
  const auto ended = task.get_future();
  std::thread thread(std::move(task));
  if (ended.wait_until(deadline.at()) == std::future_status::ready) {
    thread.join();
    return true;
  }
  thread.detach();
  ++handles_left_behind;
  return false;
}

std::size_t left_behind() { return handles_left_behind; }

int in_ms(Clock::duration time) {
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  return static_cast<int>(std::clamp<long long>(count, 1, INT_MAX));
}

PartitionList list_of(std::span<const Partition> partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const auto& partition : partitions) rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number);
  return list;
}

std::vector<Partition> partitions_of(const rd_kafka_topic_partition_list_t* list) {
  std::vector<Partition> out;
  out.reserve(static_cast<std::size_t>(list->cnt));
  for (int i = 0; i < list->cnt; ++i) out.push_back({list->elems[i].topic, list->elems[i].partition});
  return out;
}

Record record_of(const rd_kafka_message_t* message) {
  Record record;
  record.topic = rd_kafka_topic_name(message->rkt);
  record.partition = message->partition;
  record.offset = message->offset;
  if (message->key) record.key = std::string_view(static_cast<const char*>(message->key), message->key_len);
  if (message->payload) record.value = std::string_view(static_cast<const char*>(message->payload), message->len);
  record.timestamp_ms = rd_kafka_message_timestamp(message, nullptr);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
      record.headers.emplace_back(name, std::string_view(static_cast<const char*>(value), value ? size : 0));
    }
  }
  return record;
}

/// Not rd_kafka_query_watermark_offsets: it waits for the broker's answer whatever its limit says.
Result<Watermarks> watermarks_of(rd_kafka_t* handle, const Partition& partition, Deadline deadline) {
  const auto ask = [&](std::int64_t which) -> Result<std::int64_t> {
    const auto list = list_of({&partition, 1});
    list->elems[0].offset = which;  // where a time may stand, Kafka takes these two as well
    auto error = rd_kafka_offsets_for_times(handle, list.get(), in_ms(deadline.left()));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = list->elems[0].err;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, "asking for the watermarks of " + partition.topic);
    return list->elems[0].offset;
  };
  const auto low = ask(RD_KAFKA_OFFSET_BEGINNING);
  if (!low) return low.fault();
  const auto high = ask(RD_KAFKA_OFFSET_END);
  if (!high) return high.fault();
  return Watermarks{*low, *high};
}

}  // namespace crossdock::kafka
