// A broker inside this process that speaks real Kafka and forgets everything at its end: for the demo and for tests.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "crossdock/base/result.hpp"
#include "kafka/admin.hpp"

namespace crossdock::kafka {

/// Lives from start() to destruction on threads of librdkafka. Topics asked for by a client appear with 4 partitions; create() says
/// otherwise. It knows no admin requests, retention or compaction.
class MockBroker {
 public:
  static Result<std::unique_ptr<MockBroker>> start(int brokers = 1);
  ~MockBroker();
  const std::string& bootstrap() const { return bootstrap_; }
  Outcome create(const NewTopic& topic);
  /// Broker ids begin at 1. A broker that is down refuses connections; its records stay.
  Outcome set_down(int broker, bool down);
  /// Answers the next requests of one kind with errors (Kafka's numbers; Produce is 0, Fetch 1).
  void fail_requests(int api_key, const std::vector<int>& error_codes);

  struct State;
  MockBroker(std::unique_ptr<State> state, std::string bootstrap);

 private:
  std::unique_ptr<State> state_;
  std::string bootstrap_;
};

}  // namespace crossdock::kafka
