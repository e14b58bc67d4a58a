#include <algorithm>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "broker.hpp"
#include "kafka/library.hpp"

namespace crossdock::kafka {
namespace {

using ConsumerTest = WithBroker;
CROSSDOCK_BOTH_BROKERS(ConsumerTest);

TEST_P(ConsumerTest, RecordsArriveWholeAndInOrder) {
  const auto topic = make_topic();
  const auto writer = producer();
  const Headers headers{{"trace", "a"}, {"trace", "b"}, {"empty", ""}};
  ASSERT_EQ(writer->produce(topic, "key-1", "value-1", headers, 1), Producer::Queued::yes);
  ASSERT_EQ(writer->produce(topic, std::nullopt, std::string_view("\0x", 2), {}, 2), Producer::Queued::yes);
  ASSERT_EQ(writer->produce(topic, "key-1", std::nullopt, {}, 3), Producer::Queued::yes);
  ASSERT_EQ(writer->flush(Deadline::in(10s), false).size(), 3U);

  const auto reader = consumer(topic, "g-" + topic);
  std::size_t checked = 0;
  for (const auto deadline = Deadline::in(30s); checked < 3 && !deadline.passed();) {
    const Event event = reader->poll(100ms);
    if (const auto* assigned = std::get_if<Assigned>(&event)) {
      ASSERT_TRUE(reader->start(assigned->partitions.at(0), Start::earliest()));
    }
    const auto* records = std::get_if<Records>(&event);
    if (!records) continue;
    for (const auto& record : records->records) {
      EXPECT_EQ(record.topic, topic);
      EXPECT_EQ(record.offset, static_cast<std::int64_t>(checked));
      EXPECT_GT(record.timestamp_ms, 1'600'000'000'000);
      if (checked == 0) {
        EXPECT_EQ(record.key, "key-1");
        EXPECT_EQ(record.value, "value-1");
        ASSERT_EQ(record.headers.size(), 3U);
        EXPECT_EQ(record.header("trace"), "b");
        EXPECT_EQ(record.header("empty"), "");
        EXPECT_FALSE(record.header("none"));
      } else if (checked == 1) {
        EXPECT_FALSE(record.key);
        EXPECT_EQ(record.value, std::string_view("\0x", 2));
      } else {
        EXPECT_FALSE(record.value) << "a tombstone has no value";
      }
      ++checked;
    }
  }
  EXPECT_EQ(checked, 3U);
}

TEST_P(ConsumerTest, TheCallerDecidesWhereToBegin) {
  const auto topic = make_topic();
  fill(topic, 20);
  const auto reader = consumer(topic, "g-" + topic);
  Seen seen;
  ASSERT_TRUE(poll_until(*reader, seen, Start::from(7), [](const Seen& s) { return s.values.size() >= 13; }));
  EXPECT_EQ(seen.offsets.front().second, 7);
  EXPECT_EQ(seen.values.back(), "19");
}

TEST_P(ConsumerTest, LatestBeginsBehindTheLastRecordAndTellsTheOffset) {
  const auto topic = make_topic();
  fill(topic, 5);
  const auto reader = consumer(topic, "g-" + topic);
  Seen seen;
  ASSERT_TRUE(poll_until(*reader, seen, Start::latest(), [](const Seen& s) { return !s.ends.empty(); }));
  EXPECT_EQ(seen.ends.front().offset, 5);
  fill(topic, 2, 0, 100);
  ASSERT_TRUE(poll_until(*reader, seen, Start::latest(), [](const Seen& s) { return s.values.size() >= 2; }));
  EXPECT_EQ(seen.values, (std::vector<std::string>{"100", "101"}));
  EXPECT_EQ(reader->start({topic, 0}, Start::latest()).value(), 7);
}

TEST_P(ConsumerTest, WhatIsNotStartedIsNotFetchedAndCanBeStartedLater) {
  const auto topic = make_topic(2);
  fill(topic, 5, 0);
  fill(topic, 5, 1);
  const auto reader = consumer(topic, "g-" + topic);
  std::vector<Partition> mine;
  std::map<int, int> count;
  for (const auto deadline = Deadline::in(30s); count[1] < 5 && !deadline.passed();) {
    const Event event = reader->poll(100ms);
    if (const auto* assigned = std::get_if<Assigned>(&event)) {
      mine = assigned->partitions;
      ASSERT_EQ(mine.size(), 2U);
      ASSERT_TRUE(reader->start(mine[0], Start::earliest()));
    }
    if (const auto* records = std::get_if<Records>(&event)) {
      for (const auto& record : records->records) ++count[record.partition];
      if (count[0] == 5 && count[1] == 0) {
        EXPECT_FALSE(std::holds_alternative<Records>(reader->poll(300ms)));
        EXPECT_EQ(count[1], 0);
        ASSERT_TRUE(reader->start(mine[1], Start::from(0)));
      }
    }
  }
  EXPECT_EQ(count[0], 5) << "starting another partition repeats nothing of the first";
  EXPECT_EQ(count[1], 5);
}

TEST_P(ConsumerTest, AnOffsetOutsideTheLogIsADataGapAndNeverSkipped) {
  const auto topic = make_topic();
  fill(topic, 5);
  const auto reader = consumer(topic, "g-" + topic);
  Seen seen;
  ASSERT_TRUE(poll_until(*reader, seen, Start::from(1'000), [](const Seen& s) {
    return std::any_of(s.troubles.begin(), s.troubles.end(), [](const Trouble& t) { return t.out_of_range; });
  }));
  EXPECT_EQ(seen.troubles.back().partition, (Partition{topic, 0}));
  EXPECT_FALSE(poll_until(*reader, seen, Start::from(0), [](const Seen& s) { return !s.values.empty(); }, 1s)) << "nothing is skipped to";
  const auto marks = reader->watermarks({topic, 0}, Deadline::in(5s));
  ASSERT_TRUE(marks) << marks.fault().message();
  EXPECT_EQ(marks->low, 0);
  EXPECT_EQ(marks->high, 5);
}

TEST_P(ConsumerTest, ThePartitionsEndIsReportedEachTimeItIsReached) {
  const auto topic = make_topic();
  fill(topic, 3);
  const auto reader = consumer(topic, "g-" + topic);
  Seen seen;
  ASSERT_TRUE(poll_until(*reader, seen, Start::earliest(), [](const Seen& s) { return s.ends.size() == 1; }));
  EXPECT_EQ(seen.values.size(), 3U) << "the end comes after the records before it";
  EXPECT_EQ(seen.ends[0].offset, 3);
  fill(topic, 2, 0, 3);
  ASSERT_TRUE(poll_until(*reader, seen, Start::earliest(), [](const Seen& s) { return s.ends.size() >= 2; }));
  EXPECT_EQ(seen.ends.back().offset, 5);
  EXPECT_EQ(seen.values.size(), 5U);
}

TEST_P(ConsumerTest, ATopicThatIsNotThereIsATroubleAndIsNotMade) {
  if (GetParam() == Kind::in_process) {
    GTEST_SKIP() << "the in-process broker makes every topic that it is asked about";
  }
  const auto topic = "absent-" + new_id();
  const auto reader = consumer(topic, "g-" + topic);
  Seen seen;
  ASSERT_TRUE(poll_until(*reader, seen, Start::earliest(), [](const Seen& s) { return !s.troubles.empty(); }));
  EXPECT_EQ(seen.troubles.front().code, "UNKNOWN_TOPIC_OR_PART") << seen.troubles.front().message;
  EXPECT_FALSE(seen.troubles.front().fatal);
  const auto topics = Admin::open(cluster).value()->topics(Deadline::in(10s));
  ASSERT_TRUE(topics);
  EXPECT_TRUE(std::none_of(topics->begin(), topics->end(), [&](const Topic& t) { return t.name == topic; }));
}

TEST_P(ConsumerTest, ABatchIsBounded) {
  const auto topic = make_topic();
  fill(topic, 50);
  const auto reader = consumer(topic, "g-" + topic);
  std::size_t all = 0, largest = 0;
  for (const auto deadline = Deadline::in(30s); all < 50 && !deadline.passed();) {
    const Event event = reader->poll(200ms, 8);
    if (const auto* assigned = std::get_if<Assigned>(&event)) {
      ASSERT_TRUE(reader->start(assigned->partitions.at(0), Start::earliest()));
    }
    if (const auto* records = std::get_if<Records>(&event)) {
      all += records->records.size();
      largest = std::max(largest, records->records.size());
    }
  }
  EXPECT_EQ(all, 50U);
  EXPECT_EQ(largest, 8U);
}

TEST_P(ConsumerTest, TwoConsumersShareThePartitionsAndTheSecondTakesOverWhenOneLeaves) {
  const auto topic = make_topic(4);
  for (int p = 0; p < 4; ++p) fill(topic, 10, p);
  auto first = consumer(topic, "g-" + topic);
  Seen one, two;
  ASSERT_TRUE(poll_until(*first, one, Start::earliest(), [](const Seen& s) { return s.values.size() >= 40; }));
  EXPECT_EQ(one.assigned.size(), 4U);

  auto second = consumer(topic, "g-" + topic);
  for (const auto deadline = Deadline::in(60s); !deadline.passed() && (one.assigned.size() != 2 || two.assigned.size() != 2);) {
    poll_until(*first, one, Start::latest(), [](const Seen&) { return false; }, 50ms);
    poll_until(*second, two, Start::latest(), [](const Seen&) { return false; }, 50ms);
  }
  ASSERT_EQ(one.assigned.size(), 2U);
  ASSERT_EQ(two.assigned.size(), 2U);
  EXPECT_GE(one.revocations, 1) << "the first was told before it lost two of them";
  std::set<Partition> all(one.assigned.begin(), one.assigned.end());
  all.insert(two.assigned.begin(), two.assigned.end());
  EXPECT_EQ(all.size(), 4U);

  first->close(Deadline::in(5s));
  EXPECT_TRUE(poll_until(*second, two, Start::latest(), [](const Seen& s) { return s.assigned.size() == 4; }, 60s));
}

TEST_P(ConsumerTest, CloseEndsInTimeAlsoBeforeAnyAssignmentAndWhenABatchIsInHand) {
  const auto topic = make_topic();
  fill(topic, 100);
  const auto begin = Clock::now();
  {
    const auto reader = consumer(topic, "g1-" + topic);
  }
  {
    const auto reader = consumer(topic, "g2-" + topic);
    Seen seen;
    ASSERT_TRUE(poll_until(*reader, seen, Start::earliest(), [](const Seen& s) { return !s.values.empty(); }));
  }
  {
    const auto reader = consumer(topic, "g3-" + topic);  // closed while the library waits for our answer to the assignment
    for (const auto deadline = Deadline::in(20s); !deadline.passed();) {
      if (std::holds_alternative<Assigned>(reader->poll(100ms))) break;
    }
  }
  EXPECT_LT(Clock::now() - begin, 45s);
}

// A stop may come between a poll that gave one event and the one that would give the revocation behind it (an outage gives several at
// once). The library then waits for an answer that nobody gives: rd_kafka_destroy never came back, and with it the daemon's stop.
TEST(ConsumerOutageTest, CloseEndsInTimeWithARevocationThatWasNotHandedOutYet) {
  auto broker = MockBroker::start().value();
  ASSERT_TRUE(broker->create({"t", 2, 1, {}}));
  ConsumerSettings settings{.cluster = {.brokers = broker->bootstrap()}, .group = "g", .session_timeout = 4s};
  const auto reader = Consumer::open(settings, {"t"}).value();
  Seen seen;
  ASSERT_TRUE(poll_until(*reader, seen, Start::earliest(), [](const Seen& s) { return s.ends.size() == 2; }));
  ASSERT_TRUE(broker->set_down(1, true));
  const Event event = reader->poll(7s);  // all that the outage brings within one poll: troubles, then the lost session
  ASSERT_TRUE(std::holds_alternative<Trouble>(event));
  const auto left = left_behind();
  const auto begin = Clock::now();
  reader->close(Deadline::in(3s));
  EXPECT_LT(Clock::now() - begin, 3s) << "it ends by itself, not because the deadline cuts it";
  EXPECT_EQ(left_behind(), left) << "nothing is left behind";
}

// librdkafka's own call for watermarks waits for the answer of a broker that it once knew, whatever the limit: a stop hung in it.
TEST(ConsumerOutageTest, TheWatermarksOfABrokerThatHasGoneEndInTime) {
  auto broker = MockBroker::start().value();
  ASSERT_TRUE(broker->create({"t", 1, 1, {}}));
  ConsumerSettings settings{.cluster = {.brokers = broker->bootstrap()}, .group = "g"};
  const auto reader = Consumer::open(settings, {"t"}).value();
  const auto before = reader->watermarks({"t", 0}, Deadline::in(10s));
  ASSERT_TRUE(before) << before.fault().message();
  EXPECT_EQ(before->low, 0);
  EXPECT_EQ(before->high, 0);
  ASSERT_TRUE(broker->set_down(1, true));
  for (int i = 0; i < 3; ++i) {
    const auto begin = Clock::now();
    const auto marks = reader->watermarks({"t", 0}, Deadline::in(300ms));
    ASSERT_FALSE(marks);
    EXPECT_EQ(marks.fault().kind(), FaultKind::unavailable) << marks.fault().message();
    EXPECT_LT(Clock::now() - begin, 5s);
  }
}

TEST(EndTest, WhatDoesNotEndIsLeftBehindAndCounted) {
  const auto left = left_behind();
  EXPECT_TRUE(end_by(Deadline::in(5s), [] {}));
  EXPECT_EQ(left_behind(), left);
  auto held = std::make_shared<std::promise<void>>();
  const auto begin = Clock::now();
  EXPECT_FALSE(end_by(Deadline::in(100ms), [wait = held->get_future().share()] { wait.wait(); }));
  EXPECT_LT(Clock::now() - begin, 5s);
  EXPECT_EQ(left_behind(), left + 1);
  held->set_value();
}

TEST(ConsumerSettingsTest, WhatCorrectnessRestsOnCannotBeChanged) {
  ConsumerSettings settings{.cluster = {.brokers = "127.0.0.1:1"}, .group = "g"};
  settings.cluster.properties["auto.offset.reset"] = "latest";
  const auto opened = Consumer::open(settings, {"t"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.fault().code(), "kafka_setting");
  EXPECT_THAT(opened.fault().message(), testing::HasSubstr("auto.offset.reset"));
  settings.cluster.properties = {{"no.such.property", "1"}};
  EXPECT_FALSE(Consumer::open(settings, {"t"}));
  settings.cluster.properties = {{"fetch.wait.max.ms", "50"}};
  EXPECT_TRUE(Consumer::open(settings, {"t"}));
}

TEST(ConsumerOutageTest, WithoutABrokerPollReturnsInTimeAndTellsTheTrouble) {
  ConsumerSettings settings{.cluster = {.brokers = "127.0.0.1:1"}, .group = "g"};
  const auto reader = Consumer::open(settings, {"t"}).value();
  bool told = false;
  for (const auto deadline = Deadline::in(10s); !told && !deadline.passed();) {
    const auto begin = Clock::now();
    told = std::holds_alternative<Trouble>(reader->poll(200ms));
    EXPECT_LT(Clock::now() - begin, 5s);
  }
  EXPECT_TRUE(told);
  EXPECT_FALSE(reader->watermarks({"t", 0}, Deadline::in(300ms)));
}

}  // namespace
}  // namespace crossdock::kafka
