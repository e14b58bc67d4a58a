#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "broker.hpp"

namespace crossdock::kafka {
namespace {

using ProducerTest = WithBroker;
CROSSDOCK_BOTH_BROKERS(ProducerTest);

TEST_P(ProducerTest, EveryRecordIsReportedOnceWithItsToken) {
  const auto topic = make_topic(4);
  const auto writer = producer();
  std::set<std::uint64_t> reported;
  for (std::uint64_t token = 0; token < 500; ++token) {
    ASSERT_EQ(writer->produce(topic, "k" + std::to_string(token % 7), "v", {}, token), Producer::Queued::yes);
  }
  for (const auto deadline = Deadline::in(20s); reported.size() < 500 && !deadline.passed();) {
    for (const auto& report : writer->poll(100ms)) {
      EXPECT_TRUE(report.ok()) << report.code;
      EXPECT_GE(report.offset, 0);
      EXPECT_TRUE(reported.insert(report.token).second) << "twice: " << report.token;
    }
  }
  EXPECT_EQ(reported.size(), 500U);
  EXPECT_EQ(writer->in_flight(), 0U);
}

TEST_P(ProducerTest, AKeysRecordsStayInOnePartitionAndInOrder) {
  const auto topic = make_topic(4);
  const auto writer = producer();
  for (int i = 0; i < 400; ++i) {
    ASSERT_EQ(writer->produce(topic, "key-" + std::to_string(i % 9), std::to_string(i), {}, 0), Producer::Queued::yes);
  }
  ASSERT_EQ(writer->flush(Deadline::in(20s), false).size(), 400U);

  const auto reader = consumer(topic, "g-" + topic);
  std::map<std::string, int> last, partition_of;
  int count = 0;
  for (const auto deadline = Deadline::in(30s); count < 400 && !deadline.passed();) {
    const Event event = reader->poll(100ms);
    if (const auto* assigned = std::get_if<Assigned>(&event)) {
      for (const auto& partition : assigned->partitions) ASSERT_TRUE(reader->start(partition, Start::earliest()));
    }
    const auto* records = std::get_if<Records>(&event);
    if (!records) continue;
    for (const auto& record : records->records) {
      const std::string key(*record.key);
      const int value = std::stoi(std::string(*record.value));
      if (const auto before = last.find(key); before != last.end()) {
        EXPECT_GT(value, before->second) << key;
      }
      EXPECT_EQ(partition_of.try_emplace(key, record.partition).first->second, record.partition);
      last[key] = value;
      ++count;
    }
  }
  EXPECT_EQ(count, 400);
  EXPECT_EQ(last.size(), 9U);
}

// The Java client's default partitioner: the same key must land where the customer's own programs put it.
TEST_P(ProducerTest, KeysArePartitionedAsTheJavaClientDoes) {
  const auto topic = make_topic(4);
  const auto writer = producer();
  // murmur2("A-100") and the rest, positive, modulo 4: computed with the reference algorithm.
  const auto murmur2 = [](std::string_view key) {
    const auto length = static_cast<std::uint32_t>(key.size());
    std::uint32_t h = 0x9747b28cU ^ length;
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(key[i])); };
    for (; at + 4 <= key.size(); at += 4) {
      std::uint32_t k = byte(at) | byte(at + 1) << 8U | byte(at + 2) << 16U | byte(at + 3) << 24U;
      k *= 0x5bd1e995U;
      k ^= k >> 24U;
      h = h * 0x5bd1e995U ^ k * 0x5bd1e995U;
    }
    std::uint32_t tail = 0;
    for (std::size_t i = key.size(); i-- > at;) tail = tail << 8U | byte(i);
    if (at < key.size()) h = (h ^ tail) * 0x5bd1e995U;
    h = (h ^ h >> 13U) * 0x5bd1e995U;
    return (h ^ h >> 15U) & 0x7fffffffU;
  };
  const std::vector<std::string> keys{"A-100", "A-1001", "east|7", "x", "SKU-00042", "ab", "abc"};
  for (std::size_t i = 0; i < keys.size(); ++i) ASSERT_EQ(writer->produce(topic, keys[i], "v", {}, i), Producer::Queued::yes);
  const auto reports = writer->flush(Deadline::in(20s), false);
  ASSERT_EQ(reports.size(), keys.size());
  for (const auto& report : reports) EXPECT_EQ(report.partition, static_cast<int>(murmur2(keys[report.token]) % 4)) << keys[report.token];
}

TEST_P(ProducerTest, AFullQueueIsAValueAndNothingIsLost) {
  const auto topic = make_topic();
  ProducerSettings settings{.cluster = cluster, .message_timeout = 10s, .linger = 100ms, .queued_messages = 10};
  const auto writer = Producer::open(settings).value();
  int full = 0, ok = 0;
  for (int i = 0; i < 40;) {
    const auto queued = writer->produce(topic, "k", "v", {}, static_cast<std::uint64_t>(i));
    if (queued == Producer::Queued::yes) {
      ++i;
    } else {
      ASSERT_EQ(queued, Producer::Queued::full);
      ++full;
      for (const auto& report : writer->poll(200ms)) ok += report.ok();
    }
  }
  for (const auto& report : writer->flush(Deadline::in(20s), false)) ok += report.ok();
  EXPECT_GT(full, 0);
  EXPECT_EQ(ok, 40);
}

