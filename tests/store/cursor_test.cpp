// PROTOCOLS.md B: offsets and effects commit together; only the owner's epoch moves a cursor. And what the sweep finds.
#include "store/cursor.hpp"
#include "base.hpp"
#include "store/sweep.hpp"

namespace crossdock::store {
namespace {

class Cursors : public WithStore<Cursors> {
 protected:
  template <class F>
  auto in(F f) {
    auto connection = connect();
    auto answer = postgres::transact(connection, f);
    EXPECT_TRUE(answer) << answer.failure().message;
    return std::move(*answer);
  }
};

TEST_F(Cursors, a_new_owner_fences_the_old_one) {
  auto old = in([](postgres::Transaction& tx) { return claim(tx, "wms.inventory", "t", 0, "one"); });
  EXPECT_EQ(old.next, -1);
  in([&](postgres::Transaction& tx) { begin_at(tx, old, 100); });
  old.next = 100;
  EXPECT_TRUE(in([&](postgres::Transaction& tx) { return advance(tx, old, 110); }));
  EXPECT_FALSE(in([&](postgres::Transaction& tx) { return advance(tx, old, 120); })) << "from where it stood before";
  old.next = 110;
  auto owner = in([](postgres::Transaction& tx) { return claim(tx, "wms.inventory", "t", 0, "two"); });
  EXPECT_EQ(owner.next, 110);
  EXPECT_EQ(owner.epoch, old.epoch + 1);
  EXPECT_FALSE(in([&](postgres::Transaction& tx) { return advance(tx, old, 120); }));
  EXPECT_TRUE(in([&](postgres::Transaction& tx) { return advance(tx, owner, 115); }));
}

TEST_F(Cursors, a_fenced_batch_leaves_no_effect) {
  auto old = in([](postgres::Transaction& tx) { return claim(tx, "wms.inventory", "f", 0, "one"); });
  in([&](postgres::Transaction& tx) { begin_at(tx, old, 0); });
  old.next = 0;
  auto owner = in([](postgres::Transaction& tx) { return claim(tx, "wms.inventory", "f", 0, "two"); });
  for (const auto* cursor : {&old, &owner}) {
    auto event = snapshot_of({"FENCE", "E"}, 1, qty(5), Instant::now());
    FeedWork work;
    work.fence = [&](postgres::Transaction& tx) { return advance(tx, *cursor, 1); };
    work.finish = [&](World&, postgres::Transaction& tx) { count(tx, *cursor, {1, 0, 0, 0, 0}); };
    auto connection = connect();
    std::vector<Request*> batch{event.get()};
    auto decided = store::decide(connection, shared, batch, &work);
    ASSERT_TRUE(decided);
    bool mine = cursor == &owner;
    EXPECT_EQ(*decided, mine ? Decided::committed : Decided::fenced);
    EXPECT_EQ(ask("select count(*) from position where sku = 'FENCE'"), mine ? "1" : "0");
    EXPECT_EQ(ask("select next || ' ' || applied from feed_cursor where topic = 'f'"), mine ? "1 1" : "0 0");
  }
}

/// One batch of two partitions, one of which has a new owner: the other's cursor must not move without its effects either.
TEST_F(Cursors, a_batch_that_is_fenced_in_one_partition_moves_no_other) {
  auto kept = in([](postgres::Transaction& tx) { return claim(tx, "wms.inventory", "two", 0, "one"); });
  auto lost = in([](postgres::Transaction& tx) { return claim(tx, "wms.inventory", "two", 1, "one"); });
  for (auto* cursor : {&kept, &lost}) {
    in([&](postgres::Transaction& tx) { begin_at(tx, *cursor, 0); });
    cursor->next = 0;
  }
  in([](postgres::Transaction& tx) { return claim(tx, "wms.inventory", "two", 1, "two"); });
  auto event = snapshot_of({"HALF", "E"}, 1, qty(5), Instant::now());
  FeedWork work;
  work.fence = [&](postgres::Transaction& tx) { return advance(tx, kept, 1) && advance(tx, lost, 1); };
  auto connection = connect();
  std::vector<Request*> batch{event.get()};
  auto decided = store::decide(connection, shared, batch, &work);
  ASSERT_TRUE(decided);
  EXPECT_EQ(*decided, Decided::fenced);
  EXPECT_EQ(ask("select count(*) from position where sku = 'HALF'"), "0");
  EXPECT_EQ(ask("select string_agg(next::text, ' ' order by partition) from feed_cursor where topic = 'two'"), "0 0");
}

/// Two owners contest one partition: every offset is read once, whoever reads it.
TEST_F(Cursors, two_zombies_never_both_move_it) {
  auto first = in([](postgres::Transaction& tx) { return claim(tx, "x", "z", 0, "start"); });
  in([&](postgres::Transaction& tx) { begin_at(tx, first, 0); });
  std::atomic<int> moved{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      auto connection = connect();
      Cursor cursor;
      for (int i = 0; i < 60; ++i) {
        if (i % 8 == 0) {
          auto mine = postgres::transact(connection, [&](postgres::Transaction& tx) { return claim(tx, "x", "z", 0, std::to_string(t)); });
          ASSERT_TRUE(mine);
          cursor = *mine;
        }
        auto ok = postgres::transact(connection, [&](postgres::Transaction& tx) { return advance(tx, cursor, cursor.next + 1); });
        ASSERT_TRUE(ok);
        if (!*ok) continue;
        ++cursor.next;
        ++moved;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_GT(moved, 4);
  EXPECT_EQ(ask("select next from feed_cursor where topic = 'z'"), std::to_string(moved));
}

TEST_F(Cursors, a_data_gap_is_raised_once_and_stays_until_a_new_start) {
  auto cursor = in([](postgres::Transaction& tx) { return claim(tx, "wms.inventory", "g", 3, "one"); });
  for (int i = 0; i < 2; ++i) in([&](postgres::Transaction& tx) { raise_gap(tx, cursor, "the log begins at 50, next is 20"); });
  EXPECT_EQ(ask("select count(*) || ' ' || min(origin) from exception where reason = 'data_gap'"), "1 g/3");
  EXPECT_NE(ask("select gap from feed_cursor where topic = 'g'"), "");
  in([&](postgres::Transaction& tx) { begin_at(tx, cursor, 50); });
  EXPECT_EQ(ask("select gap || start from feed_cursor where topic = 'g'"), "50");
}

TEST_F(Cursors, a_topic_is_as_fresh_as_its_oldest_partition) {
  auto zero = in([](postgres::Transaction& tx) { return claim(tx, "w", "h", 0, "one"); });
  auto one = in([](postgres::Transaction& tx) { return claim(tx, "w", "h", 1, "one"); });
  auto find = [&] {
    for (const auto& each : in([](postgres::Transaction& tx) { return freshness(tx); }))
      if (each.topic == "h") return each;
    return TopicFreshness{};
  };
  in([&](postgres::Transaction& tx) { caught_up(tx, {zero}); });
  EXPECT_FALSE(find().caught_up_at) << "the other has not been read";
  in([&](postgres::Transaction& tx) { caught_up(tx, {one}); });
  ASSERT_TRUE(find().caught_up_at);
  db().run("update feed_cursor set caught_up_at = now() - interval '1 hour' where topic = 'h' and partition = 0");
  EXPECT_LT(*find().caught_up_at - Instant::now(), -3'590'000'000);
  one.epoch -= 1;
  in([&](postgres::Transaction& tx) { caught_up(tx, {one}); });  // a former owner says nothing
}

TEST_F(Cursors, the_sweep_finds_what_time_brings) {
  PositionKey key{"SWEEP", "E"};
  stock(key, 50);
  auto hold = reserve_of({{key, qty(1), {}}});
  auto far = capture_of("SWEEP-FAR", {{"SWEEP", qty(1), "E", Zone().date_of(Instant::now()) + 30}});
  decide({hold.get(), far.get()});
  auto list = [&](auto f) { return in([&](postgres::Transaction& tx) { return f(tx); }); };
  EXPECT_TRUE(list([](auto& tx) { return due_reservations(tx, clock_of(tx), 10); }).empty());
  EXPECT_TRUE(list([](auto& tx) { return due_releases(tx, 2, 10); }).empty());
  db().run("update reservation set expires_at = now() - interval '1 second' where id = '" + hold->id + "'");
  db().run("update sales_order set release_due = current_date where id = '" + far->id + "'");
  EXPECT_EQ(list([](auto& tx) { return due_reservations(tx, clock_of(tx), 10); }), std::vector<std::string>{hold->id});
  EXPECT_EQ(list([](auto& tx) { return due_releases(tx, 2, 10); }), std::vector<std::string>{far->id});
  db().run("update position set gap_since = now() - interval '1 minute' where sku = 'SWEEP'");
  EXPECT_EQ(list([](auto& tx) { return due_gaps(tx, clock_of(tx), std::chrono::seconds(30), 10); }), std::vector<PositionKey>{key});
  EXPECT_TRUE(list([](auto& tx) { return due_gaps(tx, clock_of(tx), std::chrono::minutes(2), 10); }).empty());
}

TEST_F(Cursors, waiting_rows_wake_with_their_parent_or_run_out) {
  auto event = snapshot_of({"LATE", "E"}, 1, qty(5), Instant::now());
  event->parents_known = false;
  event->from.body = "{}";
  event->from.headers = {{"a", "b"}};
  decide(*event);
  db().run("insert into master values ('location', 'E', 1, '{\"code\":\"E\"}') on conflict do nothing");
  auto woken = [&] { return in([](postgres::Transaction& tx) { return woken_rows(tx, 10); }); };
  auto overdue = [&] { return in([](postgres::Transaction& tx) { return overdue_rows(tx, clock_of(tx), 10); }); };
  EXPECT_TRUE(woken().empty());
  EXPECT_TRUE(overdue().empty());
  db().run("insert into master values ('item', 'LATE', 1, '{\"sku\":\"LATE\"}')");
  auto rows = woken();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].body, "{}");
  EXPECT_EQ(rows[0].headers, event->from.headers);
  event->from.waiting_id = rows[0].id;
  decide(*event);
  EXPECT_EQ(event->outcome, ledger::Outcome::applied);
  EXPECT_EQ(ask("select count(*) from waiting"), "0");
  db().run(
      "insert into waiting (want_kind, want_key, until, kind, feed, headers, body) values ('item', 'NEVER', now() - interval '1 second', "
      "'inventory', 'f', '', '')");
  EXPECT_EQ(overdue().size(), 1U);
}

/// Rows on both sides of each limit; what is left of them after pruning by these statements, a bounded number a call.
class Pruning : public WithStore<Pruning> {
 protected:
  std::string left(const std::vector<postgres::Statement>& by) {
    for (const char* table : {"change", "idempotency_key"}) db().run(std::string("truncate ") + table);
    db().run("insert into change (at, body) select now() - age, age::text from unnest('{23 hours, 25 hours}'::interval[]) as a(age)");
    db().run(
        "insert into idempotency_key select 'c', 'call', age::text, '', 201, '', '', now() - age from unnest('{29 days, 31 "
        "days}'::interval[]) as a(age)");
    postgres::Connection connection(db().settings(), "prune", by);
    auto more = postgres::transact(connection, [](postgres::Transaction& tx) { return prune(tx, clock_of(tx), {}); });
    EXPECT_TRUE(more && !*more) << "no more are left";
    return ask("select coalesce(string_agg(body, ' '), 'none') from change") + ", " +
           ask("select coalesce(string_agg(key, ' '), 'none') from idempotency_key");
  }
};

/// Changes and keys that are younger than the retention. (Movements are folded: fold_test.cpp.)
TEST_F(Pruning, keeps_what_is_needed) { EXPECT_EQ(left(statements()), "23:00:00, 29 days"); }

TEST_F(Pruning, negative_control_each_limit_forgotten_is_seen) {
  EXPECT_EQ(left(broken("prune_changes", "- $2::interval", "- 0 * $2::interval")), "none, 29 days") << "an instance that is behind";
  EXPECT_EQ(left(broken("prune_keys", "- $2::interval", "- 0 * $2::interval")), "23:00:00, none") << "a late repeat acts again";
}

}  // namespace
}  // namespace crossdock::store
