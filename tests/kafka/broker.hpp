// A broker for a test: the in-process one always, the real one of CROSSDOCK_KAFKA_BROKERS when it is there.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "crossdock/base/id.hpp"
#include "kafka/admin.hpp"
#include "kafka/consumer.hpp"
#include "kafka/mock_broker.hpp"
#include "kafka/producer.hpp"

namespace crossdock::kafka {

using namespace std::chrono_literals;

enum class Kind { in_process, real };

inline std::string real_brokers() {
  const char* text = std::getenv("CROSSDOCK_KAFKA_BROKERS");
  return text ? text : "";
}

class WithBroker : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::real) {
      if (real_brokers().empty()) GTEST_SKIP() << "set CROSSDOCK_KAFKA_BROKERS (tools/services up) to run this against Apache Kafka";
      cluster.brokers = real_brokers();
    } else {
      auto started = MockBroker::start();
      ASSERT_TRUE(started) << started.fault().message();
      mock = std::move(started).value();
      cluster.brokers = mock->bootstrap();
    }
  }

  /// A topic of its own for each test.
  std::string make_topic(int partitions = 1) {
    const NewTopic topic{"t-" + new_id(), partitions, 1, {}};
    if (mock) {
      EXPECT_TRUE(mock->create(topic));
    } else {
      const auto made = Admin::open(cluster).value()->create_missing({topic}, Deadline::in(20s));
      EXPECT_TRUE(made) << made.fault().message();
    }
    return topic.name;
  }

  std::unique_ptr<Producer> producer() {
    ProducerSettings settings{.cluster = cluster, .message_timeout = 10s};
    return Producer::open(settings).value();
  }

  std::unique_ptr<Consumer> consumer(const std::string& topic, const std::string& group) {
    ConsumerSettings settings{.cluster = cluster, .group = group};
    return Consumer::open(settings, {topic}).value();
  }

  /// Writes values 0 .. count-1 to a partition, all acknowledged.
  void fill(const std::string& topic, int count, int partition = 0, int from = 0) {
    const auto writer = producer();
    for (int i = from; i < from + count; ++i) {
      ASSERT_EQ(writer->produce(topic, "k", std::to_string(i), {}, static_cast<std::uint64_t>(i), partition), Producer::Queued::yes);
    }
    const auto reports = writer->flush(Deadline::in(20s), false);
    ASSERT_EQ(reports.size(), static_cast<std::size_t>(count));
    for (const auto& report : reports) ASSERT_TRUE(report.ok()) << report.code << " " << report.message;
  }

  Cluster cluster;
  std::unique_ptr<MockBroker> mock;
};

/// What a consumer did so far.
struct Seen {
  std::vector<std::pair<int, std::int64_t>> offsets;  ///< partition, offset
  std::vector<std::string> values;
  std::vector<PartitionEnd> ends;
  std::vector<Trouble> troubles;
  std::vector<Partition> assigned;
  int revocations = 0;
};

/// Polls until `enough(seen)` or 30 s; every assigned partition begins at `start`.
template <class Enough>
bool poll_until(Consumer& consumer, Seen& seen, Start start, Enough&& enough, std::chrono::milliseconds limit = 30s) {
  for (const auto deadline = Deadline::in(limit); !enough(seen);) {
    if (deadline.passed()) return false;
    const Event event = consumer.poll(100ms);
    if (const auto* records = std::get_if<Records>(&event)) {
      for (const auto& record : records->records) {
        seen.offsets.emplace_back(record.partition, record.offset);
        seen.values.emplace_back(record.value.value_or("(none)"));
      }
    } else if (const auto* assigned = std::get_if<Assigned>(&event)) {
      seen.assigned = assigned->partitions;
      for (const auto& partition : assigned->partitions) {
        const auto begun = consumer.start(partition, start);
        EXPECT_TRUE(begun) << begun.fault().message();
      }
    } else if (std::holds_alternative<Revoked>(event)) {
      ++seen.revocations;
    } else if (const auto* end = std::get_if<PartitionEnd>(&event)) {
      seen.ends.push_back(*end);
    } else if (const auto* trouble = std::get_if<Trouble>(&event)) {
      seen.troubles.push_back(*trouble);
    }
  }
  return true;
}

#define CROSSDOCK_BOTH_BROKERS(Suite)                                                    \
  INSTANTIATE_TEST_SUITE_P(Broker, Suite, testing::Values(Kind::in_process, Kind::real), \
                           [](const auto& info) { return info.param == Kind::in_process ? "in_process" : "real"; })

}  // namespace crossdock::kafka
