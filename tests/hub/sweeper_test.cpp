// What time brings about: holds end, what waited is decided when its parent comes or buried when it does not, gaps are raised, old rows go.
#include "hub/sweeper.hpp"

#include "base.hpp"

namespace crossdock::hub {
namespace {

class SweeperTest : public WithServices {
 protected:
  void SetUp() override {
    WithServices::SetUp();
    if (IsSkipped()) return;
    shared.locations = [] { return std::make_shared<promise::Locations>(); };
    shared.own_commits = &memory;
    shared.failed = [](const std::string&, const postgres::Failure&) {};
    FeedSettings feed;
    feed.system = "wms";
    feed.name = "inventory";
    feed.topic = "wms.inventory.v1";
    settings.feeds = {feed};
    ASSERT_TRUE(store::Follower(settings.database, memory).load());
  }
  void start() {
    sweeper = std::make_unique<Sweeper>(settings, shared, memory);
    sweeper->start();
  }
  void decide(const std::shared_ptr<ledger::Request>& request) {
    postgres::Connection connection(settings.database, "test", store::all_statements());
    std::vector<ledger::Request*> batch{request.get()};
    auto decided = store::decide(connection, shared, batch);
    ASSERT_TRUE(decided) << decided.failure().message;
  }
  bool becomes(const std::string& sql, const std::string& wanted) {
    return soon([&] { return ask(sql) == wanted; });
  }
  /// A record that waits for an item, as the intake stores it.
  void wait_for_item(const std::string& sku, const std::string& until) {
    std::string body = R"({"kind":"snapshot","id":"w1","source":"wms","location":"E","sku":")" + sku + R"(","sequence":1,"as_of":")" +
                       Instant::now().text() + R"(","on_hand":"7"})";
    run("insert into waiting (want_kind, want_key, until, kind, feed, topic, partition, record_offset, record_key, headers, body) values "
        "('item', '" +
        sku + "', " + until + ", 'inventory', 'wms.inventory', 'wms.inventory.v1', 0, 5, 'k', '', convert_to('" + body + "', 'UTF8'))");
    run("insert into feed_cursor (topic, partition, feed, next, start, waiting) values ('wms.inventory.v1', 0, 'wms.inventory', 6, 0, 1)");
  }

  HubMemory memory;
  store::Shared shared;
  std::unique_ptr<Sweeper> sweeper;
};

TEST_F(SweeperTest, AHoldThatIsOverGivesItsQuantityBack) {
  decide(ledger::snapshot_of({"A", "E"}, 1, ledger::qty(10), Instant::now()));
  auto reserve = ledger::reserve_of({{{"A", "E"}, ledger::qty(4), {}}}, ReservationPolicy::all_or_nothing, 1s);
  decide(reserve);
  ASSERT_EQ(ask("select state from reservation where id = '" + reserve->id + "'"), "created");
  start();
  EXPECT_TRUE(becomes("select state from reservation where id = '" + reserve->id + "'", "expired"));
  EXPECT_EQ(ask("select demand from position where sku = 'A'"), "");
}

