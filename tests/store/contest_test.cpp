// PROTOCOLS.md D on the real PostgreSQL: several writers on hot positions; never one too many, and every answer explained by one order.
#include <map>
#include <random>

#include "base.hpp"
#include "history.hpp"

namespace crossdock::store {
namespace {

class Contest : public WithStore<Contest> {
 protected:
  struct Asked {
    std::shared_ptr<Reserve> reserve;
    Told told;
  };

  /// `clients` of each writer reserve one after the other until all have asked `rounds` times; some release what they got.
  std::map<PositionKey, std::vector<Told>> contest(const std::vector<PositionKey>& keys, const std::vector<double>& weights, int writers,
                                                   int clients, int rounds) {
    std::vector<std::unique_ptr<Writer>> all;
    for (int i = 0; i < writers; ++i) all.push_back(writer());
    std::map<PositionKey, std::vector<Told>> told;
    std::mutex telling;
    std::vector<std::thread> threads;
    for (int c = 0; c < clients * writers; ++c)
      threads.emplace_back([&, c] {
        std::mt19937 random(static_cast<unsigned>(c));
        std::discrete_distribution<std::size_t> place(weights.begin(), weights.end());
        for (int i = 0; i < rounds; ++i)
          client_turn(*all[static_cast<std::size_t>(c % writers)], keys[place(random)], random, told, telling);
      });
    for (auto& thread : threads) thread.join();
    return told;
  }

  void client_turn(Writer& writer, const PositionKey& key, std::mt19937& random, std::map<PositionKey, std::vector<Told>>& told,
                   std::mutex& telling) {
    auto reserve = keyed(reserve_of({{key, qty(std::uniform_int_distribution<int>(1, 4)(random)), {}}}), new_id());
    Told one;
    one.asked = static_cast<std::int64_t>(reserve->lines[0].quantity.units() / Decimal::one);
    one.sent = std::chrono::steady_clock::now();
    Crowd crowd;
    crowd.submit(writer, reserve);
    crowd.wait();
    one.answered = std::chrono::steady_clock::now();
    ASSERT_EQ(crowd.undecided(), 0);
    if (reserve->reply.status == 201) {
      auto body = decode_body<Reservation>(reserve->reply.body);
      one.version = std::get<Reservation>(body).lines[0].version;
      one.got = one.asked;
    } else {
      ASSERT_EQ(reserve->reply.status, 409);
      one.kind = Told::refusal;
      for (const auto& [name, value] : reserve->reply.refusal->errors.at(0).members)
        if (name == "version") one.version = std::stoll(value);
    }
    std::lock_guard hold(telling);
    told[key].push_back(one);
  }

