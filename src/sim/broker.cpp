// The in-process broker as a process.
#include <charconv>
#include <cstdio>

#include "kafka/mock_broker.hpp"
#include "observe/log.hpp"
#include "sim/programs.hpp"
#include "sim/signals.hpp"

namespace crossdock::sim {

namespace {

kafka::NewTopic topic_of(const std::string& text) {
  kafka::NewTopic topic{text, 4, 1, {}};
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return topic;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), topic.partitions);
  topic.name.resize(colon);
  return topic;
}

}  // namespace

int run_broker(const BrokerOptions& options) {
  Signals signals;
  start_log("broker");
  auto broker = kafka::MockBroker::start();
  if (!broker) return fail(broker.fault());
  for (const auto& topic : options.topics) {
    auto made = (*broker)->create(topic_of(topic));
    if (!made) return std::fprintf(stderr, "error: topic %s: %s\n", topic.c_str(), made.fault().message().c_str()), 1;
  }
  std::printf("export CROSSDOCK_KAFKA_BROKERS=%s\n", (*broker)->bootstrap().c_str());
  std::fflush(stdout);
  log::info("broker.ready", {{"brokers", (*broker)->bootstrap()}});
  signals.wait();
  log::info("broker.end");
  log::stop();
  return 0;
}

}  // namespace crossdock::sim
