// What stands still for a while: it goes on where it was, and is not forgotten when it is assigned anew.
#include <algorithm>

#include "broker.hpp"

namespace crossdock::kafka {
namespace {

using PauseTest = WithBroker;
CROSSDOCK_BOTH_BROKERS(PauseTest);

bool ends_at(const Seen& seen, std::int64_t offset, std::size_t partitions) {
  return static_cast<std::size_t>(
             std::count_if(seen.ends.begin(), seen.ends.end(), [&](const auto& end) { return end.offset == offset; })) >= partitions;
}

// The hub pauses a partition when the database is away: what was handed out and not stored must come again, and nothing may be left out.
TEST_P(PauseTest, ResumeGoesOnAtTheFirstUnprocessedOffset) {
  const auto topic = make_topic();
  constexpr int total = 3'000;
  fill(topic, total);
  const auto reader = consumer(topic, "g-" + topic);
  const Partition partition{topic, 0};
  std::int64_t next = 0;
  int batches = 0, pauses = 0;
  for (const auto deadline = Deadline::in(60s); next < total && !deadline.passed();) {
    const Event event = reader->poll(200ms, 100);
    if (const auto* assigned = std::get_if<Assigned>(&event)) {
      ASSERT_TRUE(reader->start(assigned->partitions.at(0), Start::earliest()));
    }
    const auto* records = std::get_if<Records>(&event);
    if (!records) continue;
    ASSERT_EQ(records->records.front().offset, next) << "after " << pauses << " pauses";
    if (++batches % 3 == 0) {  // "the database is away": processed half of it, then nothing for a while
      next += static_cast<std::int64_t>(records->records.size() / 2);
      ASSERT_TRUE(reader->pause(partition));
      EXPECT_TRUE(reader->paused(partition));
      for (int i = 0; i < 3; ++i) EXPECT_FALSE(std::holds_alternative<Records>(reader->poll(10ms))) << "while paused";
      const auto resumed = reader->resume(partition, next);
      ASSERT_TRUE(resumed) << resumed.fault().message();
      ++pauses;
      continue;
    }
    for (const auto& record : records->records) ASSERT_EQ(record.offset, next++);
  }
  EXPECT_EQ(next, total);
  EXPECT_GT(pauses, 5);
}

/// The library itself keeps what was paused through an assignment, and would not fetch it ever again.
TEST_P(PauseTest, WhatIsStartedAnewIsFetchedThoughItWasPaused) {
  const auto topic = make_topic();
  fill(topic, 10);
  const auto reader = consumer(topic, "g-" + topic);
  Seen before, after;
  ASSERT_TRUE(poll_until(*reader, before, Start::earliest(), [](const Seen& s) { return ends_at(s, 10, 1); }));
  ASSERT_TRUE(reader->pause({topic, 0}));
  fill(topic, 5, 0, 10);
  EXPECT_FALSE(poll_until(*reader, after, Start::earliest(), [](const Seen& s) { return !s.values.empty(); }, 500ms)) << "while paused";
  ASSERT_TRUE(reader->start({topic, 0}, Start::from(8)));
  EXPECT_FALSE(reader->paused({topic, 0}));
  EXPECT_TRUE(poll_until(*reader, after, Start::earliest(), [](const Seen& s) { return ends_at(s, 15, 1); }, 10s));
  EXPECT_THAT(after.values, testing::ElementsAre("8", "9", "10", "11", "12", "13", "14"));
}

TEST_P(PauseTest, WhatIsLostWhilePausedIsFetchedWhenItComesBack) {
  const auto topic = make_topic(4);
  for (int p = 0; p < 4; ++p) fill(topic, 10, p);
  const auto reader = consumer(topic, "g-" + topic);
  Seen before, shared, alone, others;
  ASSERT_TRUE(poll_until(*reader, before, Start::earliest(), [](const Seen& s) { return ends_at(s, 10, 4); }));
  for (int p = 0; p < 4; ++p) ASSERT_TRUE(reader->pause({topic, p}));

  auto second = consumer(topic, "g-" + topic);
  for (const auto deadline = Deadline::in(60s); !deadline.passed() && (shared.assigned.size() != 2 || others.assigned.size() != 2);) {
    poll_until(*reader, shared, Start::earliest(), [](const Seen&) { return false; }, 50ms);
    poll_until(*second, others, Start::earliest(), [](const Seen&) { return false; }, 50ms);
  }
  ASSERT_EQ(shared.assigned.size(), 2U);
  EXPECT_TRUE(poll_until(*reader, shared, Start::earliest(), [](const Seen& s) { return ends_at(s, 10, 2); }, 10s)) << "what it kept";

  second->close(Deadline::in(5s));
  EXPECT_TRUE(poll_until(*reader, alone, Start::earliest(), [](const Seen& s) { return ends_at(s, 10, 4); }, 60s)) << "what came back";
}

}  // namespace
}  // namespace crossdock::kafka
