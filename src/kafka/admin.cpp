#include "kafka/admin.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "kafka/library.hpp"

namespace crossdock::kafka {
namespace {

using Metadata = Own<const struct rd_kafka_metadata, rd_kafka_metadata_destroy>;
using Options = Own<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using TopicOrder = Own<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;

void release_text(char* text) { rd_kafka_mem_free(nullptr, text); }

Topic topic_of(const rd_kafka_metadata_topic& topic) {
  Topic out{topic.topic, topic.partition_cnt, 0, 0};
  for (int i = 0; i < topic.partition_cnt; ++i) {
    if (i == 0) out.replication = topic.partitions[i].replica_cnt;
    if (topic.partitions[i].leader < 0) ++out.without_leader;
  }
  return out;
}

bool exists(const rd_kafka_metadata_topic& topic) { return topic.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART; }

}  // namespace

struct Admin::State : LogTarget {
  Handle handle;

  Result<Metadata> metadata(const rd_kafka_topic_t* only, Deadline deadline) {
    const struct rd_kafka_metadata* raw = nullptr;
    const auto error = rd_kafka_metadata(handle.get(), only ? 0 : 1, const_cast<rd_kafka_topic_t*>(only), &raw, in_ms(deadline.left()));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, "asking for the topics");
    return Metadata(raw);
  }

  /// Sends an admin request and waits for its one answer.
  template <class Send>
  Result<QueueEvent> ask(rd_kafka_admin_op_t what, Deadline deadline, std::string_view doing, Send&& send) {
    std::array<char, 256> why{};
    const Options options(rd_kafka_AdminOptions_new(handle.get(), what));
    const auto limit = std::min(in_ms(deadline.left()), 3'600'000);
    rd_kafka_AdminOptions_set_request_timeout(options.get(), limit, why.data(), why.size());
    if (what == RD_KAFKA_ADMIN_OP_CREATETOPICS || what == RD_KAFKA_ADMIN_OP_DELETETOPICS) {
      rd_kafka_AdminOptions_set_operation_timeout(options.get(), limit, why.data(), why.size());
    }
    const Queue queue(rd_kafka_queue_new(handle.get()));
    send(options.get(), queue.get());
    QueueEvent event(rd_kafka_queue_poll(queue.get(), limit + 500));
    if (!event) return fault_of(RD_KAFKA_RESP_ERR__TIMED_OUT, doing);
    if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, doing);
    return event;
  }

  /// Whether this is librdkafka's own broker (crossdock-sim broker): it calls its cluster mockCluster<address>.
  bool in_process(Deadline deadline) const {
    const Own<char, release_text> id(rd_kafka_clusterid(handle.get(), in_ms(deadline.left())));
    return id && std::string_view(id.get()).starts_with("mockCluster");
  }

  Outcome create(const NewTopic& topic, Deadline deadline);
  Outcome create_by_asking(const std::string& name, Deadline deadline);
  Result<bool> served(const NewTopic& topic, Deadline deadline);
};

Admin::Admin(std::unique_ptr<State> state) : state_(std::move(state)) {}
Admin::~Admin() {
  const std::shared_ptr<State> ending = std::move(state_);
  end_by(Deadline::in(std::chrono::seconds(2)), [ending] { ending->handle.reset(); });
}

Result<std::unique_ptr<Admin>> Admin::open(const Cluster& cluster) {
  auto state = std::make_unique<State>();
  state->on_log = cluster.on_log;
  auto handle = Recipe(cluster, {}).make(RD_KAFKA_PRODUCER, state.get());
  if (!handle) return handle.fault();
  state->handle = std::move(handle).value();
  return std::make_unique<Admin>(std::move(state));
}

Result<std::vector<Topic>> Admin::topics(Deadline deadline) {
  const auto metadata = state_->metadata(nullptr, deadline);
  if (!metadata) return metadata.fault();
  std::vector<Topic> out;
  for (int i = 0; i < (*metadata)->topic_cnt; ++i) {
    if (exists((*metadata)->topics[i])) out.push_back(topic_of((*metadata)->topics[i]));
  }
  return out;
}

