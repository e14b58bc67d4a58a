// The outbox to Kafka: at least once, in the order of each lane, under leases.
#include "hub/publisher.hpp"

#include "base.hpp"

namespace crossdock::hub {
namespace {

class PublisherTest : public WithServices {
 protected:
  void SetUp() override {
    WithServices::SetUp();
    if (IsSkipped()) return;
    topic("out");
    reader_ = reader_of("out");
  }
  /// Puts rows into the outbox as a committed transaction does.
  void put(const std::string& key, int from, int count, const std::string& topic = "out") {
    std::vector<ledger::Outgoing> rows;
    for (int i = from; i < from + count; ++i) {
      auto& row = rows.emplace_back();
      row.topic = topic;
      row.lane = key;
      row.key = key;
      row.headers = {{"h", "v"}};
      row.body = std::to_string(i);
    }
    postgres::Connection connection(settings.database, "test", store::all_statements());
    auto done = postgres::transact(connection, [&](postgres::Transaction& tx) { store::put_outgoing(tx, rows); });
    ASSERT_TRUE(done) << done.failure().message;
  }
  std::string left() { return ask("select count(*) from outbox"); }
  bool published(std::int64_t rows = 0) {
    return soon([&] { return left() == std::to_string(rows); });
  }
  std::map<std::string, std::vector<std::string>> lanes(const std::vector<Seen>& records) {
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& record : records) out[record.key].push_back(record.value);
    return out;
  }