/// Sweeps lie apart (here by ten minutes), but not after a full turn: or a thousand a second would be the most that ever end.
TEST_F(SweeperTest, ManyHoldsThatEndTogetherAreEndedOneTurnAfterTheOther) {
  decide(ledger::snapshot_of({"A", "E"}, 1, ledger::qty(9'999), Instant::now()));
  constexpr int turns = 8, a_turn = 256;
  postgres::Connection connection(settings.database, "test", store::all_statements());
  for (int turn = 0; turn < turns; ++turn) {
    std::vector<std::shared_ptr<ledger::Reserve>> holds;
    std::vector<ledger::Request*> batch;
    for (int i = 0; i < a_turn; ++i) {
      holds.push_back(ledger::reserve_of({{{"A", "E"}, ledger::qty(1), {}}}));
      batch.push_back(holds.back().get());
    }
    auto decided = store::decide(connection, shared, batch);
    ASSERT_TRUE(decided) << decided.failure().message;
  }
  run("update reservation set expires_at = clock_timestamp() - interval '1 second'");
  settings.sweep = 10min;
  start();
  EXPECT_TRUE(becomes("select count(*) from reservation where state = 'expired'", std::to_string(turns * a_turn)));
  EXPECT_EQ(ask("select demand from position where sku = 'A'"), "");
  EXPECT_EQ(ask("select count(distinct at) from journal where step = 'reservation.expired'"), std::to_string(turns)) << "bounded each";
}

TEST_F(SweeperTest, WhatWaitedIsDecidedWhenItsParentComes) {
  wait_for_item("LATE", "clock_timestamp() + interval '1 hour'");
  start();
  std::this_thread::sleep_for(600ms);
  EXPECT_EQ(ask("select count(*) from waiting"), "1") << "not before";
  run("insert into master values ('item', 'LATE', 1, '{\"sku\":\"LATE\",\"base_uom\":\"EA\"}')");
  memory.master("item", "LATE", 1, R"({"sku":"LATE","base_uom":"EA"})");
  sweeper->wake();
  EXPECT_TRUE(becomes("select count(*) from waiting", "0"));
  EXPECT_EQ(ask("select trim_scale(on_hand) from position where sku = 'LATE'"), "7");
  EXPECT_EQ(ask("select waiting || ' ' || applied || ' ' || dead from feed_cursor"), "0 1 0");
}

TEST_F(SweeperTest, WhoseParentDoesNotComeIsBuriedWithItsOwnBytes) {
  wait_for_item("NEVER", "clock_timestamp() + interval '1 second'");
  start();
  EXPECT_TRUE(becomes("select count(*) from waiting", "0"));
  EXPECT_EQ(ask("select topic || ' ' || convert_from(key, 'UTF8') from outbox where convert_from(body, 'UTF8') like '%NEVER%'"),
            "wms.inventory.v1.dlq k");
  EXPECT_EQ(ask("select waiting || ' ' || applied || ' ' || dead from feed_cursor"), "0 0 1");
  EXPECT_EQ(ask("select count(*) from position"), "0");
}

/// Two instances sweep the same rows: each is decided once.
TEST_F(SweeperTest, TwoSweepersDecideARowOnce) {
  wait_for_item("LATE", "clock_timestamp() + interval '1 hour'");
  run("insert into master values ('item', 'LATE', 1, '{\"sku\":\"LATE\",\"base_uom\":\"EA\"}')");
  memory.master("item", "LATE", 1, R"({"sku":"LATE","base_uom":"EA"})");
  Sweeper other(settings, shared, memory);
  start();
  other.start();
  EXPECT_TRUE(becomes("select count(*) from waiting", "0"));
  std::this_thread::sleep_for(600ms);
  EXPECT_EQ(ask("select trim_scale(on_hand) from position where sku = 'LATE'"), "7");
  EXPECT_EQ(ask("select waiting || ' ' || applied + duplicate || ' ' || dead from feed_cursor"), "0 1 0");
}

TEST_F(SweeperTest, MovementsBeyondTheLatenessHorizonAreFolded) {
  for (int i = 1; i <= 3; ++i) decide(ledger::movement_of({"A", "E"}, i, ledger::qty(i), Instant::now()));
  run("update movement set seen_at = now() - interval '40 days' where sequence < 3");
  start();
  EXPECT_TRUE(becomes("select count(*) from movement", "1"));
  EXPECT_EQ(ask("select trim_scale(on_hand) || ' ' || trim_scale(snap_on_hand) || ' ' || folded_sequence || ' ' || version from position"),
            "6 3 2 3");
}

/// One that the database cannot hold (here a trigger plays it) is found by halves and buried; those beside it do not wait for it.
TEST_F(SweeperTest, OneThatTheDatabaseRefusesHoldsUpNoOther) {
  run("create function refuse() returns trigger language plpgsql as $$ begin if new.sku = 'BAD' and new.on_hand <> 0 then raise exception "
      "'unlucky' using errcode = '22003'; end if; return new; end $$");
  run("create trigger refuse before insert or update on position for each row execute function refuse()");
  for (const char* sku : {"GOOD1", "BAD", "GOOD2"}) {
    run("delete from feed_cursor");
    wait_for_item(sku, "clock_timestamp() + interval '1 hour'");
    run(std::string("insert into master values ('item', '") + sku + "', 1, '{\"sku\":\"" + sku + "\",\"base_uom\":\"EA\"}')");
  }
  run("update feed_cursor set waiting = 3");
  start();
  EXPECT_TRUE(becomes("select count(*) from waiting", "0"));
  EXPECT_EQ(ask("select waiting || ' ' || applied || ' ' || dead from feed_cursor"), "0 2 1");
  EXPECT_EQ(ask("select count(*) from outbox where topic like '%.dlq' and convert_from(body, 'UTF8') like '%BAD%'"), "1");
}

/// PROTOCOLS.md 0, one lock order: an intake holds its cursor when it waits for a position, so the sweep may not hold a position while it
/// waits for a cursor.
TEST_F(SweeperTest, CursorsAreLockedBeforePositions) {
  run("insert into position (sku, location) values ('LATE', 'E')");
  wait_for_item("LATE", "clock_timestamp() + interval '1 hour'");
  run("insert into master values ('item', 'LATE', 1, '{\"sku\":\"LATE\",\"base_uom\":\"EA\"}')");
  postgres::Connection intake(settings.database, "test", {});
  auto held = postgres::transact(intake, [&](postgres::Transaction& tx) {
    tx.execute("select 1 from feed_cursor for no key update");
    start();
    EXPECT_TRUE(
        becomes("select count(*) from pg_stat_activity where application_name = 'crossdock/sweeper' and wait_event_type = 'Lock' and "
                "datname = current_database()",
                "1"));
    tx.execute("set local lock_timeout = '100 ms'");
    tx.execute("select 1 from position where sku = 'LATE' for no key update nowait");
  });
  EXPECT_TRUE(held) << held.failure().message;
  EXPECT_TRUE(becomes("select count(*) from waiting", "0"));
  EXPECT_EQ(ask("select trim_scale(on_hand) from position where sku = 'LATE'"), "7");
}

/// PROTOCOLS.md 0: looked at every minute, and nothing is decided while what is answered could be lost.
TEST_F(SweeperTest, ADatabaseThatIsNotDurableBarsEveryDecisionUntilItIsMended) {
  decide(ledger::snapshot_of({"A", "E"}, 1, ledger::qty(10), Instant::now()));
  decide(ledger::reserve_of({{{"A", "E"}, ledger::qty(4), {}}}, ReservationPolicy::all_or_nothing, 1s));
  run("do $$ begin execute 'alter database ' || quote_ident(current_database()) || ' set synchronous_commit = off'; end $$");
  run("update reservation set expires_at = clock_timestamp() - interval '1 second'");
  start();
  EXPECT_TRUE(soon([&] { return shared.barred->load(); }));
  EXPECT_THAT(sweeper->unsafe(), testing::HasSubstr("synchronous_commit=off"));
  run("do $$ begin execute 'alter database ' || quote_ident(current_database()) || ' reset synchronous_commit'; end $$");
  run("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = "
      "'crossdock/sweeper'");
  EXPECT_TRUE(soon([&] { return !shared.barred->load(); }));
  EXPECT_EQ(sweeper->unsafe(), "");
  EXPECT_TRUE(becomes("select state from reservation", "expired"));
}

TEST_F(SweeperTest, OldChangesGoAndTheDatabaseIsLookedAt) {
  run("insert into change (at, body) select now() - interval '30 days', '' from generate_series(1, 10)");
  start();
  EXPECT_TRUE(becomes("select count(*) from change where at < now() - interval '29 days'", "0"));
  EXPECT_EQ(sweeper->unsafe(), "");
}

/// What has piled up goes in a few sweeps, not 5,000 rows a minute: an installation writes more than that.
TEST_F(SweeperTest, WhatIsOldGoesAsFastAsItCame) {
  run("insert into change (at, body) select now() - interval '30 days', '' from generate_series(1, 30000)");
  run("insert into change (at, body) select now(), 'young' from generate_series(1, 10)");
  start();
  EXPECT_TRUE(becomes("select count(*) from change", "10"));
}

TEST_F(SweeperTest, AStopDoesNotWaitForTheNextSweep) {
  start();
  std::this_thread::sleep_for(300ms);
  auto begin = Clock::now();
  sweeper->begin_stop();
  sweeper->stop();
  EXPECT_LT(Clock::now() - begin, 2s);
}

}  // namespace
}  // namespace crossdock::hub
