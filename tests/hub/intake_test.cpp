// Feeds: effects and offsets commit together, what cannot be used is buried alone, and who has lost a partition applies nothing.
#include "hub/intake.hpp"

#include "base.hpp"

namespace crossdock::hub {
namespace {

class IntakeTest : public WithServices {
 protected:
  static constexpr const char* feed_topic = "wms.inventory.v1";

  void SetUp() override {
    WithServices::SetUp();
    if (IsSkipped()) return;
    topic(feed_topic, 2);
    FeedSettings feed;
    feed.system = "wms";
    feed.name = "inventory";
    feed.topic = feed_topic;
    settings.feeds = {feed};
    settings.lease = 6s;
    shared.locations = [] { return std::make_shared<promise::Locations>(); };
    shared.own_commits = &memory;
    shared.failed = [](const std::string&, const postgres::Failure&) {};
    ASSERT_TRUE(store::Follower(settings.database, memory).load());
  }

  void start(const std::string& instance = "") {
    if (!instance.empty()) settings.instance = instance;
    intake = std::make_unique<Intake>(settings, shared, memory);
    intake->start();
    ASSERT_TRUE(soon([&] { return ask("select count(*) from feed_cursor where owner = '" + settings.instance + "'") == "2"; }, 30s));
  }
  void stop() {
    intake->begin_stop(Deadline::in(5s));
    intake->stop();
    intake.reset();
  }
  static std::string snapshot(const std::string& sku, int sequence, const std::string& on_hand, const std::string& id = "") {
    return R"({"kind":"snapshot","id":")" + (id.empty() ? "s" + std::to_string(sequence) : id) +
           R"(","source":"wms","location":"E","sku":")" + sku + R"(","sequence":)" + std::to_string(sequence) + R"(,"as_of":")" +
           Instant::now().text() + R"(","on_hand":")" + on_hand + R"("})";
  }
  static std::string movement(const std::string& sku, int sequence, const std::string& delta) {
    return R"({"kind":"movement","id":"m)" + std::to_string(sequence) + R"(","source":"wms","location":"E","sku":")" + sku +
           R"(","sequence":)" + std::to_string(sequence) + R"(,"occurred_at":")" + Instant::now().text() + R"(","delta":")" + delta +
           R"(","reason":"adjust"})";
  }
  std::string cursor(const std::string& what, int partition = 0) {
    return ask("select " + what + " from feed_cursor where topic = '" + std::string(feed_topic) +
               "' and partition = " + std::to_string(partition));
  }
  bool read_to(std::int64_t offset, int partition = 0) {
    return soon([&] { return cursor("next", partition) == std::to_string(offset); }, 30s);
  }
  std::string on_hand(const std::string& sku) {
    return ask("select trim_scale(on_hand)::text from position where sku = '" + sku + "' and location = 'E'");
  }

  HubMemory memory;
  store::Shared shared;
  std::unique_ptr<Intake> intake;
};

TEST_F(IntakeTest, OffsetsAndEffectsCommitTogether) {
  start();
  write(feed_topic, "E|A", snapshot("A", 1, "10"));
  write(feed_topic, "E|A", movement("A", 2, "-3"));
  write(feed_topic, "E|A", movement("A", 2, "-3"));
  ASSERT_TRUE(read_to(3));
  EXPECT_EQ(on_hand("A"), "7");
  EXPECT_EQ(cursor("applied || ' ' || duplicate || ' ' || dead"), "2 1 0");
  EXPECT_EQ(intake->totals().total(), 3);
  // Whatever is read again after a restart, the cursor says where to go on.
  stop();
  write(feed_topic, "E|A", movement("A", 4, "1"));
  start("another");
  ASSERT_TRUE(read_to(4));
  EXPECT_EQ(on_hand("A"), "8");
  EXPECT_EQ(intake->totals().total(), 1) << "only what is new";
  stop();
}

/// A transaction that fails leaves neither effect nor offset; the records come again.
TEST_F(IntakeTest, AFailedCommitMovesNothing) {
  start();
  run("create function fail() returns trigger language plpgsql as $$ begin raise exception 'not now' using errcode = '40001'; end $$");
  run("create trigger fail before update on feed_cursor for each row when (new.next > old.next) execute function fail()");
  write(feed_topic, "E|A", snapshot("A", 1, "10"));
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(cursor("next"), "0");
  EXPECT_EQ(ask("select count(*) from position"), "0");
  run("drop trigger fail on feed_cursor");
  ASSERT_TRUE(read_to(1));
  EXPECT_EQ(on_hand("A"), "10");
  stop();
}

