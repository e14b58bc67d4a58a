// What a writer does when rows, locks or the connection stand in the way.
#include <random>

#include "base.hpp"
#include "store/verify.hpp"

namespace crossdock::store {
namespace {

class Writing : public WithStore<Writing> {
 protected:
  std::string deadlocks() {
    db().run("select pg_stat_force_next_flush()");
    return ask("select deadlocks from pg_stat_database where datname = current_database()");
  }
  std::string damage() {
    auto connection = connect();
    auto all = verify(connection);
    EXPECT_TRUE(all) << all.failure().message;
    std::string text;
    if (all)
      for (const auto& each : *all)
        for (const auto& difference : each.differences)
          text += difference.invariant + " " + difference.subject + ": " + difference.detail + "\n";
    return text;
  }
};

/// Does what it is told while it is decided; asks for nothing.
class Meanwhile final : public Request {
 public:
  explicit Meanwhile(std::function<void()> f) : what(std::move(f)) {}
  std::function<void()> what;
  void ask(const World&, Needs&) const override {}
  void decide(World&) override { what(); }
};

/// Everything at once on a few positions, a seed for each writer.
class Mix {
 public:
  static constexpr int skus = 6;

  std::shared_ptr<Request> next(std::mt19937& random) {
    auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    auto sku = [&] { return "M" + std::to_string(pick(0, skus - 1)); };
    auto place = [&] { return std::string(pick(0, 1) ? "E" : "W"); };
    auto hold = any_of(holds_, random), order = any_of(orders_, random);
    int what = pick(0, 6);
    if (what < 2 || (what > 4 && order.empty())) {
      std::optional<std::string> with;
      if (!hold.empty() && pick(0, 1)) with = hold;
      return capture_of("M-" + new_id(), {{sku(), qty(pick(1, 4)), place(), {}}, {sku(), qty(1), {}, {}}, {sku(), qty(2), place(), {}}},
                        OnShortage::backorder, with);
    }
    if (what == 2)
      return reserve_of({{{sku(), place()}, qty(1), {}}, {{sku(), place()}, qty(2), {}}, {{sku(), place()}, qty(1), {}}},
                        ReservationPolicy::per_line, std::chrono::seconds(pick(0, 1)));
    if (what == 3) return expire(random);
    if (what == 4) {
      auto event = pick(0, 1) ? snapshot_of({sku(), place()}, ++sequence_, qty(pick(4'000, 5'000)), Instant::now())
                              : movement_of({sku(), place()}, ++sequence_, qty(pick(-2, 5)), Instant::now());
      if (pick(0, 1)) event->from.topic.clear();  // by call: it touches the location's stock feed
      return event;
    }
    if (what == 5) {
      auto ship = ship_of("M-" + new_id(), order, place(), {{pick(1, 3), qty(1), {}}}, Instant::now());
      ship->effect = static_cast<ShipEffect>(pick(0, 2));
      return ship;
    }
    auto put = std::make_shared<PutHold>();
    put->id = order;
    put->code = "check";
    put->precondition.given = put->precondition.any = true;
    return put;
  }

  void seen(const Request& request) {
    if (request.reply.status != 201) return;
    std::lock_guard hold(lock_);
    if (const auto* capture = dynamic_cast<const Capture*>(&request)) orders_.push_back(capture->id);
    if (const auto* reserve = dynamic_cast<const Reserve*>(&request)) holds_.push_back(reserve->id);
  }

 private:
  std::string any_of(const std::vector<std::string>& ids, std::mt19937& random) {
    std::lock_guard hold(lock_);
    return ids.empty() ? std::string() : ids[std::uniform_int_distribution<std::size_t>(0, ids.size() - 1)(random)];
  }
  std::shared_ptr<Request> expire(std::mt19937& random) {
    auto request = std::make_shared<ExpireReservations>();
    for (int n = 0; n < 4; ++n)
      if (auto id = any_of(holds_, random); !id.empty()) request->ids.push_back(id);
    return request;
  }