Outcome Admin::State::create(const NewTopic& topic, Deadline deadline) {
  std::array<char, 256> why{};
  const TopicOrder order(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication, why.data(), why.size()));
  if (!order) return Fault(FaultKind::broken, "kafka_topic", why.data());
  for (const auto& [name, value] : topic.config) rd_kafka_NewTopic_set_config(order.get(), name.c_str(), value.c_str());
  const auto event = ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, deadline, "creating " + topic.name, [&](auto* options, auto* queue) {
    auto* raw = order.get();
    rd_kafka_CreateTopics(handle.get(), &raw, 1, options, queue);
  });
  if (!event) return event.fault();
  std::size_t count = 0;
  const auto** results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  const auto error = count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR__BAD_MSG;
  // Another instance may have been faster.
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return Done{};
  return fault_of(error, "creating " + topic.name);
}

/// The in-process broker knows no admin requests, but makes a topic that is asked for by name.
Outcome Admin::State::create_by_asking(const std::string& name, Deadline deadline) {
  const TopicHandle topic(rd_kafka_topic_new(handle.get(), name.c_str(), nullptr));
  const auto metadata = this->metadata(topic.get(), deadline);
  if (!metadata) return metadata.fault();
  return Done{};
}

Result<bool> Admin::State::served(const NewTopic& topic, Deadline deadline) {
  const auto metadata = this->metadata(nullptr, deadline);
  if (!metadata) return metadata.fault();
  for (int i = 0; i < (*metadata)->topic_cnt; ++i) {
    const auto& one = (*metadata)->topics[i];
    if (topic.name == one.topic && exists(one) && one.partition_cnt > 0) return topic_of(one).without_leader == 0;
  }
  return false;
}

Result<std::vector<std::string>> Admin::create_missing(const std::vector<NewTopic>& wanted, Deadline deadline) {
  const auto present = topics(deadline);
  if (!present) return present.fault();
  std::vector<std::string> created;
  for (const auto& topic : wanted) {
    const auto found = std::find_if(present->begin(), present->end(), [&](const Topic& t) { return t.name == topic.name; });
    if (found != present->end()) {
      if (found->partitions >= topic.partitions) continue;
      return Fault(FaultKind::broken, "kafka_topic",
                   topic.name + " has " + std::to_string(found->partitions) + " partitions, " + std::to_string(topic.partitions) +
                       " are wanted; adding some would move keys to other partitions, so that is left to you");
    }
    const auto made = state_->in_process(deadline) ? state_->create_by_asking(topic.name, deadline) : state_->create(topic, deadline);
    if (!made) return made.fault();
    created.push_back(topic.name);
    for (;;) {
      const auto served = state_->served(topic, deadline);
      if (!served) return served.fault();
      if (*served) break;
      if (deadline.passed()) return fault_of(RD_KAFKA_RESP_ERR__TIMED_OUT, "waiting for the leaders of " + topic.name);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  return created;
}

Outcome Admin::delete_topic(const std::string& name, Deadline deadline) {
  const Own<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy> order(rd_kafka_DeleteTopic_new(name.c_str()));
  const auto event = state_->ask(RD_KAFKA_ADMIN_OP_DELETETOPICS, deadline, "deleting " + name, [&](auto* options, auto* queue) {
    auto* raw = order.get();
    rd_kafka_DeleteTopics(state_->handle.get(), &raw, 1, options, queue);
  });
  if (!event) return event.fault();
  std::size_t count = 0;
  const auto** results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event->get()), &count);
  const auto error = count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR__BAD_MSG;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, "deleting " + name);
  return Done{};
}

Result<std::map<std::string, std::string>> Admin::topic_config(const std::string& name, Deadline deadline) {
  const Own<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  const auto event =
      state_->ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, deadline, "reading the settings of " + name, [&](auto* options, auto* queue) {
        auto* raw = resource.get();
        rd_kafka_DescribeConfigs(state_->handle.get(), &raw, 1, options, queue);
      });
  if (!event) return event.fault();
  std::size_t count = 0;
  const auto** resources = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  const auto error = count == 1 ? rd_kafka_ConfigResource_error(resources[0]) : RD_KAFKA_RESP_ERR__BAD_MSG;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, "reading the settings of " + name);
  std::map<std::string, std::string> out;
  const auto** entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    out.emplace(rd_kafka_ConfigEntry_name(entries[i]), value ? value : "");
  }
  return out;
}

}  // namespace crossdock::kafka