TEST_F(IntakeTest, ARecordThatCannotBeUsedIsBuriedAndTheOthersAreApplied) {
  start();
  write(feed_topic, "E|A", snapshot("A", 1, "10"));
  write(feed_topic, "E|A", R"({"kind":"snapshot","location":"E","sku":"A","on_hand":"many"})");
  write(feed_topic, "E|A", "not json");
  write(feed_topic, "E|B", snapshot("B", 2, "5"));
  ASSERT_TRUE(read_to(4));
  EXPECT_EQ(on_hand("B"), "5");
  EXPECT_EQ(cursor("applied || ' ' || dead"), "2 2");
  EXPECT_EQ(ask("select count(*) from outbox where topic = '" + std::string(feed_topic) + ".dlq'"), "2");
  EXPECT_NE(ask("select suspect from position where sku = 'A'"), "") << "the figure may be wrong, and says so";
  EXPECT_EQ(ask("select suspect from position where sku = 'B'"), "");
  stop();
}

/// Bisect: the database refuses one record of many (here a trigger plays a value that it cannot hold). That one alone is buried.
TEST_F(IntakeTest, TheOneRecordThatTheDatabaseRefusesIsFoundByHalving) {
  run("create function refuse() returns trigger language plpgsql as $$ begin if new.on_hand = 13 then raise exception 'unlucky' "
      "using errcode = '22003'; end if; return new; end $$");
  run("create trigger refuse before insert or update on position for each row execute function refuse()");
  int sequence = 0;
  for (int i = 1; i <= 40; ++i) {
    std::string sku = "S" + std::to_string(i);
    run("insert into master values ('item', '" + sku + "', 1, '{\"sku\":\"" + sku + "\",\"base_uom\":\"EA\"}')");
    write(feed_topic, "E|" + sku, snapshot(sku, ++sequence, i == 17 ? "13" : "5"));
  }
  start();
  ASSERT_TRUE(read_to(40));
  EXPECT_EQ(ask("select count(*) from position where on_hand = 5"), "39");
  EXPECT_EQ(ask("select count(*) from position where sku = 'S17'"), "0");
  EXPECT_EQ(cursor("dead"), "1");
  EXPECT_EQ(ask("select count(*) from outbox where topic like '%.dlq' and convert_from(body, 'UTF8') like '%S17%'"), "1");
  write(feed_topic, "E|S18", snapshot("S18", 100, "13"));
  ASSERT_TRUE(read_to(41));
  EXPECT_EQ(ask("select string_agg(sku || trim_scale(on_hand), ',') from position where suspect <> ''"), "S185")
      << "its position, and no other";
  stop();
}

/// While the database is not durable nothing is read; as soon as it is, all of it is.
TEST_F(IntakeTest, NothingIsReadWhileTheDatabaseIsNotDurable) {
  start();
  *shared.barred = true;
  write(feed_topic, "E|A", snapshot("A", 1, "10"));
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(cursor("next"), "0");
  *shared.barred = false;
  ASSERT_TRUE(read_to(1));
  EXPECT_EQ(on_hand("A"), "10");
  stop();
}

/// A topic that was made anew and has grown beyond where the hub stands: its offsets look well, its record there is another one.
TEST_F(IntakeTest, AnotherRecordAtTheLastOffsetIsADataGap) {
  start();
  write(feed_topic, "E|A", snapshot("A", 1, "10"));
  write(feed_topic, "E|A", movement("A", 2, "-3"));
  ASSERT_TRUE(read_to(2));
  stop();
  ASSERT_EQ(cursor("last_offset"), "1");
  auto print = cursor("last_print");
  run("update feed_cursor set last_print = last_print + 1 where partition = 0");
  write(feed_topic, "E|A", movement("A", 3, "-1"));
  start("another");
  ASSERT_TRUE(soon([&] { return intake->gaps() == 1; }));
  ASSERT_TRUE(soon([&] { return cursor("gap").find("was made anew") != std::string::npos; }));
  write(feed_topic, "E|B", snapshot("B", 1, "4"), 1);
  ASSERT_TRUE(read_to(1, 1)) << "the other partition goes on";
  EXPECT_EQ(on_hand("A"), "7") << "nothing behind it is taken as if nothing were missing";
  EXPECT_EQ(cursor("next"), "2");
  stop();
  // The negative control: the record is the one that was read. The gap ends by itself, and all is read.
  run("update feed_cursor set last_print = " + print + " where partition = 0");
  start("third");
  ASSERT_TRUE(read_to(3));
  EXPECT_EQ(on_hand("A"), "6");
  EXPECT_EQ(cursor("gap"), "");
  EXPECT_EQ(intake->gaps(), 0U);
  stop();
}

/// A gap that stands is not forgotten because the log has grown meanwhile; a new start ends it.
TEST_F(IntakeTest, AGapStandsUntilTheLastRecordIsFoundAgainOrANewStart) {
  run("insert into feed_cursor (topic, partition, feed, next, start, gap) values ('wms.inventory.v1', 0, 'wms.inventory', 1, 0, 'said "
      "before')");
  write(feed_topic, "E|A", snapshot("A", 1, "10"));
  write(feed_topic, "E|A", movement("A", 2, "-3"));
  start();
  ASSERT_TRUE(soon([&] { return intake->gaps() == 1; }));
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(cursor("next"), "1");
  stop();
  run("update feed_cursor set next = -1 where partition = 0");
  start("another");
  ASSERT_TRUE(read_to(2));
  EXPECT_EQ(on_hand("A"), "7");
  EXPECT_EQ(cursor("gap"), "");
  stop();
}

