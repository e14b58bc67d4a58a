#include "kafka/mock_broker.hpp"

#include "kafka/library.hpp"
// After rdkafka.h.
#include <librdkafka/rdkafka_mock.h>

namespace crossdock::kafka {

struct MockBroker::State : LogTarget {
  Handle handle;  ///< outlives the cluster that keeps its books in it
  Own<rd_kafka_mock_cluster_t, rd_kafka_mock_cluster_destroy> cluster;
};

MockBroker::MockBroker(std::unique_ptr<State> state, std::string bootstrap) : state_(std::move(state)), bootstrap_(std::move(bootstrap)) {}
MockBroker::~MockBroker() = default;

Result<std::unique_ptr<MockBroker>> MockBroker::start(int brokers) {
  auto state = std::make_unique<State>();
  Recipe recipe(Cluster{.brokers = "", .client_id = "crossdock-mock", .properties = {}, .on_log = {}}, {});
  auto handle = recipe.make(RD_KAFKA_PRODUCER, state.get());
  if (!handle) return handle.fault();
  state->handle = std::move(handle).value();
  state->cluster.reset(rd_kafka_mock_cluster_new(state->handle.get(), brokers));
  if (!state->cluster) return Fault(FaultKind::broken, "kafka_mock", "the in-process broker did not start");
  std::string bootstrap = rd_kafka_mock_cluster_bootstraps(state->cluster.get());
  return std::make_unique<MockBroker>(std::move(state), std::move(bootstrap));
}

Outcome MockBroker::create(const NewTopic& topic) {
  const auto error =
      rd_kafka_mock_topic_create(state_->cluster.get(), topic.name.c_str(), topic.partitions, std::max(1, topic.replication));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, "creating " + topic.name);
  return Done{};
}

Outcome MockBroker::set_down(int broker, bool down) {
  const auto error =
      down ? rd_kafka_mock_broker_set_down(state_->cluster.get(), broker) : rd_kafka_mock_broker_set_up(state_->cluster.get(), broker);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, "switching a broker");
  return Done{};
}

void MockBroker::fail_requests(int api_key, const std::vector<int>& error_codes) {
  std::vector<rd_kafka_resp_err_t> errors;
  errors.reserve(error_codes.size());
  for (const int code : error_codes) errors.push_back(static_cast<rd_kafka_resp_err_t>(code));
  rd_kafka_mock_push_request_errors_array(state_->cluster.get(), static_cast<std::int16_t>(api_key), errors.size(), errors.data());
}

}  // namespace crossdock::kafka