  std::int64_t held(const PositionKey& key) {
    return std::stoll(
        ask("select coalesce(sum(granted)::bigint, 0) from reservation_line l join reservation r on r.id = l.reservation_id where "
            "r.state in ('created', 'updated') and l.sku = '" +
            key.sku + "'"));
  }
};

TEST_F(Contest, one_hot_position_and_four_writers) {
  PositionKey key{"HOT", "E"};
  stock(key, 500);
  auto told = contest({key}, {1}, 4, 8, 25);
  ASSERT_EQ(told[key].size(), 800U);
  EXPECT_EQ(unexplained(told[key], 500, 1), "");
  EXPECT_LE(held(key), 500);
  EXPECT_GE(held(key), 497) << "what fits is granted";
  EXPECT_EQ(failures, 0) << last_failure;
}

TEST_F(Contest, zipf) {
  std::vector<PositionKey> keys;
  std::vector<double> weights;
  for (int i = 0; i < 20; ++i) {
    keys.push_back({"Z" + std::to_string(i), "E"});
    weights.push_back(1.0 / (i + 1));
    stock(keys.back(), 40);
  }
  for (const auto& [key, told] : contest(keys, weights, 3, 6, 40)) {
    EXPECT_EQ(unexplained(told, 40, 1), "") << key.sku;
    EXPECT_LE(held(key), 40);
  }
}

/// Check, then update, without the lock: what the checker must catch.
TEST_F(Contest, negative_control_without_the_lock_it_is_caught) {
  db().run("create table naive (free int, version int)");
  db().run("insert into naive values (60, 1)");
  std::vector<Told> told;
  std::mutex telling;
  std::vector<std::thread> threads;
  for (int c = 0; c < 8; ++c)
    threads.emplace_back([&] {
      auto connection = connect();
      for (int i = 0; i < 20; ++i) {
        Told one;
        one.asked = 1;
        one.sent = std::chrono::steady_clock::now();
        (void)postgres::transact(connection, [&](postgres::Transaction& tx) {
          auto rows = tx.execute("select free, version from naive");
          auto row = rows[0];
          std::int64_t free = row.integer(0), version = row.integer(1);
          one.kind = free < 1 ? Told::refusal : Told::grant;
          one.got = free < 1 ? 0 : 1;
          one.version = free < 1 ? version : version + 1;
          if (free >= 1) tx.query("update naive set free = $1::int, version = $2::int", free - 1, version + 1);
        });
        one.answered = std::chrono::steady_clock::now();
        std::lock_guard hold(telling);
        told.push_back(one);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_NE(unexplained(told, 60, 1), "");
}

TEST(History, sees_every_kind_of_damage) {
  auto at = [](int ms) { return std::chrono::steady_clock::time_point{} + std::chrono::milliseconds(ms); };
  std::vector<Told> good{{Told::grant, 3, 3, 2, at(0), at(9)},
                         {Told::grant, 2, 2, 3, at(1), at(9)},
                         {Told::refusal, 6, 0, 3, at(2), at(9)},
                         {Told::release, 3, 3, 4, at(10), at(11)}};
  EXPECT_EQ(unexplained(good, 10, 1), "");
  auto hole = good;
  hole[1].version = hole[2].version = 4;
  EXPECT_NE(unexplained(hole, 10, 1), "");
  EXPECT_NE(unexplained(good, 4, 1), "") << "one too many";
  auto late = good;
  late[0].sent = at(20), late[0].answered = at(21);
  EXPECT_NE(unexplained(late, 10, 1), "") << "real time";
  auto grudging = good;
  grudging[2].asked = 5;
  EXPECT_NE(unexplained(grudging, 10, 1), "") << "refused what was free";
}

/// Duplicates: of 64 concurrent ones of each key over two writers exactly one is no replay, and all have its bytes.
TEST_F(Contest, concurrent_duplicates_get_the_same_bytes) {
  auto one = writer(), two = writer(16);
  for (int round = 0; round < 12; ++round) {
    PositionKey key{"DUP" + std::to_string(round), "E"};
    stock(key, 5);  // enough for one, not for two
    std::vector<std::shared_ptr<KeyedRequest>> all;
    Crowd crowd;
    for (int i = 0; i < 64; ++i) {
      std::string idempotency = "dup-" + std::to_string(round);
      std::shared_ptr<KeyedRequest> request;
      if (round % 2)
        request = keyed(reserve_of({{key, qty(4), {}}}), idempotency);
      else
        request = keyed(capture_of("DUP-" + std::to_string(round), {{key.sku, qty(4), "E", {}}}), idempotency);
      all.push_back(request);
    }
    std::thread other([&] {
      for (int i = 0; i < 32; ++i) crowd.submit(*two, all[static_cast<std::size_t>(i)]);
    });
    for (int i = 32; i < 64; ++i) crowd.submit(*one, all[static_cast<std::size_t>(i)]);
    other.join();
    crowd.wait();
    int fresh = 0;
    for (const auto& request : all) {
      ASSERT_EQ(request->reply.status, 201) << round << " " << (request->reply.refusal ? request->reply.refusal->detail : "");
      fresh += !request->replayed;
      ASSERT_EQ(request->reply.body, all[0]->reply.body);
    }
    ASSERT_EQ(fresh, 1) << round;
  }
  EXPECT_EQ(failures, 0) << last_failure;
}

TEST_F(Contest, one_order_number_is_one_order) {
  auto one = writer(), two = writer();
  for (int round = 0; round < 8; ++round) {
    PositionKey key{"NUM" + std::to_string(round), "E"};
    stock(key, 5);
    std::vector<std::shared_ptr<Capture>> all;
    Crowd crowd;
    for (int i = 0; i < 16; ++i) {
      all.push_back(keyed(capture_of("NUM-" + std::to_string(round), {{key.sku, qty(4), "E", {}}}), new_id()));
      crowd.submit(i % 2 ? *one : *two, all.back());
    }
    crowd.wait();
    int made = 0;
    for (const auto& capture : all) {
      made += capture->reply.status == 201;
      ASSERT_TRUE(capture->reply.status == 201 || capture->reply.status == 200) << capture->reply.status;
    }
    ASSERT_EQ(made, 1);
  }
  EXPECT_EQ(ask("select count(*) from sales_order where order_number like 'NUM-%'"), "8");
}

TEST_F(Contest, of_two_orders_with_one_purchase_order_the_second_is_found) {
  auto one = writer(), two = writer();
  for (int round = 0; round < 10; ++round) {
    PositionKey a{"PO-A" + std::to_string(round), "E"}, b{"PO-B" + std::to_string(round), "E"};
    stock(a, 9), stock(b, 9);
    std::vector<std::shared_ptr<Capture>> all;
    for (const auto& key : {a, b}) {
      all.push_back(capture_of("PO-" + key.sku, {{key.sku, qty(1), "E", {}}}));
      all.back()->checked.order.customer_po = "PO" + std::to_string(round);
    }
    Crowd crowd;
    crowd.submit(*one, all[0]);
    crowd.submit(*two, all[1]);
    crowd.wait();
    int found = 0;
    for (const auto& capture : all) {
      auto told = capture->reply.refusal ? capture->reply.refusal->members : capture->reply.body;
      found += told.find("customer_po.duplicate") != std::string::npos;
    }
    ASSERT_EQ(found, 1) << round;
  }
}

TEST_F(Contest, concurrent_duplicates_of_a_shipment_with_an_implied_movement) {
  db().run("insert into master values ('location', 'E', 1, '{\"code\":\"E\"}') on conflict do nothing");
  auto one = writer(), two = writer();
  for (int round = 0; round < 10; ++round) {
    PositionKey key{"SHIP" + std::to_string(round), "E"};
    stock(key, 20);
    auto capture = capture_of("SHIP-" + std::to_string(round), {{key.sku, qty(12), "E", {}}});
    decide(*capture);
    std::vector<std::shared_ptr<Ship>> all;
    Crowd crowd;
    Instant at = Instant::now();
    for (int i = 0; i < 8; ++i) {
      all.push_back(ship_of("SHIP-" + std::to_string(round), capture->id, "E", {{1, qty(12), {}}}, at));
      all.back()->effect = ShipEffect::implied;
      crowd.submit(i % 2 ? *one : *two, all.back());
    }
    crowd.wait();
    ASSERT_EQ(crowd.undecided(), 0) << last_failure;
    int made = 0;
    for (const auto& ship : all) made += ship->reply.status == 201;
    ASSERT_EQ(made, 1);
    ASSERT_EQ(ask("select on_hand::int from position where sku = '" + key.sku + "'"), "8");
  }
}

/// Positions are written by their place (ctid), which the lock has told. A row that another transaction moved while its lock was waited for
/// is written where it lies now; a place that was read before the lock (the control) meets no row any more.
TEST_F(Contest, a_row_that_moved_while_its_lock_was_waited_for_is_written_where_it_lies) {
  PositionKey key{"MOVED", "E"};
  stock(key, 5);
  const auto place = ask("select ctid from position where sku = 'MOVED'");
  std::thread waiter;
  auto other = connect();
  const auto moved = postgres::transact(other, [&](postgres::Transaction& tx) {
    tx.execute("update position set version = version + 10 where sku = 'MOVED'");
    waiter = std::thread([&] { stock(key, 9); });
    while (ask("select count(*) from pg_locks where not granted") == "0") std::this_thread::sleep_for(std::chrono::milliseconds(2));
  });
  waiter.join();
  ASSERT_TRUE(moved) << moved.failure().message;
  EXPECT_EQ(ask("select version || ' ' || on_hand::int from position where sku = 'MOVED'"), "12 9");
  EXPECT_EQ(ask("select count(*) from position where ctid = '" + place + "' and sku = 'MOVED'"), "0");
}

}  // namespace
}  // namespace crossdock::store
