// A database of its own on the real PostgreSQL, and a Kafka: the in-process broker, or the real one of CROSSDOCK_KAFKA_BROKERS.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "../store/base.hpp"
#include "hub/hub.hpp"
#include "kafka/consumer.hpp"
#include "kafka/mock_broker.hpp"
#include "kafka/producer.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

/// Waits until it holds.
inline bool soon(const std::function<bool()>& holds, Clock::duration limit = 20s) {
  for (auto deadline = Deadline::in(limit); !deadline.passed(); std::this_thread::sleep_for(10ms))
    if (holds()) return true;
  return holds();
}

/// A record as it was read back.
struct Seen {
  std::string key, value;
  std::map<std::string, std::string> headers;
  std::int64_t offset = 0;
};

class WithServices : public testing::Test {
 protected:
  void SetUp() override {
    database_ = std::make_unique<store::Database>();
    if (!database_->there()) GTEST_SKIP() << "set CROSSDOCK_POSTGRES_URL (eval \"$(tools/services up --no-kafka)\") to run this";
    broker_ = kafka::MockBroker::start().value();
    settings.instance = "test-" + new_id();
    settings.database = database_->settings();
    settings.kafka.brokers = broker_->bootstrap();
    settings.topic_partitions = 1;
    settings.lease = 3s;
    for (const char* code : {"E", "W"})
      run(std::string("insert into master values ('location', '") + code + "', 1, '{\"code\":\"" + code + "\"}')");
    for (const char* sku : {"A", "B", "C"})
      run(std::string("insert into master values ('item', '") + sku + "', 1, '{\"sku\":\"" + sku + "\",\"base_uom\":\"EA\"}')");
  }

  std::string ask(const std::string& sql) { return database_->ask(sql); }
  void run(const std::string& sql) { database_->run(sql); }
  void topic(const std::string& name, int partitions = 1) { ASSERT_TRUE(broker_->create({name, partitions, 1, {}})); }

  /// Writes a record and waits for its acknowledgement.
  void write(const std::string& topic, const std::string& key, const std::string& value, int partition = 0) {
    if (!producer_) producer_ = kafka::Producer::open({.cluster = settings.kafka}).value();
    ASSERT_EQ(producer_->produce(topic, key, value, {}, 1, partition), kafka::Producer::Queued::yes);
    auto reports = producer_->flush(Deadline::in(10s), false);
    ASSERT_EQ(reports.size(), 1U);
    ASSERT_TRUE(reports[0].ok()) << reports[0].message;
  }

  /// A reader of a topic: opened early it joins its group while the test goes on (the in-process broker takes 3 s for it).
  std::unique_ptr<kafka::Consumer> reader_of(const std::string& topic) {
    kafka::ConsumerSettings wanted{.cluster = settings.kafka, .group = "reader-" + new_id()};
    return kafka::Consumer::open(wanted, {topic}).value();
  }
  /// All records of a topic's first partition, from its beginning to its end.
  static std::vector<Seen> read(kafka::Consumer& reader, std::size_t at_least, Clock::duration limit = 20s) {
    std::vector<Seen> out;
    for (auto deadline = Deadline::in(limit); !deadline.passed();) {
      auto event = reader.poll(100ms);
      if (auto* ours = std::get_if<kafka::Assigned>(&event)) {
        for (const auto& partition : ours->partitions) EXPECT_TRUE(reader.start(partition, kafka::Start::earliest()));
      }
      if (auto* records = std::get_if<kafka::Records>(&event))
        for (const auto& record : records->records) {
          Seen seen{std::string(record.key.value_or("")), std::string(record.value.value_or("")), {}, record.offset};
          for (const auto& [name, value] : record.headers) seen.headers[std::string(name)] = value;
          out.push_back(std::move(seen));
        }
      if (std::holds_alternative<kafka::PartitionEnd>(event) && out.size() >= at_least) break;
    }
    return out;
  }

  Settings settings;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<kafka::MockBroker> broker_;
  std::unique_ptr<kafka::Producer> producer_;
};

}  // namespace crossdock::hub
