// Negative controls: the store with one thing of it taken away, and what the tests beside this one would see then.
#include "held.hpp"
#include "store/cursor.hpp"
#include "store/follower.hpp"

namespace crossdock::store {
namespace {

using namespace std::chrono_literals;

class Broken : public WithStore<Broken> {
 protected:
  using Statements = std::vector<postgres::Statement>;
  /// Decides by these statements, each time on a new connection. The failure's SQLSTATE, or nothing.
  std::string decide_by(const Statements& statements, const std::vector<Request*>& batch, const FeedWork* work = nullptr) {
    postgres::Connection connection(db().settings(), "test", statements);
    auto decided = store::decide(connection, shared, batch, work);
    return decided ? "" : decided.failure().sqlstate;
  }
  /// Of two repeats of one hold, how many held something.
  int holds(const std::string& sku, const Statements& statements) {
    stock({sku, "E"}, 9);
    for (int i = 0; i < 2; ++i) {
      auto request = keyed(reserve_of({{{sku, "E"}, qty(1), {}}}), sku);
      EXPECT_EQ(decide_by(statements, {request.get()}), "");
      EXPECT_EQ(request->reply.status, 201);
    }
    return std::stoi(ask("select count(*) from reservation_line where sku = '" + sku + "'"));
  }
  /// Two orders of one customer, each within its limit, both not: the states that they end in when the second comes while the first is
  /// being decided.
  std::string two_within_the_limit(const std::string& customer, const Statements& statements) {
    db().run("insert into pending_exposure (customer, amount, currency) values ('" + customer + "', 0, 'USD')");
    std::vector<std::shared_ptr<Capture>> both;
    for (const char* end : {"-1", "-2"}) {
      stock({customer + end, "E"}, 9);
      auto capture = both.emplace_back(capture_of(customer + end, {{customer + end, qty(1), "E", {}}}));
      capture->checked.order.customer = customer;
      capture->checked.credit_counts = true;
      capture->checked.total = qty(60);
      capture->credit.facts.emplace();
      capture->credit.facts->limit = qty(100);
    }
    Held first(db().settings(), shared, both[0], statements);
    std::atomic<bool> decided{false};
    std::thread second([&] {
      EXPECT_EQ(decide_by(statements, {both[1].get()}), "");
      decided = true;
    });
    while (!decided && ask("select count(*) from pg_locks where not granted") == "0") std::this_thread::sleep_for(5ms);
    first.end();
    second.join();
    return ask("select string_agg(order_status, ' ' order by order_number) from sales_order where customer = '" + customer + "'");
  }
};

TEST_F(Broken, keys_that_are_not_kept_act_twice) {
  EXPECT_EQ(holds("KEPT", statements()), 1);
  EXPECT_EQ(holds("UNKEPT", broken("put_keys", "order by client", "where false order by client")), 2);
}

TEST_F(Broken, an_exposure_that_nobody_locks_lets_both_orders_pass) {
  EXPECT_EQ(two_within_the_limit("LOCKED", statements()), "released on_hold");
  EXPECT_EQ(two_within_the_limit("OPEN", broken("exposures", "order by customer for no key update", "order by customer")),
            "released released");
}

/// A row of the batch is at fault and nothing parts it from the others: none is decided.
TEST_F(Broken, without_halves_a_poisoned_request_takes_all_with_it) {
  stock({"WHOLE", "E"}, 9);
  auto good = capture_of("WHOLE-1", {{"WHOLE", qty(1), "E", {}}}), poisoned = capture_of("WHOLE-2", {{"WHOLE", qty(1), "E", {}}});
  poisoned->checked.lines[0].base_quantity = {};
  EXPECT_EQ(decide_by(statements(), {good.get(), poisoned.get()}), "23514");
  EXPECT_EQ(ask("select count(*) from sales_order where order_number like 'WHOLE%'"), "0");
}

/// The order's own identity: the number is looked up, and the schema holds it where two come at once.
TEST_F(Broken, without_an_orders_identity_one_number_is_two_orders) {
  auto orders = [&](const std::string& number, const Statements& statements) {
    stock({number, "E"}, 9);
    for (int i = 0; i < 2; ++i) {
      auto capture = keyed(capture_of(number, {{number, qty(1), "E", {}}}), new_id());
      EXPECT_EQ(decide_by(statements, {capture.get()}), "");
    }
    return ask("select count(*) from sales_order where order_number = '" + number + "'");
  };
  EXPECT_EQ(orders("ONCE", statements()), "1");
  db().run("alter table sales_order drop constraint sales_order_source_order_number_key");
  EXPECT_EQ(orders("TWICE", broken("order_numbers", "(a.source, a.number)", "(a.source, '-' || a.number)")), "2");
  db().run("delete from commitment where sku = 'TWICE'");
  db().run("delete from warehouse_order_line where sku = 'TWICE'");
  db().run("delete from warehouse_order where order_id in (select id from sales_order where order_number = 'TWICE')");
  db().run("delete from order_line where sku = 'TWICE'");
  db().run("delete from sales_order where order_number = 'TWICE'");
  db().run("alter table sales_order add unique (source, order_number)");
}

/// A former owner of a partition: its batch must leave nothing.
TEST_F(Broken, a_fence_that_does_not_look_at_the_epoch_lets_a_former_owner_act) {
  auto read_by_both = [&](const std::string& topic, const Statements& statements) {
    auto in = [&](auto work) {
      postgres::Connection connection(db().settings(), "test", statements);
      auto done = postgres::transact(connection, work);
      EXPECT_TRUE(done) << done.failure().message;
      return std::move(*done);
    };
    auto old = in([&](postgres::Transaction& tx) { return claim(tx, "f", topic, 0, "one"); });
    in([&](postgres::Transaction& tx) { begin_at(tx, old, 0); });
    auto owner = in([&](postgres::Transaction& tx) { return claim(tx, "f", topic, 0, "two"); });
    for (auto* cursor : {&old, &owner}) {
      cursor->next = std::stoll(ask("select next from feed_cursor where topic = '" + topic + "'"));
      auto event = movement_of({topic, "E"}, cursor->next + 1, qty(5), Instant::now());
      FeedWork work;
      work.fence = [&](postgres::Transaction& tx) { return advance(tx, *cursor, cursor->next + 1); };
      EXPECT_EQ(decide_by(statements, {event.get()}, &work), "");
    }
    return ask("select on_hand::int from position where sku = '" + topic + "'");
  };
  EXPECT_EQ(read_by_both("FENCED", statements()), "5");
  EXPECT_EQ(read_by_both("UNFENCED", broken("advance", "and epoch = $3 ", "and epoch >= $3 ")), "10");
}

/// Holds whose time is over stand in the way of who comes next, until they are ended.
TEST_F(Broken, due_holds_that_nobody_sees_are_in_the_way) {
  auto status = [&](const std::string& sku, const Statements& statements) {
    stock({sku, "E"}, 5);
    auto hold = reserve_of({{{sku, "E"}, qty(5), {}}}), next = reserve_of({{{sku, "E"}, qty(4), {}}});
    decide(*hold);
    db().run("update reservation set expires_at = now() - interval '1 second' where id = '" + hold->id + "'");
    db().run("update position set earliest_expiry = now() - interval '1 second' where sku = '" + sku + "'");
    EXPECT_EQ(decide_by(statements, {next.get()}), "");
    return next->reply.status;
  };
  EXPECT_EQ(status("SEEN", statements()), 201);
  EXPECT_EQ(status("UNSEEN", broken("due_holds", "state in ('created', 'updated')", "state = 'nothing'")), 409);
}

class Heard final : public Memory {
 public:
  void position(const promise::PositionKey& key, const promise::PositionValue& value) override {
    if (key.sku == "NEWS") on_hand = value.profile.on_hand.units() / Decimal::one;
  }
  void master(const std::string&, const std::string&, std::int64_t, const std::string&) override {}
  void stock_feed(const StockFeedRow&) override {}
  void clear() override {}
  void current(Instant, Clock::time_point) override {}
  std::atomic<std::int64_t> on_hand{0};
};

/// Wake-ups are hints: the sweep makes up for a lost one. With neither nothing is heard; with no sink of its own commits an instance hears
/// of them as late as of others'.
TEST_F(Broken, neither_woken_nor_swept_a_follower_hears_nothing) {
  Heard swept, deaf;
  Follower with(db().settings(), swept, {10ms, 10min}), without(db().settings(), deaf, {10min, 10min});
  ASSERT_TRUE(with.load() && without.load());
  with.start(), without.start();
  std::this_thread::sleep_for(100ms);  // its first poll
  stock({"NEWS", "E"}, 7);
  for (int i = 0; i < 500 && swept.on_hand != 7; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(swept.on_hand, 7) << "nobody woke it";
  EXPECT_EQ(deaf.on_hand, 0);
  without.wake();
  for (int i = 0; i < 500 && deaf.on_hand != 7; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(deaf.on_hand, 7);
}

}  // namespace
}  // namespace crossdock::store