  std::unique_ptr<kafka::Consumer> reader_;
};

/// What readers of a lane may see: every value, and whenever one comes, all before it have come. Values may come again (at least once),
/// but the last word is the last value. The complaint, or nothing.
std::string complaint(const std::vector<std::string>& lane, int count) {
  int highest = -1;
  for (const auto& text : lane) {
    int value = std::stoi(text);
    if (value > highest + 1) return text + " came before " + std::to_string(highest + 1);
    highest = std::max(highest, value);
  }
  if (highest != count - 1) return "ends at " + std::to_string(highest);
  if (!lane.empty() && std::stoi(lane.back()) != count - 1) return "the last word is " + lane.back();
  return "";
}

TEST(LaneTest, TheCheckerNoticesLossDisorderAndAWrongLastWord) {
  EXPECT_EQ(complaint({"0", "1", "2"}, 3), "");
  EXPECT_EQ(complaint({"0", "1", "1", "2", "0", "1", "2"}, 3), "") << "again is allowed";
  EXPECT_NE(complaint({"0", "2"}, 3), "");
  EXPECT_NE(complaint({"0", "1"}, 3), "");
  EXPECT_NE(complaint({"1", "0", "2"}, 3), "");
  EXPECT_NE(complaint({"0", "1", "2", "1"}, 3), "");
}

TEST_F(PublisherTest, CarriesRowsInTheOrderOfTheirLanes) {
  for (int i = 0; i < 10; ++i)
    for (const char* lane : {"a", "b", "c"}) put(lane, i * 10, 10);
  Publisher publisher(settings);
  publisher.start();
  publisher.wake();
  ASSERT_TRUE(published());
  EXPECT_EQ(publisher.published(), 300U);
  auto seen = lanes(read(*reader_, 300));
  for (const char* lane : {"a", "b", "c"}) {
    EXPECT_EQ(complaint(seen[lane], 100), "") << lane;
    EXPECT_EQ(seen[lane].size(), 100U);
  }
  publisher.stop(5s);
  EXPECT_EQ(ask("select count(*) from lease where owner <> ''"), "0") << "leases are given back";
}

/// The broker refuses produce requests in the middle of a run: what was not acknowledged comes again, in order.
TEST_F(PublisherTest, AFailureInTheMiddleOfARunLosesNothingAndKeepsTheOrder) {
  Publisher publisher(settings);
  publisher.start();
  constexpr int not_leader = 6, request_timed_out = 7, corrupt = 2;
  for (int round = 0; round < 10; ++round) {
    broker_->fail_requests(0, {0, 0, round % 2 ? not_leader : corrupt, 0, round % 2 ? corrupt : request_timed_out});
    for (const char* lane : {"a", "b"}) put(lane, round * 20, 20);
    publisher.wake();
    std::this_thread::sleep_for(30ms);
  }
  ASSERT_TRUE(published()) << left();
  publisher.stop(5s);
  auto seen = lanes(read(*reader_, 400));
  EXPECT_EQ(complaint(seen["a"], 200), "");
  EXPECT_EQ(complaint(seen["b"], 200), "");
}

TEST_F(PublisherTest, AnOutageOfTheBrokerLosesNothing) {
  Publisher publisher(settings);
  publisher.start();
  put("a", 0, 50);
  ASSERT_TRUE(published());
  ASSERT_TRUE(broker_->set_down(1, true));
  put("a", 50, 50);
  publisher.wake();
  ASSERT_TRUE(soon([&] { return !publisher.kafka_up(); }));
  EXPECT_NE(left(), "0");
  ASSERT_TRUE(broker_->set_down(1, false));
  ASSERT_TRUE(published());
  EXPECT_TRUE(soon([&] { return publisher.kafka_up(); }));
  publisher.stop(5s);
  EXPECT_EQ(complaint(lanes(read(*reader_, 100))["a"], 100), "");
}

TEST_F(PublisherTest, AMessageThatKafkaWillNeverTakeIsParkedAndItsLaneGoesOn) {
  put("a", 0, 3);
  run("update outbox set body = convert_to(repeat('x', 2000000), 'UTF8') where id = (select min(id) + 1 from outbox)");
  Publisher publisher(settings);
  publisher.start();
  ASSERT_TRUE(published());
  EXPECT_THAT(lanes(read(*reader_, 2))["a"], testing::ElementsAre("0", "2"));
  EXPECT_EQ(ask("select count(*) || ' ' || max(origin) || ' ' || max(length(body)) from exception where reason = 'unpublishable'"),
            "1 out 2000000");
  publisher.stop(5s);
}

TEST_F(PublisherTest, WhoseLeaseIsTakenSendsNoMore) {
  Publisher publisher(settings);
  publisher.start();
  put("a", 0, 5);
  ASSERT_TRUE(published());
  // Another instance takes all lanes, and keeps them.
  run("update lease set owner = 'another', fence = fence + 1, until = clock_timestamp() + interval '1 hour' where name like 'outbox-%'");
  put("a", 5, 5);
  publisher.wake();
  std::this_thread::sleep_for(1s);
  EXPECT_EQ(left(), "5");
  EXPECT_EQ(publisher.published(), 5U);
  run("update lease set owner = '', until = '-infinity' where owner = 'another'");
  ASSERT_TRUE(published());
  publisher.stop(5s);
  EXPECT_THAT(lanes(read(*reader_, 10))["a"], testing::SizeIs(10)) << "each once: nothing was sent under a lost lease";
}

TEST_F(PublisherTest, TwoShareTheLanesAndOneTakesOverWhatTheOtherLeaves) {
  auto other = settings;
  other.instance = "other-" + new_id();
  Publisher one(settings), two(other);
  one.start();
  two.start();
  ASSERT_TRUE(soon([&] { return ask("select count(distinct owner) from lease where owner <> ''") == "2"; }));
  for (int i = 0; i < 20; ++i) put("lane" + std::to_string(i), 0, 20);
  one.wake();
  two.wake();
  ASSERT_TRUE(published());
  one.stop(5s);
  for (int i = 0; i < 20; ++i) put("lane" + std::to_string(i), 20, 20);
  ASSERT_TRUE(published());
  two.stop(5s);
  auto seen = lanes(read(*reader_, 800));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(complaint(seen["lane" + std::to_string(i)], 40), "") << i;
}

TEST_F(PublisherTest, AStopSendsWhatIsThere) {
  Publisher publisher(settings);
  publisher.start();
  put("a", 0, 500);
  publisher.stop(10s);
  EXPECT_EQ(left(), "0");
}

TEST_F(PublisherTest, AStopEndsWithinItsBudgetWhenKafkaIsAway) {
  Publisher publisher(settings);
  publisher.start();
  put("a", 0, 5);
  ASSERT_TRUE(published());
  ASSERT_TRUE(broker_->set_down(1, true));
  put("a", 5, 500);
  publisher.wake();
  std::this_thread::sleep_for(200ms);
  auto begin = Clock::now();
  publisher.stop(1s);
  EXPECT_LT(Clock::now() - begin, 8s);
  EXPECT_NE(left(), "0") << "what was not sent waits";
}

}  // namespace
}  // namespace crossdock::hub
