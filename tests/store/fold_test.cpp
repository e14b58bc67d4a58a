// The lateness horizon on PostgreSQL: what is old goes into the base, nothing else changes, and `verify` agrees.
#include <algorithm>

#include "base.hpp"
#include "ledger/fold.hpp"
#include "store/sweep.hpp"
#include "store/verify.hpp"

namespace crossdock::store {
namespace {

using namespace std::chrono_literals;

class Folds : public WithStore<Folds> {
 protected:
  void SetUp() override {
    WithStore::SetUp();
    if (IsSkipped()) return;
    db().run("delete from movement");
    db().run("delete from position");
  }

  ledger::Outcome move(const PositionKey& key, std::int64_t sequence, std::int64_t delta, Numbering numbering = Numbering::growing) {
    auto event = movement_of(key, sequence, qty(delta), Instant::now());
    event->numbering = numbering;
    event->event.id = key.sku + "-" + std::to_string(sequence);
    decide(*event);
    return event->outcome;
  }
  ledger::Outcome count(const PositionKey& key, std::int64_t sequence, std::int64_t on_hand) {
    auto event = snapshot_of(key, sequence, qty(on_hand), Instant::now());
    decide(*event);
    return event->outcome;
  }
  void age(const std::string& which, const char* by = "40 days") {
    db().run("update movement set seen_at = seen_at - interval '" + std::string(by) + "', occurred_at = occurred_at - interval '" + by +
             "' where " + which);
  }
  std::vector<PositionKey> due() {
    auto connection = connect();
    auto keys = postgres::transact(connection, [](postgres::Transaction& tx) { return due_folds(tx, clock_of(tx), 24h * 31, 256); });
    EXPECT_TRUE(keys) << keys.failure().message;
    if (!keys) return {};
    std::sort(keys->begin(), keys->end());
    return *keys;
  }
  std::size_t fold(const std::vector<PositionKey>& keys) {
    FoldMovements request;
    request.keys = keys;
    request.horizon = 24h * 30;
    decide(request);
    return request.folded;
  }
  /// Which invariants of positions do not hold.
  std::string broken() {
    postgres::Connection connection(db().settings(), "verify");
    auto all = verify(connection);
    EXPECT_TRUE(all) << all.failure().message;
    std::string out;
    for (const auto& each : *all)
      for (const auto& difference : each.differences)
        if (each.invariant.starts_with("position"))
          out += difference.invariant + " " + difference.subject + ": " + difference.detail + "\n";
    return out;
  }
  std::string figures(const PositionKey& key) {
    return ask("select version || ' ' || trim_scale(on_hand) || ' ' || moves || ' ' || marks from position where sku = '" + key.sku + "'");
  }
  std::string rows() { return ask("select count(*) from movement"); }
  PositionKey plain{"PLAIN", "E"}, counted{"COUNTED", "E"}, young{"YOUNG", "E"}, gapped{"GAPPED", "E"};
};

TEST_F(Folds, what_is_old_goes_into_the_base_and_nothing_else_changes) {
  for (std::int64_t i = 1; i <= 5; ++i) move(plain, i, i), move(young, i, 1);
  move(counted, 1, 7), count(counted, 2, 50), move(counted, 3, -4), move(counted, 9, -1);
  move(gapped, 1, 1, Numbering::dense), move(gapped, 3, 1, Numbering::dense);
  db().run(
      "insert into movement (sku, location, epoch, sequence, discriminator, id, source, occurred_at, delta, unavailable_delta, reason) "
      "values ('COUNTED', 'E', -1, 5, 'i', 'i', 'wms', now() + interval '1 minute', -2, 0, 'ship')");
  db().run("update position set on_hand = on_hand - 2 where sku = 'COUNTED'");
  ASSERT_EQ(broken(), "");
  EXPECT_TRUE(due().empty());
  age("sku in ('PLAIN', 'GAPPED') or (sku = 'YOUNG' and sequence > 1) or (sku = 'COUNTED' and sequence < 9 and epoch > 0)");
  EXPECT_EQ(due(), (std::vector<PositionKey>{counted, plain})) << "not where a younger one comes first, or one is missing";
  const auto before = figures(plain) + figures(counted);
  EXPECT_EQ(fold({plain, counted, young, gapped}), 7U);
  EXPECT_EQ(figures(plain) + figures(counted), before);
  EXPECT_EQ(broken(), "");
  EXPECT_EQ(ask("select count(*) from movement where sku = 'PLAIN'"), "0");
  EXPECT_EQ(ask("select string_agg(epoch || '/' || sequence, ' ' order by epoch) from movement where sku = 'COUNTED'"), "-1/5 1/9");
  EXPECT_EQ(
      ask("select folded_epoch || ' ' || folded_sequence || ' ' || folded || ' ' || trim_scale(snap_on_hand) from position where sku = "
          "'COUNTED'"),
      "1 3 1 46");
  EXPECT_TRUE(due().empty());
  // Told again, and told too late: nothing counts twice, and nothing is kept of it.
  EXPECT_EQ(move(plain, 4, 4), ledger::Outcome::superseded);
  EXPECT_EQ(count(plain, 2, 99), ledger::Outcome::superseded);
  EXPECT_EQ(move(counted, 3, -4), ledger::Outcome::superseded);
  EXPECT_EQ(figures(plain) + figures(counted), before);
  EXPECT_EQ(ask("select count(*) from movement where sku = 'PLAIN'"), "0");
  // It lives on: the next movement, and a snapshot from before the hub's own movement.
  EXPECT_EQ(move(plain, 6, 1), ledger::Outcome::applied);
  EXPECT_EQ(count(counted, 10, 20), ledger::Outcome::applied);
  EXPECT_EQ(ask("select trim_scale(on_hand) || ' ' || folded from position where sku = 'COUNTED'"), "18 0");
  EXPECT_EQ(broken(), "");
  age("sku = 'COUNTED' and epoch = -1");
  db().run("update position set snap_as_of = snap_as_of - interval '50 days' where sku = 'COUNTED'");
  ASSERT_EQ(broken(), "");
  EXPECT_EQ(due(), std::vector<PositionKey>{counted});
  EXPECT_EQ(fold({counted}), 1U);
  EXPECT_EQ(broken(), "");
  EXPECT_EQ(ask("select trim_scale(on_hand) || ' ' || (folded_until is not null) from position where sku = 'COUNTED'"), "18 true");
}

TEST_F(Folds, negative_control_verify_finds_a_fold_that_lost_a_movement) {
  for (std::int64_t i = 1; i <= 5; ++i) move(plain, i, i);
  count(counted, 1, 10), move(counted, 2, 0), move(counted, 3, 0);
  age("true");
  db().run("delete from movement where sku = 'PLAIN' and sequence = 2");  // as a fold that forgets to add it
  EXPECT_NE(broken().find("position_stock E|PLAIN"), std::string::npos) << broken();
  EXPECT_EQ(broken().find("COUNTED"), std::string::npos);
  db().run("delete from movement where sku = 'COUNTED' and sequence = 2");  // a sum of nothing, but a movement all the same
  EXPECT_NE(broken().find("position_movements E|COUNTED"), std::string::npos) << broken();
  fold({plain, counted});
  EXPECT_NE(broken().find("position_stock E|PLAIN"), std::string::npos) << "a right fold afterwards does not hide it";
}

TEST_F(Folds, a_few_rows_at_a_time) {
  db().run("insert into position (sku, location, on_hand, moves, last_epoch, last_sequence) values ('MANY', 'E', 250, 250, 1, 250)");
  db().run(
      "insert into movement (sku, location, epoch, sequence, id, source, occurred_at, delta, unavailable_delta, reason, seen_at) select "
      "'MANY', 'E', 1, n, n, 'wms', now(), 1, 0, 'adjust', now() - interval '50 days' from generate_series(1, 250) n");
  for (std::size_t wanted : {100U, 100U, 50U, 0U}) EXPECT_EQ(fold({{"MANY", "E"}}), wanted);
  EXPECT_EQ(broken(), "");
}

/// Writers and folds on the same positions at once: the position's lock keeps them apart.
TEST_F(Folds, beside_writers) {
  std::atomic<bool> stop{false};
  std::thread folding([&] {
    while (!stop) {
      db().run("update movement set seen_at = now() - interval '40 days' where sequence % 3 <> 0");
      auto keys = due();
      if (!keys.empty()) fold(keys);
    }
  });
  auto orders = writer(8);
  Crowd crowd;
  std::vector<std::shared_ptr<StockEvent>> events;
  for (std::int64_t i = 1; i <= 300; ++i)
    for (int again = 0; again < 2; ++again) {
      events.push_back(movement_of({"B" + std::to_string(i % 3), "E"}, i, qty(1), Instant::now()));
      crowd.submit(*orders, events.back());
    }
  crowd.wait();
  stop = true;
  folding.join();
  EXPECT_EQ(broken(), "");
  EXPECT_EQ(ask("select string_agg(trim_scale(on_hand)::text, ' ') from position where sku like 'B_'"), "100 100 100");
  EXPECT_NE(ask("select sum(folded) from position where sku like 'B_'"), "0");
}

}  // namespace
}  // namespace crossdock::store
