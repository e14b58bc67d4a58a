// PROTOCOLS.md 0, one lock order for every transaction: what happens to one that locks the other way round.
#include "base.hpp"

namespace crossdock::store {
namespace {

class LockOrder : public WithStore<LockOrder> {
 protected:
  static constexpr int skus = 40;
  /// Two at a time decide on the same positions, by these statements, and meet in the middle: each waits a little at every lock. Answers
  /// how many transactions PostgreSQL ended because of a deadlock.
  int deadlocks(const std::vector<postgres::Statement>& one, const std::vector<postgres::Statement>& other) {
    std::atomic<int> ended{0};
    for (int round = 0; round < 3; ++round) {
      std::atomic<int> ready{0};
      auto take_all = [&](const std::vector<postgres::Statement>& statements) {
        postgres::Connection connection(db().settings(), "test", statements);
        ASSERT_TRUE(connection.connect());
        std::vector<std::tuple<PositionKey, Decimal, std::optional<Date>>> lines;
        for (int i = 0; i < skus; ++i) lines.push_back({{"L" + std::to_string(i), "E"}, qty(1), {}});
        auto reserve = reserve_of(lines);
        std::vector<Request*> batch{reserve.get()};
        ++ready;
        while (ready < 2) std::this_thread::yield();
        auto decided = store::decide(connection, shared, batch);
        if (decided) {
          EXPECT_EQ(reserve->reply.status, 201);
          return;
        }
        EXPECT_EQ(decided.failure().sqlstate, "40P01") << decided.failure().message;
        ++ended;
      };
      std::thread beside(take_all, other);
      take_all(one);
      beside.join();
    }
    return ended;
  }
  /// Waits a little before each lock that it takes.
  static std::vector<postgres::Statement> slow() { return broken("promises", "p.ctid from ", "p.ctid, pg_sleep(0.005) from "); }
};

TEST_F(LockOrder, those_of_one_order_wait_for_each_other_and_no_longer) {
  for (int i = 0; i < skus; ++i) stock({"L" + std::to_string(i), "E"}, 1'000);
  EXPECT_EQ(deadlocks(slow(), slow()), 0);
}

TEST_F(LockOrder, negative_control_one_that_locks_the_other_way_round_deadlocks) {
  for (int i = 0; i < skus; ++i) stock({"L" + std::to_string(i), "E"}, 1'000);
  EXPECT_GT(deadlocks(slow(), broken("promises", "order by p.sku, p.location", "order by p.sku desc, p.location desc", slow())), 0);
}

/// New positions are made sorted, too: an insert waits for another's of the same key.
TEST_F(LockOrder, negative_control_new_positions_made_the_other_way_round_deadlock) {
  db().run(
      "create function slow_position() returns trigger language plpgsql as $$ begin perform pg_sleep(0.005); return new; end $$; create "
      "trigger slow_position before insert on position for each row execute function slow_position()");
  const auto backwards = broken("new_positions", "order by sku collate \"C\", location collate \"C\"",
                                "order by sku collate \"C\" desc, location collate \"C\" desc");
  auto made = [&](const std::string& prefix, const std::vector<postgres::Statement>& other) {
    std::atomic<int> ready{0}, ended{0};
    auto make_all = [&](const std::vector<postgres::Statement>& statements) {
      postgres::Connection connection(db().settings(), "test", statements);
      ASSERT_TRUE(connection.connect());
      std::vector<std::shared_ptr<StockEvent>> events;
      std::vector<Request*> batch;
      for (int i = 0; i < skus; ++i) {
        events.push_back(snapshot_of({prefix + std::to_string(i), "E"}, 1, qty(1), Instant::now()));
        batch.push_back(events.back().get());
      }
      ++ready;
      while (ready < 2) std::this_thread::yield();
      auto decided = store::decide(connection, shared, batch);
      if (!decided && decided.failure().sqlstate == "40P01") ++ended;
    };
    std::thread beside(make_all, other);
    make_all(statements());
    beside.join();
    return ended.load();
  };
  EXPECT_EQ(made("FORWARD-", statements()), 0);
  EXPECT_EQ(made("BACKWARD-", backwards), 1);
  db().run("drop trigger slow_position on position");
}

/// C++ and SQL sort the texts of locked keys alike, or two transactions cross.
TEST_F(LockOrder, keys_are_sorted_alike_in_the_schema_and_here) {
  std::vector<std::string> words{"a", "B", "Z", "z", "_", "-", "10", "9", "a b", "a-b", "aa", "\u00e4", "\u00e9", "e", "\U0001F4E6", "A"};
  std::sort(words.begin(), words.end());
  auto sorted_by = [&](const std::string& how) {
    return ask("select string_agg(sku, '|' order by sku" + how + ") from position where location = 'SORT'");
  };
  std::string want;
  for (const auto& sku : words) {
    db().run("insert into position (sku, location) values ('" + sku + "', 'SORT')");
    want += (want.empty() ? "" : "|") + sku;
  }
  EXPECT_EQ(sorted_by(""), want);
  EXPECT_NE(sorted_by(" collate \"und-x-icu\""), want) << "the negative control: another collation";
  auto others = [&](const std::string& tables) {
    return ask(
        "select coalesce(string_agg(distinct c.relname || '.' || a.attname, ' '), '') from pg_index i join pg_class c on c.oid = "
        "i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey) where i.indisunique and a.atttypid = "
        "'text'::regtype and a.attcollation <> (select oid from pg_collation where collname = 'C' limit 1) and c.relname = any('{" +
        tables + "}')");
  };
  EXPECT_EQ(others("master,position,sales_order,shipment,pending_exposure,idempotency_key,stock_feed,feed_cursor,lease"), "");
  EXPECT_EQ(others("early_effect"), "early_effect.kind") << "the negative control: one of no lock, whose words sort alike everywhere";
}

}  // namespace
}  // namespace crossdock::store
