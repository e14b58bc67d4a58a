// PROTOCOLS.md A: a duplicate whose first is being decided in another session is told so; who merely waits for a lock is not.
#include "store/in_hand.hpp"

#include "held.hpp"

namespace crossdock::store {
namespace {

using namespace std::chrono_literals;

class InHand : public WithStore<InHand> {
 protected:
  std::unique_ptr<Held> held(std::shared_ptr<Request> request, std::vector<postgres::Statement> by = statements()) {
    return std::make_unique<Held>(db().settings(), shared, std::move(request), std::move(by));
  }
  std::unique_ptr<Writer> impatient(std::size_t batch = 256) {
    auto database = db().settings();
    database.lock_timeout = 200ms;
    WriterSettings settings;
    settings.role = "writer";
    settings.patience = 100ms;
    settings.batch = batch;
    return std::make_unique<Writer>(database, shared, settings);
  }
  /// What each was told, in one batch.
  std::vector<std::optional<Undecided>> told(Writer& writer, const std::vector<std::shared_ptr<Request>>& all) {
    std::vector<std::optional<Undecided>> out(all.size());
    std::atomic<std::size_t> open = all.size();
    auto first = std::make_shared<Slow>();
    writer.submit(first, [](auto) {});
    while (!first->locked) std::this_thread::sleep_for(1ms);
    for (std::size_t i = 0; i < all.size(); ++i)
      writer.submit(all[i], [&, i](std::optional<Undecided> why) {
        out[i] = why;
        --open;
      });
    first->free = true;
    while (open > 0) std::this_thread::sleep_for(1ms);
    return out;
  }
  static std::shared_ptr<Capture> order(const std::string& number, const std::string& sku, const std::string& key) {
    auto capture = keyed(capture_of(number, {{sku, qty(1), "E", {}}}), key);
    capture->checked.order.customer = "C-" + number;
    return capture;
  }
};

TEST_F(InHand, only_the_duplicate_is_told_that_it_is_under_way) {
  for (const char* sku : {"HAND-A", "HAND-B"}) stock({sku, "E"}, 9);
  auto first = order("HAND-1", "HAND-A", "hand-1");
  auto duplicate = order("HAND-1", "HAND-A", "hand-1"), neighbour = order("HAND-2", "HAND-A", "hand-2"),
       other = order("HAND-3", "HAND-B", "hand-3");
  auto mine = impatient();
  {
    auto elsewhere = held(first);
    auto why = told(*mine, {duplicate, neighbour});
    EXPECT_EQ(why[0], Undecided::in_progress);
    EXPECT_EQ(why[1], Undecided::unavailable) << "another key that waits for the same stock: a mere lock";
    auto beside = told(*mine, {order("HAND-1", "HAND-A", "hand-1"), other});
    EXPECT_EQ(beside[0], Undecided::in_progress);
    EXPECT_EQ(beside[1], std::nullopt) << "without the duplicate the rest of its batch has nothing to wait for";
    EXPECT_EQ(other->reply.status, 201);
  }
  auto repeat = order("HAND-1", "HAND-A", "hand-1");
  decide(*repeat);
  EXPECT_TRUE(repeat->replayed);
  EXPECT_EQ(repeat->reply.body, first->reply.body);
  EXPECT_EQ(ask("select count(*) from sales_order where order_number = 'HAND-1'"), "1");
}

/// The two wait for each other at the index of keys, not at a row: a hold elsewhere with the same key.
TEST_F(InHand, a_duplicate_that_asks_for_other_stock_is_told_too) {
  for (const char* sku : {"KEY-A", "KEY-B"}) stock({sku, "E"}, 9);
  db().run(
      "create function slow_key() returns trigger language plpgsql as $$ begin perform pg_sleep(1.5); return null; end $$; "
      "create trigger slow_key after insert on idempotency_key for each row when (new.key = 'slow-key') execute function slow_key()");
  auto first = keyed(reserve_of({{{"KEY-A", "E"}, qty(1), {}}}), "slow-key");
  std::thread elsewhere([&] { decide(*first); });
  while (ask("select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()") == "0")
    std::this_thread::sleep_for(5ms);
  auto mine = impatient();
  EXPECT_EQ(told(*mine, {keyed(reserve_of({{{"KEY-B", "E"}, qty(1), {}}}), "slow-key")})[0], Undecided::in_progress);
  elsewhere.join();
  EXPECT_EQ(first->reply.status, 201);
}

/// Those of one key in one batch are all told; those of the poisoned half are decided as ever.
TEST_F(InHand, halves_leave_out_who_was_told) {
  for (const char* sku : {"HALF-A", "HALF-B"}) stock({sku, "E"}, 9);
  auto first = order("HALF-1", "HALF-A", "half-1");
  auto poisoned = order("HALF-2", "HALF-B", "half-2"), good = order("HALF-3", "HALF-B", "half-3");
  poisoned->checked.lines[0].base_quantity = {};  // ordered must be above zero, says the schema, after the locks
  auto mine = impatient();
  auto elsewhere = held(first);
  auto one = order("HALF-1", "HALF-A", "half-1"), two = order("HALF-1", "HALF-A", "half-1");
  auto why = told(*mine, {one, poisoned, two, good});
  EXPECT_EQ(why, (std::vector<std::optional<Undecided>>{Undecided::in_progress, Undecided::broken, Undecided::in_progress, std::nullopt}));
}

/// Three keys share a lock; all of a batch are seen, for as long as its transaction lasts, and hardly any other.
TEST_F(InHand, a_large_batch_shows_all_its_keys_in_few_locks) {
  std::set<IdempotencyId> keys;
  std::vector<std::shared_ptr<Reserve>> theirs, others;
  std::vector<Request*> same, different;
  for (int i = 0; i < 500; ++i) {
    same.push_back(theirs.emplace_back(keyed(reserve_of({}), "large-" + std::to_string(i))).get());
    different.push_back(others.emplace_back(keyed(reserve_of({}), "large-" + std::to_string(i), "another call")).get());
    keys.insert(theirs.back()->key);
  }
  auto asking = connect();
  auto seen = [&](const std::vector<Request*>& requests) { return keys_elsewhere(asking, requests).value().size(); };
  auto connection = connect();
  auto done = postgres::transact(connection, [&](postgres::Transaction& tx) {
    show_keys(tx, keys);
    tx.settle();
    EXPECT_EQ(ask("select count(*) from pg_locks where locktype = 'advisory'"), "167");
    EXPECT_EQ(seen(same), 500U);
    EXPECT_LE(seen(different), 5U);
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(seen(same), 0U) << "they end with their transaction";
}

/// An instance that does not show what it decides: its duplicate cannot be told from who waits for a lock.
TEST_F(InHand, negative_control_keys_that_nobody_shows_are_not_told) {
  stock({"HIDE", "E"}, 9);
  auto elsewhere = held(order("HIDE-1", "HIDE", "hide-1"), broken("show_keys", "pg_try_advisory_xact_lock_shared", ""));
  auto mine = impatient();
  EXPECT_EQ(told(*mine, {order("HIDE-1", "HIDE", "hide-1")})[0], Undecided::unavailable);
}

}  // namespace
}  // namespace crossdock::store