TEST_P(ProducerTest, AFatalErrorReportsTheRestAndTheNextHandleWorks) {
  const auto topic = make_topic();
  ProducerSettings settings{.cluster = cluster, .message_timeout = 10s, .linger = 500ms};  // the lingering ones are caught by the error
  const auto writer = Producer::open(settings).value();
  for (std::uint64_t token = 0; token < 5; ++token) ASSERT_EQ(writer->produce(topic, "k", "v", {}, token), Producer::Queued::yes);
  writer->provoke_fatal_error();
  EXPECT_EQ(writer->produce(topic, "k", "v", {}, 99), Producer::Queued::fatal);
  std::set<std::uint64_t> failed;
  for (const auto& report : writer->poll(1s)) {
    EXPECT_FALSE(report.ok());
    EXPECT_FALSE(report.rejected) << report.code;
    failed.insert(report.token);
  }
  EXPECT_EQ(failed.size(), 5U) << "the owner learns of each one that it must send again";
  EXPECT_EQ(writer->recreations(), 1);
  EXPECT_TRUE(writer->last_trouble());
  for (const auto token : failed) ASSERT_EQ(writer->produce(topic, "k", "v", {}, token), Producer::Queued::yes);
  int ok = 0;
  for (const auto& report : writer->flush(Deadline::in(20s), false)) ok += report.ok();
  EXPECT_EQ(ok, 5);
}

TEST_P(ProducerTest, ARecordThatIsTooLargeIsItsOwnFault) {
  const auto topic = make_topic();
  const auto writer = producer();
  EXPECT_EQ(writer->produce(topic, "k", std::string(2'000'000, 'x'), {}, 1), Producer::Queued::too_large);
  EXPECT_EQ(writer->in_flight(), 0U);
  EXPECT_EQ(writer->produce(topic, "k", "v", {{"h", "1"}}, 2), Producer::Queued::yes);
  EXPECT_TRUE(writer->flush(Deadline::in(10s), false)[0].ok());
}

TEST_P(ProducerTest, WakeEndsAWaitingPoll) {
  const auto writer = producer();
  std::atomic<bool> done{false};
  std::thread waker([&] {
    while (!done) {
      writer->wake();
      std::this_thread::sleep_for(20ms);
    }
  });
  const auto begin = Clock::now();
  writer->poll(20s);
  done = true;
  waker.join();
  EXPECT_LT(Clock::now() - begin, 10s);
}

TEST(ProducerOutageTest, WithoutABrokerFlushEndsInTimeAndPurgeReportsAll) {
  ProducerSettings settings{.cluster = {.brokers = "127.0.0.1:1"}};
  const auto writer = Producer::open(settings).value();
  for (std::uint64_t token = 0; token < 3; ++token) ASSERT_EQ(writer->produce("t", "k", "v", {}, token), Producer::Queued::yes);
  const auto begin = Clock::now();
  EXPECT_TRUE(writer->flush(Deadline::in(300ms), false).empty());
  const auto reports = writer->flush(Deadline::in(100ms), true);
  ASSERT_EQ(reports.size(), 3U);
  for (const auto& report : reports) {
    EXPECT_EQ(report.code, "_PURGE_QUEUE");
    EXPECT_THAT(report.message, testing::HasSubstr("Purged")) << "the library's words, not the record's value";
    EXPECT_FALSE(report.maybe_written) << "it never was on the wire";
  }
  EXPECT_LT(Clock::now() - begin, 5s);
}

TEST(ProducerOutageTest, ARecordThatWaitsTooLongIsReportedAndNotForgotten) {
  ProducerSettings settings{.cluster = {.brokers = "127.0.0.1:1"}, .message_timeout = 500ms};
  const auto writer = Producer::open(settings).value();
  ASSERT_EQ(writer->produce("t", "k", "v", {}, 7), Producer::Queued::yes);
  std::vector<Report> all;
  for (const auto deadline = Deadline::in(10s); all.empty() && !deadline.passed();) {
    for (const auto& report : writer->poll(100ms)) all.push_back(report);
  }
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].token, 7U);
  EXPECT_EQ(all[0].code, "_MSG_TIMED_OUT");
  EXPECT_FALSE(all[0].rejected) << "the broker's fault, not the record's";
}

TEST(ProducerErrorTest, ABrokersRefusalIsRetriedWithoutADuplicate) {
  const auto mock = MockBroker::start().value();
  ASSERT_TRUE(mock->create({"t", 1, 1, {}}));
  mock->fail_requests(0, {6, 7, 19});  // not leader, timed out, not enough replicas
  ProducerSettings settings{.cluster = {.brokers = mock->bootstrap()}, .message_timeout = 20s};
  const auto writer = Producer::open(settings).value();
  for (std::uint64_t token = 0; token < 10; ++token)
    ASSERT_EQ(writer->produce("t", "k", std::to_string(token), {}, token), Producer::Queued::yes);
  const auto reports = writer->flush(Deadline::in(20s), false);
  ASSERT_EQ(reports.size(), 10U);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    EXPECT_TRUE(reports[i].ok()) << reports[i].code;
    EXPECT_EQ(reports[i].offset, static_cast<std::int64_t>(reports[i].token));
  }
}

TEST(ProducerSettingsTest, WhatCorrectnessRestsOnCannotBeChanged) {
  for (const auto& frozen : Producer::frozen()) {
    ProducerSettings settings{.cluster = {.brokers = "127.0.0.1:1"}};
    settings.cluster.properties[std::string(frozen.name)] = "1";
    EXPECT_FALSE(Producer::open(settings)) << frozen.name;
  }
}

}  // namespace
}  // namespace crossdock::kafka