  std::mutex lock_;
  std::vector<std::string> orders_, holds_;
  std::atomic<int> sequence_{1'000};
};

TEST_F(Writing, captures_expiries_events_and_shipments_never_deadlock) {
  db().run("insert into master values ('location', 'E', 1, '{\"code\":\"E\"}'), ('location', 'W', 1, '{\"code\":\"W\"}')");
  for (int i = 0; i < Mix::skus; ++i)
    for (const char* place : {"E", "W"}) stock({"M" + std::to_string(i), place}, 5'000);
  Mix mix;
  std::atomic<int> undecided{0}, decided{0};
  auto life = [&](unsigned seed) {
    auto mine = writer(32);
    std::mt19937 random(seed);
    for (int round = 0; round < 30; ++round) {
      Crowd crowd;
      std::vector<std::shared_ptr<Request>> batch;
      for (int i = 0; i < 12; ++i) {
        batch.push_back(mix.next(random));
        batch.back()->origin = tester;
        crowd.submit(*mine, batch.back());
      }
      crowd.wait();
      undecided += crowd.undecided();
      decided += static_cast<int>(batch.size());
      for (const auto& request : batch) mix.seen(*request);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) threads.emplace_back(life, i);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(undecided, 0) << last_failure;
  EXPECT_EQ(decided, 4 * 30 * 12);
  EXPECT_EQ(failures, 0) << last_failure;
  EXPECT_EQ(deadlocks(), "0");
  EXPECT_EQ(damage(), "");
}

/// Two batches that make the same positions and lock each other's, asked for in opposite orders.
TEST_F(Writing, positions_made_by_two_at_once_never_deadlock) {
  constexpr int rounds = 15, keys = 40;
  auto before = deadlocks();
  std::atomic<int> lost{0};
  auto life = [&](bool backwards) {
    auto connection = connect();
    for (int round = 0; round < rounds; ++round) {
      std::vector<std::shared_ptr<StockEvent>> events;
      for (int i = 0; i < 30; ++i) {
        int number = backwards ? keys - 1 - i : i;
        // Every other key was made in the round before: it is locked by one while it is not there for the other.
        PositionKey key{"NEW-" + std::to_string(number % 2 ? round : round + 1) + "-" + std::to_string(number), "E"};
        events.push_back(snapshot_of(key, 10 + 2 * round + backwards, qty(1), Instant::now()));
        events.back()->parents_known = true;
      }
      std::vector<Request*> batch;
      for (auto& event : events) batch.push_back(event.get());
      auto decided = store::decide(connection, shared, batch);
      if (!decided) ++lost;
      for (auto& event : events) lost += event->outcome != ledger::Outcome::applied && event->outcome != ledger::Outcome::superseded;
    }
  };
  std::thread other(life, true);
  life(false);
  other.join();
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(ask("select count(*) from position where sku like 'NEW-%'"), std::to_string(rounds * keys));
  EXPECT_EQ(ask("select count(*) from position where sku like 'NEW-%' and version = 0"), "0") << "made, and left empty";
  EXPECT_EQ(deadlocks(), before);
}

/// Two that lock in opposite orders: the server ends one, and the counter says so.
TEST_F(Writing, negative_control_a_deadlock_is_counted) {
  db().run("create table pair (id int primary key)");
  db().run("insert into pair values (1), (2)");
  auto before = deadlocks();
  std::atomic<int> ended{0};
  auto cross = [&](const char* first, const char* second) {
    auto connection = connect();
    auto done = postgres::transact(connection, [&](postgres::Transaction& tx) {
      tx.execute(std::string("select 1 from pair where id = ") + first + " for update");
      tx.execute("select pg_sleep(0.2)");
      tx.execute(std::string("select 1 from pair where id = ") + second + " for update");
    });
    if (!done && done.failure().sqlstate == "40P01") ++ended;
  };
  std::thread other(cross, "2", "1");
  cross("1", "2");
  other.join();
  EXPECT_EQ(ended, 1);
  for (int i = 0; i < 100 && deadlocks() == before; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_NE(deadlocks(), before);
}

TEST_F(Writing, a_due_hold_elsewhere_is_ended_first) {
  PositionKey a{"DUE-A", "E"}, b{"DUE-B", "E"};
  stock(a, 5), stock(b, 5);
  auto hold = reserve_of({{a, qty(5), {}}, {b, qty(5), {}}});
  decide(*hold);
  db().run("update reservation set expires_at = now() - interval '1 second' where id = '" + hold->id + "'");
  db().run("update position set earliest_expiry = now() - interval '1 second' where sku like 'DUE-%'");
  auto next = reserve_of({{a, qty(4), {}}});
  decide(*next);
  EXPECT_EQ(next->reply.status, 201);
  EXPECT_EQ(ask("select state from reservation where id = '" + hold->id + "'"), "expired");
  EXPECT_EQ(ask("select demand from position where sku = 'DUE-B'"), "");
  EXPECT_EQ(ask("select count(*) from position where sku = 'DUE-A' and earliest_expiry > now()"), "1");
  EXPECT_EQ(ask("select version from position where sku = 'DUE-A'"), "4") << "stock, hold, expiry, hold";
  EXPECT_EQ(ask("select count(*) from outbox where topic = 'crossdock.reservation.expired.v1' and encode(key, 'escape') like '%DUE-%'"),
            "1");
}

TEST_F(Writing, a_due_hold_that_is_committed_in_the_batch_is_honoured) {
  PositionKey key{"CONFIRM", "E"};
  stock(key, 5);
  auto hold = reserve_of({{key, qty(5), {}}});
  decide(*hold);
  db().run("update reservation set expires_at = now() - interval '1 second' where id = '" + hold->id + "'");
  db().run("update position set earliest_expiry = now() - interval '1 second' where sku = 'CONFIRM'");
  auto greedy = reserve_of({{key, qty(1), {}}});
  auto confirm = capture_of("CONFIRM", {{"CONFIRM", qty(5), "E", {}}}, OnShortage::reject, hold->id);
  decide({greedy.get(), confirm.get()});
  EXPECT_EQ(greedy->reply.status, 409);
  EXPECT_EQ(confirm->reply.status, 201);
  EXPECT_EQ(ask("select state from reservation where id = '" + hold->id + "'"), "committed");
}

TEST_F(Writing, a_shortfall_names_its_orders) {
  PositionKey key{"SHORT", "E"};
  stock(key, 9);
  auto first = capture_of("SHORT-1", {{"SHORT", qty(4), "E", {}}}), second = capture_of("SHORT-2", {{"SHORT", qty(5), "E", {}}});
  decide(*first);
  decide(*second);
  stock(key, 3);
  auto body = ask("select document from outbox where topic = 'crossdock.inventory.shortfall.v1'");
  auto decoded = decode_body<InventoryShortfall>(body);
  ASSERT_TRUE(std::holds_alternative<InventoryShortfall>(decoded)) << body;
  const auto& shortfall = std::get<InventoryShortfall>(decoded);
  EXPECT_EQ(shortfall.quantity, qty(6));
  ASSERT_EQ(shortfall.orders.size(), 2U);
  EXPECT_EQ(shortfall.orders[0].order_number, "SHORT-2") << "newest promise first";
}

/// A shipment commits between the snapshot's first look at awaited effects and its lock: it begins again with that order.
TEST_F(Writing, an_effect_that_came_in_between_is_seen) {
  PositionKey key{"BETWEEN", "E"};
  db().run("insert into master values ('location', 'E', 1, '{\"code\":\"E\"}') on conflict do nothing");
  stock(key, 9);
  auto capture = capture_of("BETWEEN", {{"BETWEEN", qty(4), "E", {}}});
  decide(*capture);
  std::thread shipping([&] {
    auto ship = ship_of("BETWEEN", capture->id, "E", {{1, qty(4), {}}}, Instant::now() + -5'000'000);
    Meanwhile slow([] { std::this_thread::sleep_for(std::chrono::milliseconds(300)); });
    auto connection = connect();
    std::vector<Request*> batch{ship.get(), &slow};
    auto decided = store::decide(connection, shared, batch);
    EXPECT_TRUE(decided && ship->reply.status == 201);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  auto count = snapshot_of(key, 1'000, qty(5), Instant::now());
  count->event.at = Instant::now() + 60'000'000;
  decide(*count);
  shipping.join();
  EXPECT_EQ(ask("select count(*) from awaited_effect where sku = 'BETWEEN'"), "0");
  EXPECT_EQ(ask("select consumed::int from order_line where order_id = '" + capture->id + "'"), "4");
  EXPECT_EQ(damage(), "");
}

/// A repeat is answered from its key: it does not wait for who holds the order's row. One without its key asks the row, and waits.
TEST_F(Writing, a_repeat_does_not_wait_for_its_order) {
  stock({"HELD", "E"}, 9);
  auto make = [] { return capture_of("HELD", {{"HELD", qty(1), "E", {}}}); };
  auto first = keyed(make(), "held");
  decide(*first);
  std::atomic<bool> locked{false}, free{false};
  std::thread holder([&] {
    auto connection = connect();
    auto done = postgres::transact(connection, [&](postgres::Transaction& tx) {
      tx.execute("select 1 from sales_order where order_number = 'HELD' for update");
      locked = true;
      for (int i = 0; i < 1'000 && !free; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    });
    EXPECT_TRUE(done);
  });
  while (!locked) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  auto again = keyed(make(), "held");
  decide(*again);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->reply.body, first->reply.body);
  auto keyless = make();
  std::atomic<bool> answered{false};
  std::thread asking([&] {
    decide(*keyless);
    answered = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_FALSE(answered);
  free = true;
  holder.join();
  asking.join();
  EXPECT_EQ(keyless->reply.status, 200);
  EXPECT_EQ(ask("select count(*) from sales_order where order_number = 'HELD'"), "1");
}

TEST_F(Writing, a_killed_connection_decides_the_batch_again_once) {
  PositionKey key{"KILL", "E"};
  stock(key, 9);
  auto mine = writer();
  for (int round = 0; round < 5; ++round) {
    auto capture = keyed(capture_of("KILL-" + std::to_string(round), {{"KILL", qty(1), "E", {}}}), "kill-" + std::to_string(round));
    int times = 0;
    auto killer = std::make_shared<Meanwhile>([&] {
      if (times++) return;
      db().run(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = "
          "'crossdock/writer'");
    });
    Crowd crowd;
    auto slow = std::make_shared<Meanwhile>([] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); });
    crowd.submit(*mine, slow);  // so that the other two come in one batch
    crowd.submit(*mine, capture);
    crowd.submit(*mine, killer);
    crowd.wait();
    ASSERT_EQ(crowd.undecided(), 0);
    EXPECT_EQ(times, 2);
    EXPECT_EQ(capture->reply.status, 201);
    EXPECT_FALSE(capture->replayed);
  }
  EXPECT_EQ(ask("select count(*) from sales_order where order_number like 'KILL-%'"), "5");
  EXPECT_EQ(failures, 5) << "each time once";
  EXPECT_EQ(mine->figures().retries, 5U);
}

TEST_F(Writing, one_poisoned_request_fails_alone) {
  PositionKey key{"POISON", "E"};
  stock(key, 1'000);
  auto mine = writer();
  for (bool nul : {false, true}) {
    std::vector<std::shared_ptr<Capture>> all;
    Crowd crowd;
    auto slow = std::make_shared<Meanwhile>([] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); });
    crowd.submit(*mine, slow);
    for (int i = 0; i < 50; ++i) {
      auto capture = capture_of((nul ? "NUL-" : "POISON-") + std::to_string(i), {{"POISON", qty(1), "E", {}}});
      if (i == 33 && nul) capture->checked.order.customer = std::string("C\0", 2);
      if (i == 33 && !nul) capture->checked.lines[0].base_quantity = {};  // ordered must be above zero, says the schema
      all.push_back(capture);
      crowd.submit(*mine, capture);
    }
    crowd.wait();
    EXPECT_EQ(crowd.undecided(), 1);
    for (int i = 0; i < 50; ++i)
      if (i != 33) {
        EXPECT_EQ(all[static_cast<std::size_t>(i)]->reply.status, 201) << i;
      }
  }
  EXPECT_EQ(ask("select count(*) from sales_order where order_number ~ '^(NUL|POISON)-'"), "98");
  EXPECT_EQ(ask("select count(*) from sales_order where order_number ~ '-33$'"), "0");
  EXPECT_EQ(damage(), "");
}

TEST_F(Writing, a_full_queue_and_a_stopped_writer_say_so) {
  WriterSettings settings;
  settings.role = "writer";
  settings.queue = 2;
  Writer small(db().settings(), shared, settings);
  std::atomic<int> overloaded{0}, stopping{0}, decided{0};
  auto told = [&](std::optional<Undecided> why) {
    overloaded += why == Undecided::overloaded;
    stopping += why == Undecided::stopping;
    decided += !why;
  };
  auto slow = std::make_shared<Meanwhile>([] { std::this_thread::sleep_for(std::chrono::milliseconds(100)); });
  small.submit(slow, told);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  for (int i = 0; i < 5; ++i) small.submit(std::make_shared<Meanwhile>([] {}), told);
  small.stop();
  small.submit(std::make_shared<Meanwhile>([] {}), told);
  EXPECT_EQ(overloaded, 3);
  EXPECT_EQ(decided, 3) << "what waits is decided before the stop";
  EXPECT_EQ(stopping, 1);
}

TEST_F(Writing, a_database_that_is_away_is_answered_unavailable) {
  postgres::Settings nowhere;
  nowhere.connection = "postgresql://crossdock@127.0.0.1:1/none";
  WriterSettings settings;
  settings.role = "writer";
  settings.patience = std::chrono::milliseconds(100);
  Writer lost(nowhere, shared, settings);
  std::atomic<int> unavailable{0};
  std::atomic<bool> done{false};
  lost.submit(std::make_shared<Meanwhile>([] {}), [&](std::optional<Undecided> why) {
    unavailable += why == Undecided::unavailable;
    done = true;
  });
  for (int i = 0; i < 300 && !done; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(unavailable, 1);
  lost.stop();
}

}  // namespace
}  // namespace crossdock::store
