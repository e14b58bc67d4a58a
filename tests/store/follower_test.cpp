// PROTOCOLS.md E: writers hold transactions open, the follower sees each commit exactly once and ends equal to the table.
#include <cstring>
#include <future>
#include <map>
#include <random>
#include <set>

#include "following.hpp"
#include "promise/catalog.hpp"

namespace crossdock::store {
namespace {

TEST_F(Following, eight_writers_with_open_transactions_and_a_naive_reader_beside) {
  Recorder memory;
  Follower follower(db().settings(), memory, {std::chrono::milliseconds(10), std::chrono::minutes(10)});
  auto loaded = follower.load();
  ASSERT_TRUE(loaded) << loaded.failure().message;
  EXPECT_GE(*loaded, 6U);
  follower.start();
  // Negative control: what `xid > last` sees of the same writers.
  std::atomic<bool> stop{false};
  std::set<std::string> naive;
  std::thread naive_reader([&] {
    auto connection = connect();
    std::string last = "0";
    while (!stop) {
      (void)postgres::transact(connection, [&](postgres::Transaction& tx) {
        for (auto row : tx.query("select xid::text, body from change where xid > $1::text::xid8 order by xid", last)) {
          last = row.text(0);
          auto body = row.text(1);
          auto at = body.find("F\tcommit-");
          if (at != std::string::npos) naive.insert(body.substr(at + 2, body.find('\t', at + 2) - at - 2));
        }
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  auto committed = write_all(8, 16, std::chrono::milliseconds(60));
  EXPECT_GT(committed.size(), 90U);
  EXPECT_TRUE(soon([&] {
    follower.wake();
    return memory.seen().size() >= committed.size();
  })) << memory.seen().size()
      << " of " << committed.size();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  stop = true;
  naive_reader.join();
  auto seen = memory.seen();
  for (const auto& [mark, times] : seen) EXPECT_EQ(times, 1) << mark;
  EXPECT_EQ(seen.size(), committed.size());
  for (const auto& mark : committed) EXPECT_TRUE(seen.contains(mark)) << mark;
  expect_equal(memory);
  EXPECT_LT(naive.size(), committed.size()) << "the naive reader should have lost some";
  EXPECT_EQ(follower.reloads(), 1U);
}

TEST_F(Following, transactions_held_open_for_300_ms) {
  Recorder memory;
  Follower follower(db().settings(), memory, {std::chrono::milliseconds(10), std::chrono::minutes(10)});
  ASSERT_TRUE(follower.load());
  follower.start();
  auto committed = write_all(8, 4, std::chrono::milliseconds(150));
  EXPECT_TRUE(soon([&] { return memory.seen().size() >= committed.size(); }));
  for (const auto& [mark, times] : memory.seen()) EXPECT_EQ(times, 1) << mark;
  expect_equal(memory);
}

TEST_F(Following, a_killed_connection_loses_nothing) {
  Recorder memory;
  Follower follower(db().settings(), memory, {std::chrono::milliseconds(10), std::chrono::minutes(10)});
  ASSERT_TRUE(follower.load());
  follower.start();
  std::atomic<bool> stop{false};
  std::thread killer([&] {
    while (!stop) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      db().run(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = "
          "'crossdock/follower'");
    }
  });
  auto committed = write_all(4, 10, std::chrono::milliseconds(30));
  stop = true;
  killer.join();
  EXPECT_TRUE(soon([&] { return memory.seen().size() >= committed.size(); })) << memory.seen().size() << " of " << committed.size();
  for (const auto& [mark, times] : memory.seen()) EXPECT_EQ(times, 1) << mark;
  expect_equal(memory);
}

TEST_F(Following, after_a_long_stall_it_loads_anew) {
  Recorder memory;
  Follower follower(db().settings(), memory, {std::chrono::milliseconds(20), std::chrono::milliseconds(0)});
  ASSERT_TRUE(follower.load());
  follower.start();
  stock({"P0", "E"}, 77);
  PositionKey key{"P0", "E"};
  EXPECT_TRUE(soon([&] { return follower.reloads() > 2 && memory.positions()[key].profile.on_hand == qty(77); }));
}

/// From the same server a reload takes nothing away meanwhile: whoever asks then must not hear that there is no such stock.
TEST_F(Following, a_reload_forgets_nothing_meanwhile) {
  Recorder memory;
  Follower follower(db().settings(), memory, {std::chrono::milliseconds(1), std::chrono::milliseconds(0)});
  ASSERT_TRUE(follower.load());
  const auto there = memory.positions().size();
  ASSERT_GE(there, 6U);
  follower.start();
  int missing = 0;
  soon([&] {
    for (int i = 0; i < 100; ++i) missing += memory.positions().size() < there;
    return follower.reloads() > 20;
  });
  EXPECT_GT(follower.reloads(), 20U);
  EXPECT_EQ(missing, 0);
}

/// Another server, and the load from it fails at first: nothing is followed on before it has succeeded.
TEST_F(Following, a_load_that_failed_is_made_up_for) {
  db().run("create table who as select 'one' as name");
  Recorder memory;
  Follower follower(db().settings(), memory, {std::chrono::milliseconds(10), std::chrono::minutes(10), "select name from who"});
  ASSERT_TRUE(follower.load());
  follower.start();
  db().run("alter table position rename to away");
  db().run("update who set name = 'two'");
  db().run(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = "
      "'crossdock/follower'");
  EXPECT_TRUE(soon([&] { return memory.positions().empty(); })) << "what was of the other server is not told any more";
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  db().run("alter table away rename to position");
  EXPECT_TRUE(soon([&] { return memory.positions().size() >= 6; })) << memory.positions().size();
  expect_equal(memory);
  db().run("drop table who");
}

/// An instance's memory of positions. `hears_marks` false: it looks at versions alone, as it did before marks were counted.
class Kept final : public Memory {
 public:
  explicit Kept(promise::Projection& into, bool hears_marks = true) : into_(into), hears_marks_(hears_marks) {}
  void position(const promise::PositionKey& key, const promise::PositionValue& value) override {
    auto heard = value;
    if (!hears_marks_) heard.marks = 0;
    into_.apply(key, heard);
  }
  void master(const std::string&, const std::string&, std::int64_t, const std::string&) override {}
  void stock_feed(const StockFeedRow&) override {}
  void clear() override { into_.clear(); }
  void current(Instant, Clock::time_point) override {}

 private:
  promise::Projection& into_;
  bool hears_marks_;
};

/// A mark changes no quantity and so makes no version; every instance hears of it all the same, and of its end.
TEST_F(Following, a_mark_reaches_memory_within_its_version) {
  promise::Catalog catalog;
  promise::Projection projection(catalog.places());
  Kept memory(projection);
  Follower follower(db().settings(), memory, {std::chrono::milliseconds(10), std::chrono::minutes(10)});
  ASSERT_TRUE(follower.load());
  follower.start();
  PositionKey key{"P2", "E"};
  stock(key, 100);
  EXPECT_TRUE(soon([&] { return projection.find(key)->profile.on_hand == qty(100); }));
  auto version = projection.find(key)->version;
  for (int i = 0; i < 3; ++i) {
    MarkSuspect mark;
    mark.key = key;
    mark.why = "a record could not be used";
    decide(mark);
    EXPECT_TRUE(soon([&] { return projection.find(key)->suspect; })) << i;
    stock(key, 100);  // the same figure again: it ends the mark and makes no version
    EXPECT_TRUE(soon([&] { return !projection.find(key)->suspect; })) << i;
  }
  EXPECT_EQ(projection.find(key)->version, version);
  promise::Projection fresh(catalog.places());
  Kept again(fresh);
  MarkSuspect mark;
  mark.key = key;
  mark.why = "a record could not be used";
  decide(mark);
  Follower loading(db().settings(), again);
  ASSERT_TRUE(loading.load());
  EXPECT_TRUE(fresh.find(key)->suspect) << "a load tells it too";
}

/// What is told later was heard, the mark before it was not.
TEST_F(Following, negative_control_by_versions_alone_a_mark_is_not_heard) {
  promise::Catalog catalog;
  promise::Projection projection(catalog.places());
  Kept deaf(projection, false);
  Follower follower(db().settings(), deaf, {std::chrono::milliseconds(10), std::chrono::minutes(10)});
  PositionKey key{"P4", "E"};
  stock(key, 100);
  ASSERT_TRUE(follower.load());
  follower.start();
  MarkSuspect mark;
  mark.key = key;
  mark.why = "a record could not be used";
  decide(mark);
  stock({"P5", "E"}, 77);
  EXPECT_TRUE(soon([&] { return projection.find({"P5", "E"})->profile.on_hand == qty(77); }));
  EXPECT_FALSE(projection.find(key)->suspect);
}

/// The most rows that any step of the plan of such a poll has looked at.
long most_rows(Database& db, std::string poll, const std::string& snapshot) {
  for (std::size_t at = 0; (at = poll.find("$1", at)) != std::string::npos;) poll.replace(at, 2, "'" + snapshot + "'");
  const auto plan = db.ask("explain (analyze, format json) " + poll);
  long most = 0;
  for (const char* figure : {"\"Actual Rows\": ", "\"Rows Removed by Filter\": "})
    for (std::size_t at = 0; (at = plan.find(figure, at)) != std::string::npos; ++at)
      most = std::max(most, std::atol(plan.c_str() + at + std::strlen(figure)));
  return most;
}

/// A transaction that stays open pins the snapshot's lower end; what was written beside it is not looked at by each poll again.
TEST_F(Following, beside_a_transaction_left_open_polls_read_no_more) {
  Recorder memory;
  Follower follower(db().settings(), memory, {std::chrono::milliseconds(10), std::chrono::minutes(10)});
  ASSERT_TRUE(follower.load());
  follower.start();
  std::promise<void> opened, enough;
  std::thread holder([&] {
    auto connection = connect();
    (void)postgres::transact(connection, [&](postgres::Transaction& tx) {
      World world(Instant::now(), shared.rules, shared.locations());
      world.stock_feeds["commit-held"] = {"commit-held", "wms", "f", "", world.now, Mark::created};
      tx.run("change", encode_change(world));
      opened.set_value();
      enough.get_future().wait();
    });
  });
  opened.get_future().wait();
  db().run("insert into change (body) select repeat('x', 300) from generate_series(1, 3000)");
  db().run("insert into change (body) select repeat('x', 300) from generate_series(1, 3000)");
  db().run("analyze change");
  const auto now = ask("select pg_current_snapshot()");
  EXPECT_LT(most_rows(db(), changes_since(), now), 100);
  const auto by_its_ends =
      "select pg_current_snapshot()::text, clock_timestamp(), c.body from (select 1) one left join change c on c.xid >= "
      "pg_snapshot_xmin($1::pg_snapshot) "
      "and not pg_visible_in_snapshot(c.xid, $1::pg_snapshot)";
  EXPECT_GE(most_rows(db(), by_its_ends, now), 6000) << "negative control: it would show if they were read";
  const auto polls = follower.polls();
  EXPECT_TRUE(soon([&] { return follower.polls() > polls + 2; }));
  EXPECT_FALSE(memory.seen().contains("commit-held"));
  enough.set_value();
  holder.join();
  EXPECT_TRUE(soon([&] { return memory.seen().contains("commit-held"); })) << "it comes when it ends, however old its number is";
  EXPECT_EQ(memory.seen().at("commit-held"), 1);
}

/// Own commits are handed over at once, without the way round through the table.
TEST_F(Following, own_commits_come_at_once) {
  Recorder memory;
  Follower follower(db().settings(), memory);
  ASSERT_TRUE(follower.load());
  shared.own_commits = &memory;
  PositionKey key{"P1", "E"};
  stock(key, 55);
  EXPECT_EQ(memory.positions()[key].profile.on_hand, qty(55));
  shared.own_commits = nullptr;
}

}  // namespace
}  // namespace crossdock::store
