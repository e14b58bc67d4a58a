// On a real Kafka: a topic that is deleted, made anew and grown beyond the reader's offset within a moment, while it is read.
#include "base.hpp"
#include "hub/intake.hpp"
#include "kafka/admin.hpp"

namespace crossdock::hub {
namespace {

class AnewTest : public WithServices {
 protected:
  void SetUp() override {
    const char* brokers = std::getenv("CROSSDOCK_KAFKA_BROKERS");
    if (!brokers || !*brokers) GTEST_SKIP() << "set CROSSDOCK_KAFKA_BROKERS (eval \"$(tools/services up)\") to run this";
    WithServices::SetUp();
    if (IsSkipped()) return;
    settings.kafka.brokers = brokers;
    settings.lease = 6s;  // the least that a broker takes
    settings.group = "anew-" + new_id();
    shared.locations = [] { return std::make_shared<promise::Locations>(); };
    shared.own_commits = &memory;
    shared.failed = [](const std::string&, const postgres::Failure&) {};
    ASSERT_TRUE(store::Follower(settings.database, memory).load());
    admin = kafka::Admin::open(settings.kafka).value();
  }

  void make() {
    auto made = admin->create_missing({{feed_topic, 1, 1, {}}}, Deadline::in(20s));
    ASSERT_TRUE(made) << made.fault().message();
  }
  void start() {
    settings.instance = "anew-" + new_id();
    intake = std::make_unique<Intake>(settings, shared, memory);
    intake->start();
    ASSERT_TRUE(soon([&] { return cursor("owner") == settings.instance; }, 30s));
  }
  void stop() {
    intake->begin_stop(Deadline::in(5s));
    intake->stop();
    intake.reset();
  }
  void move(int first, int last) {
    auto producer = kafka::Producer::open({.cluster = settings.kafka}).value();
    for (int i = first; i <= last; ++i) {
      const auto value = R"({"kind":"movement","id":"m)" + std::to_string(i) + R"(","source":"wms","location":"E","sku":"A","sequence":)" +
                         std::to_string(i) + R"(,"occurred_at":")" + Instant::now().text() + R"(","delta":"1","reason":"adjust"})";
      ASSERT_EQ(producer->produce(feed_topic, "E|A", value, {}, static_cast<std::uint64_t>(i), 0), kafka::Producer::Queued::yes);
    }
    for (const auto& report : producer->flush(Deadline::in(10s), false)) ASSERT_TRUE(report.ok()) << report.message;
  }
  std::string cursor(const std::string& what) {
    return ask("select " + what + " from feed_cursor where topic = '" + feed_topic + "' and partition = 0");
  }
  /// Reads three records of a fresh topic; then it is made anew with six others. Whether the intake reads on as if nothing had happened,
  /// before a look or Kafka's library tell it.
  bool read_on() {
    feed_topic = "anew." + new_id();
    FeedSettings feed;
    feed.system = "wms";
    feed.name = "inventory";
    feed.topic = feed_topic;
    settings.feeds = {feed};
    make();
    start();
    move(1, 3);
    EXPECT_TRUE(soon([&] { return cursor("next") == "3"; }, 30s));
    EXPECT_TRUE(admin->delete_topic(feed_topic, Deadline::in(10s)));
    make();
    move(4, 9);
    EXPECT_TRUE(soon([&] { return cursor("next") == "6" || intake->gaps() == 1; }, 60s));
    return cursor("next") == "6";
  }

  HubMemory memory;
  store::Shared shared;
  std::string feed_topic;
  std::unique_ptr<kafka::Admin> admin;
  std::unique_ptr<Intake> intake;
};

TEST_F(AnewTest, ItIsFoundAtTheNextLookAndTheGapStands) {
  settings.look_every = 1s;
  for (int round = 0, unnoticed = 0; round < 5 && unnoticed < 1; ++round) {
    unnoticed += read_on();
    ASSERT_TRUE(soon([&] { return intake->gaps() == 1; }, 20s)) << "next " << cursor("next") << ", gap '" << cursor("gap") << "'";
    ASSERT_TRUE(soon([&] { return cursor("gap").find("made anew") != std::string::npos; })) << cursor("gap");
    EXPECT_EQ(ask("select count(*) from exception where reason = 'data_gap' and origin = '" + feed_topic + "/0'"), "1");
    EXPECT_EQ(cursor("last_offset"), "2") << "what was read last of the former one";
    const auto next = cursor("next");
    move(10, 12);
    stop();
    start();  // whoever takes it over
    EXPECT_TRUE(soon([&] { return intake->gaps() == 1; }));
    std::this_thread::sleep_for(2s);
    EXPECT_EQ(cursor("next"), next) << "nothing is read on";
    EXPECT_NE(cursor("gap"), "");
    stop();
  }
}

/// What the looks are for: without them it is read on without a word. (Where Kafka's library notices by itself that the topic was away, the
/// claim finds it; then it is tried again.)
TEST_F(AnewTest, NegativeControlWithoutLooksItIsReadOn) {
  settings.look_every = 1h;
  bool unnoticed = false;
  for (int round = 0; round < 8 && !unnoticed; ++round) {
    unnoticed = read_on();
    if (unnoticed) std::this_thread::sleep_for(3s);
    unnoticed = unnoticed && intake->gaps() == 0 && cursor("gap").empty();
    stop();
  }
  if (!unnoticed) GTEST_SKIP() << "not injectable here: the library noticed each time";
  EXPECT_TRUE(unnoticed);
}

TEST_F(AnewTest, LooksAtATopicThatIsStillTheSameChangeNothing) {
  settings.look_every = 100ms;
  feed_topic = "anew." + new_id();
  FeedSettings feed;
  feed.system = "wms";
  feed.name = "inventory";
  feed.topic = feed_topic;
  settings.feeds = {feed};
  make();
  start();
  for (int i = 0; i < 10; ++i) {
    move(3 * i + 1, 3 * i + 3);
    std::this_thread::sleep_for(300ms);
  }
  EXPECT_TRUE(soon([&] { return cursor("next") == "30"; }));
  EXPECT_EQ(intake->gaps(), 0U);
  EXPECT_EQ(ask("select count(*) from exception"), "0");
  stop();
}

}  // namespace
}  // namespace crossdock::hub
