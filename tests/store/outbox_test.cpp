// Lanes out of the store: in order, at least once, nothing lost; shards change hands with their leases.
#include <map>
#include <set>

#include "base.hpp"
#include "store/outbox.hpp"

namespace crossdock::store {
namespace {

using namespace std::chrono_literals;

class Out : public WithStore<Out> {
 protected:
  static std::string header(const OutboxRow& row, std::string_view name) {
    for (const auto& [key, value] : row.headers)
      if (key == name) return value;
    return {};
  }
  /// Movements of `lanes` positions by several threads, each in its own transaction, some slow to commit.
  void move_stock(int threads, int each, int lanes) {
    std::atomic<int> next{1'000};
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t)
      all.emplace_back([&, t] {
        auto connection = connect();
        for (int i = 0; i < each; ++i) {
          auto move = movement_of({"L" + std::to_string((t + i) % lanes), "E"}, ++next, qty(1), Instant::now());
          FeedWork slow;
          slow.finish = [&](World&, postgres::Transaction& tx) {
            if (i % 4 == 0) tx.execute("select pg_sleep(0.004)");
          };
          std::vector<Request*> batch{move.get()};
          auto decided = store::decide(connection, shared, batch, &slow);
          ASSERT_TRUE(decided) << decided.failure().message;
        }
      });
    for (auto& thread : all) thread.join();
  }
};

TEST_F(Out, lanes_keep_their_order_and_nothing_is_lost) {
  Outbox outbox(db().settings(), "one", 10s);
  std::atomic<bool> stop{false};
  std::map<std::string, std::vector<std::int64_t>> lanes;
  std::set<std::string> ids;
  std::thread publisher([&] {
    auto leases = outbox.renew();
    ASSERT_TRUE(leases) << leases.failure().message;
    ASSERT_EQ(leases->size(), 16U);
    for (;;) {
      bool last = stop;
      auto rows = outbox.read(*leases, 7);
      ASSERT_TRUE(rows) << rows.failure().message;
      std::vector<std::int64_t> done;
      for (const auto& row : *rows) {
        lanes[*row.key].push_back(std::stoll(header(row, "ce_sequence")));
        EXPECT_TRUE(ids.insert(header(row, "ce_id")).second) << "twice without a crash";
        EXPECT_EQ(row.shard, shard_of(*row.key));
        done.push_back(row.id);
      }
      ASSERT_TRUE(outbox.remove(done));
      if (last && rows->empty()) return;
    }
  });
  move_stock(6, 60, 5);
  stop = true;
  publisher.join();
  std::size_t published = 0;
  for (const auto& [lane, versions] : lanes) {
    for (std::size_t i = 0; i < versions.size(); ++i) ASSERT_EQ(versions[i], static_cast<std::int64_t>(i) + 1) << lane;
    published += versions.size();
  }
  EXPECT_EQ(published, 360U);
  EXPECT_EQ(*outbox.depth(), 0);
  outbox.give_back();
}

/// The row with the lower id commits after the one with the higher. Negative control: a reader that goes on from the last id it saw.
TEST_F(Out, what_commits_late_is_not_passed_over) {
  Outbox outbox(db().settings(), "one", 10s);
  auto leases = outbox.renew();
  ASSERT_TRUE(leases) << leases.failure().message;
  std::vector<std::string> published, naive;
  std::int64_t last = 0;
  auto look = [&] {
    auto other = connect();
    ASSERT_TRUE(postgres::transact(other, [&](postgres::Transaction& tx) {
      for (auto row : tx.query("select id, convert_from(body, 'UTF8') from outbox where id > $1::int8 order by id", last)) {
        last = row.integer(0);
        naive.push_back(row.text(1));
      }
    }));
    auto rows = outbox.read(*leases, 10);
    ASSERT_TRUE(rows) << rows.failure().message;
    std::vector<std::int64_t> done;
    for (const auto& row : *rows) {
      published.push_back(row.body.value_or(""));
      done.push_back(row.id);
    }
    ASSERT_TRUE(outbox.remove(done));
  };
  auto put = [](postgres::Transaction& tx, const std::string& body) {
    std::vector<ledger::Outgoing> rows(1);
    rows[0].topic = "out", rows[0].lane = body, rows[0].key = body, rows[0].body = body;
    put_outgoing(tx, rows);
    tx.settle();
  };
  auto late = connect();
  auto quick = connect();
  ASSERT_TRUE(postgres::transact(late, [&](postgres::Transaction& tx) {
    put(tx, "late");
    ASSERT_TRUE(postgres::transact(quick, [&](postgres::Transaction& other) { put(other, "quick"); }));
    look();
  }));
  look();
  EXPECT_EQ(published, (std::vector<std::string>{"quick", "late"}));
  EXPECT_EQ(naive, (std::vector<std::string>{"quick"})) << "the control lost nothing";
  outbox.give_back();
}

TEST_F(Out, two_owners_share_and_the_dead_one_s_shards_go_over) {
  Outbox one(db().settings(), "one", 900ms), two(db().settings(), "two", 900ms);
  ASSERT_EQ(one.renew()->size(), 16U);
  auto second = two.renew();  // nothing is free yet
  ASSERT_EQ(second->size(), 0U);
  ASSERT_EQ(one.renew()->size(), 8U) << "gives back what is beyond its share";
  second = two.renew();
  ASSERT_EQ(second->size(), 8U);
  auto first = one.renew();
  std::set<int> shards;
  for (const auto* leases : {&*first, &*second})
    for (const auto& lease : *leases) EXPECT_TRUE(shards.insert(lease.shard).second);
  EXPECT_EQ(shards.size(), 16U);
  move_stock(1, 40, 40);
  auto left = two.read(*second, 100);
  ASSERT_TRUE(left);
  EXPECT_GT(left->size(), 0U);
  for (const auto& row : *left) {
    bool mine = false;
    for (const auto& lease : *second) mine = mine || lease.shard == row.shard;
    EXPECT_TRUE(mine);
  }
  // Two is silent from now on: not before its lease has run out does one get its shards.
  EXPECT_EQ(one.renew()->size(), 8U);
  for (int i = 0; i < 8; ++i) {
    std::this_thread::sleep_for(150ms);
    first = one.renew();
  }
  EXPECT_EQ(first->size(), 16U);
  EXPECT_EQ(two.read(*second, 100)->size(), 0U) << "its fences are old";
  EXPECT_EQ(one.read(*first, 1'000)->size(), static_cast<std::size_t>(*one.depth()));
  one.give_back();
  EXPECT_EQ(one.read(*first, 100)->size(), 0U);
  EXPECT_EQ(two.renew()->size(), 16U) << "given back, at once free";
  two.give_back();
}

TEST_F(Out, what_kafka_never_takes_is_put_aside) {
  Outbox outbox(db().settings(), "one", 10s);
  auto leases = outbox.renew();
  move_stock(1, 1, 1);
  auto rows = outbox.read(*leases, 1'000);
  ASSERT_FALSE(rows->empty());
  auto depth = *outbox.depth();
  ASSERT_TRUE(outbox.park(rows->front(), "too large"));
  EXPECT_EQ(*outbox.depth(), depth - 1);
  EXPECT_EQ(ask("select reason || '/' || detail || '/' || origin from exception where kind = 'outgoing'"),
            "unpublishable/too large/crossdock.inventory.adjusted.v1");
  outbox.give_back();
}

TEST(Shard, is_the_same_everywhere_and_spreads) {
  std::map<int, int> count;
  for (int i = 0; i < 1'600; ++i) ++count[shard_of("E|SKU-" + std::to_string(i))];
  EXPECT_EQ(count.size(), 16U);
  for (const auto& [shard, n] : count) EXPECT_GT(n, 50) << shard;
  EXPECT_EQ(shard_of("E|SKU-1"), shard_of("E|SKU-1"));
}

TEST_F(Out, what_was_offered_is_read_as_the_store_would_give_it) {
  Outbox with(db().settings(), "one", 10s), without(db().settings(), "one", 10s);
  shared.outgoing = [&](std::vector<ledger::Outgoing> rows) { with.offer(std::move(rows)); };
  move_stock(2, 10, 3);
  auto leases = with.renew();
  ASSERT_TRUE(leases);
  auto offered = with.read(*leases, 100), fetched = without.read(*leases, 100);
  ASSERT_TRUE(offered && fetched);
  ASSERT_EQ(offered->size(), fetched->size());
  ASSERT_GE(offered->size(), 20U);
  for (std::size_t i = 0; i < offered->size(); ++i) {
    const auto &a = (*offered)[i], &b = (*fetched)[i];
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.shard, b.shard);
    EXPECT_EQ(a.topic, b.topic);
    EXPECT_EQ(a.key, b.key);
    EXPECT_EQ(a.headers, b.headers);
    EXPECT_EQ(a.body, b.body);
  }
  // The negative control: what the store does not list is not read, however it was offered.
  ledger::Outgoing made_up;
  made_up.id = offered->back().id + 1;
  made_up.topic = "made.up";
  with.offer({made_up});
  auto again = with.read(*leases, 100);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->size(), fetched->size());
  made_up.id = offered->back().id;
  with.offer({made_up});
  again = with.read(*leases, 100);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->back().topic, "made.up") << "an offered row of a listed id is what is read: else this test compares nothing";
  db().run("truncate outbox");
  with.give_back();
}

}  // namespace
}  // namespace crossdock::store