/// Who has been fenced applies nothing, however it still holds records.
TEST_F(IntakeTest, AFencedOwnerAppliesNothing) {
  start();
  write(feed_topic, "E|A", snapshot("A", 1, "10"));
  ASSERT_TRUE(read_to(1));
  auto epoch = cursor("epoch");
  // Another owner, which then stays where it is: the cursor is locked out of this instance's reach for as long as it says so.
  run("create function mine() returns trigger language plpgsql as $$ begin if new.owner <> 'another' then return null; end if; return new; "
      "end $$");
  run("update feed_cursor set owner = 'another', epoch = epoch + 1");
  run("create trigger mine before update on feed_cursor for each row execute function mine()");
  write(feed_topic, "E|A", movement("A", 2, "-3"));
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(on_hand("A"), "10") << "nothing of it was applied";
  EXPECT_EQ(cursor("next"), "1");
  EXPECT_NE(cursor("epoch"), epoch);
  run("drop trigger mine on feed_cursor");
  ASSERT_TRUE(read_to(2)) << "it claims the partition anew and goes on";
  EXPECT_EQ(on_hand("A"), "7");
  stop();
}

/// Much is read ahead while both writers decide. Every third move of a cursor fails, and once another owner takes both over: what was read
/// ahead and not decided comes again, in order, and counts once.
TEST_F(IntakeTest, ABacklogThroughFailuresAndATakeOverIsCountedOnce) {
  constexpr int each = 2'500;
  auto producer = kafka::Producer::open({.cluster = settings.kafka}).value();
  auto put = [&](const std::string& sku, const std::string& value, int partition) {
    while (producer->produce(feed_topic, "E|" + sku, value, {}, 1, partition) != kafka::Producer::Queued::yes) producer->poll(5ms);
  };
  run("insert into master select 'item', sku, 1, '{\"sku\":\"' || sku || '\",\"base_uom\":\"EA\"}' from unnest(array['A', 'B']) as a(sku) "
      "on conflict do nothing");
  for (int i = 1; i <= each; ++i) put("A", movement("A", i, "1"), 0), put("B", movement("B", i, "1"), 1);
  producer->flush(Deadline::in(20s), false);
  run("create sequence moves");
  run("create function fail() returns trigger language plpgsql as $$ begin if nextval('moves') % 3 = 0 then raise exception 'not now' "
      "using "
      "errcode = '40001'; end if; return new; end $$");
  run("create trigger fail before update on feed_cursor for each row when (new.next > old.next and old.next >= 0) execute function fail()");
  start();
  ASSERT_TRUE(soon([&] { return ask("select sum(next) > 1000 from feed_cursor") == "t"; }, 30s));
  run("update feed_cursor set epoch = epoch + 1");
  for (int partition : {0, 1}) ASSERT_TRUE(read_to(each, partition)) << cursor("next", partition);
  EXPECT_EQ(on_hand("A") + " " + on_hand("B"), std::to_string(each) + " " + std::to_string(each));
  EXPECT_EQ(ask("select count(*) from movement"), std::to_string(2 * each));
  EXPECT_EQ(ask("select sum(applied) || ' ' || sum(duplicate) || ' ' || sum(dead) from feed_cursor"), std::to_string(2 * each) + " 0 0");
  EXPECT_NE(ask("select last_value >= 3 from moves"), "f") << "some of it did fail";
  stop();
}

TEST_F(IntakeTest, ADataGapStopsThePartitionAndIsRaised) {
  run("insert into feed_cursor (topic, partition, feed, next, start) values ('wms.inventory.v1', 0, 'wms.inventory', 100, 0)");
  start();
  ASSERT_TRUE(soon([&] { return intake->gaps() > 0; }));
  EXPECT_THAT(cursor("gap"), testing::HasSubstr("next to read is 100"));
  write(feed_topic, "E|A", snapshot("A", 1, "10"));
  write(feed_topic, "E|B", snapshot("B", 1, "4"), 1);
  ASSERT_TRUE(read_to(1, 1)) << "the other partition goes on";
  EXPECT_EQ(cursor("next"), "100") << "nothing is skipped in silence";
  stop();
}

TEST_F(IntakeTest, AStopEndsInTimeWithTheBrokerAndTheDatabaseGone) {
  start();
  write(feed_topic, "E|A", snapshot("A", 1, "10"));
  ASSERT_TRUE(read_to(1));
  ASSERT_TRUE(broker_->set_down(1, true));
  auto left = kafka::left_behind();
  std::this_thread::sleep_for(500ms);
  auto begin = Clock::now();
  intake->begin_stop(Deadline::in(2s));
  intake->stop();
  EXPECT_LT(Clock::now() - begin, 8s);
  EXPECT_EQ(kafka::left_behind(), left);
}

}  // namespace
}  // namespace crossdock::hub
