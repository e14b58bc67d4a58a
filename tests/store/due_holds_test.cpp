// Many holds fall due on one item: a request ends a few of them, is not refused for the others, and the sweep ends what is left.
#include "base.hpp"

namespace crossdock::store {
namespace {

class Due : public WithStore<Due> {
 protected:
  void SetUp() override {
    WithStore::SetUp();
    shared.due_holds = {.first = 4, .walk = 12, .most = 16};
    connection = connect();
    db().run("update reservation set state = 'released'; update position set earliest_expiry = null");  // of the tests before
  }
  std::shared_ptr<Reserve> reserve(const PositionKey& key, std::int64_t quantity) {
    auto request = reserve_of({{key, qty(quantity), {}}});
    decide_here({request.get()});
    return request;
  }
  /// Holds of one piece on each of their positions, which have ended in that order, from 2 s ago on.
  void due(const std::vector<std::vector<PositionKey>>& all) {
    std::vector<std::shared_ptr<Reserve>> holds;
    std::vector<Request*> batch;
    std::string values;
    for (const auto& keys : all) {
      std::vector<std::tuple<PositionKey, Decimal, std::optional<Date>>> lines;
      for (const auto& key : keys) lines.emplace_back(key, qty(1), std::nullopt);
      values += (holds.empty() ? "('" : ", ('");
      holds.push_back(reserve_of(lines));
      values += holds.back()->id + "'::uuid, " + std::to_string(holds.size()) + ")";
      batch.push_back(holds.back().get());
    }
    decide_here(batch);
    db().run("update reservation r set expires_at = now() - interval '2 s' + v.n * interval '1 ms' from (values " + values +
             ") as v(id, n) where r.id = v.id");
    db().run(
        "update position p set earliest_expiry = (select min(r.expires_at) from reservation_line l join reservation r on r.id = "
        "l.reservation_id and r.state = 'created' where (l.sku, l.location) = (p.sku, p.location))");
  }
  void due(const PositionKey& key, int count) { due(std::vector(static_cast<std::size_t>(count), std::vector{key})); }
  void sweep() {
    ExpireReservations request;
    for (int i = 0; i < 100; ++i) {
      auto id = ask(
          "select coalesce(max(id::text), '') from (select id from reservation where state = 'created' and expires_at <= now() order by "
          "expires_at limit 1) as r");
      if (id.empty()) return;
      request.ids = {id};
      decide_here({&request});
    }
    FAIL() << "it does not end";
  }
  std::string count(const std::string& state, const std::string& sku) {
    return ask("select count(distinct r.id) from reservation r join reservation_line l on l.reservation_id = r.id where r.state = '" +
               state + "' and l.sku like '" + sku + "'");
  }
  /// Positions that hope for their next expiry later than it comes: no request would look for it there.
  std::string forgetful() {
    return ask(
        "select coalesce(string_agg(p.sku, ' '), '') from position p join (select l.sku, l.location, min(r.expires_at) as first from "
        "reservation r join reservation_line l on l.reservation_id = r.id and l.granted > 0 where r.state in ('created', 'updated') group "
        "by 1, 2) as h on (h.sku, h.location) = (p.sku, p.location) where p.earliest_expiry is null or p.earliest_expiry > h.first");
  }
  void decide_here(const std::vector<Request*>& batch) {
    auto decided = store::decide(*connection, shared, batch);
    ASSERT_TRUE(decided) << decided.failure().sqlstate << " " << decided.failure().message;
  }
  std::optional<postgres::Connection> connection;
};

TEST_F(Due, a_request_ends_a_few_and_the_next_goes_on) {
  PositionKey key{"FEW", "E"};
  stock(key, 100);
  due(key, 10);
  EXPECT_EQ(reserve(key, 1)->reply.status, 201);
  EXPECT_EQ(count("expired", "FEW"), "4");
  EXPECT_EQ(ask("select count(*) from reservation r join reservation_line l on l.reservation_id = r.id and l.sku = 'FEW' where "
                "r.state = 'expired' and r.expires_at > (select min(expires_at) from reservation r join reservation_line l on "
                "l.reservation_id = r.id and l.sku = 'FEW' where r.state = 'created')"),
            "0")
      << "the earliest first";
  EXPECT_EQ(ask("select count(*) from position where sku = 'FEW' and earliest_expiry < now()"), "1") << "so that the next goes on";
  EXPECT_EQ(reserve(key, 1)->reply.status, 201);
  EXPECT_EQ(count("expired", "FEW"), "8");
  EXPECT_EQ(reserve(key, 1)->reply.status, 201);
  EXPECT_EQ(count("expired", "FEW"), "10");
  EXPECT_EQ(ask("select split_part(demand, ':', 2) from position where sku = 'FEW'"), "3");
  EXPECT_EQ(ask("select count(*) from position where sku = 'FEW' and earliest_expiry > now()"), "1");
  EXPECT_EQ(forgetful(), "");
}

/// The check of the test above, on a loader without a bound.
TEST_F(Due, negative_control_without_a_bound_all_are_ended_at_once) {
  PositionKey key{"ALL", "E"};
  stock(key, 100);
  due(key, 10);
  shared.due_holds = {.first = 1'000'000, .walk = 1'000'000, .most = 1'000'000};
  EXPECT_EQ(reserve(key, 1)->reply.status, 201);
  EXPECT_EQ(count("expired", "ALL"), "10");
}

TEST_F(Due, nobody_is_refused_for_holds_that_are_over) {
  PositionKey key{"FULL", "E"};
  stock(key, 30);
  due(key, 30);
  EXPECT_EQ(reserve(key, 10)->reply.status, 201) << "four are not enough, sixteen are";
  EXPECT_EQ(count("expired", "FULL"), "16");
  EXPECT_EQ(reserve(key, 21)->reply.status, 409) << "more than there is";
  EXPECT_EQ(reserve(key, 20)->reply.status, 201);
  EXPECT_EQ(forgetful(), "");
}

TEST_F(Due, for_more_than_the_bound_the_sweep_is_waited_for) {
  PositionKey key{"LOTS", "E"};
  stock(key, 30);
  due(key, 30);
  EXPECT_EQ(reserve(key, 20)->reply.status, 409);
  EXPECT_EQ(count("expired", "LOTS"), "16") << "what was ended for it stays ended";
  sweep();
  EXPECT_EQ(reserve(key, 20)->reply.status, 201);
  EXPECT_EQ(forgetful(), "");
}

TEST_F(Due, an_order_does_not_wait_in_the_queue_for_holds_that_are_over) {
  PositionKey key{"QUEUE", "E"};
  stock(key, 30);
  due(key, 30);
  auto order = capture_of("QUEUE", {{"QUEUE", qty(10), "E", {}}}, OnShortage::backorder);
  decide(*order);
  EXPECT_EQ(order->reply.status, 201);
  EXPECT_EQ(ask("select trim_scale(backordered) from order_line l join sales_order o on o.id = l.order_id where order_number = 'QUEUE'"),
            "0");
}

/// The same without a second look: refused for want of stock that nobody holds any more.
TEST_F(Due, negative_control_who_does_not_look_further_is_refused) {
  PositionKey key{"WANT", "E"};
  stock(key, 30);
  due(key, 30);
  shared.due_holds.most = shared.due_holds.first;
  EXPECT_EQ(reserve(key, 10)->reply.status, 409);
}

TEST_F(Due, holds_on_a_chain_of_positions_do_not_pull_in_the_whole_chain) {
  constexpr int links = 40;
  std::vector<PositionKey> keys;
  for (int i = 0; i <= links; ++i) keys.push_back({"CHAIN" + std::to_string(i), "E"}), stock(keys.back(), 3);
  std::vector<std::vector<PositionKey>> holds;
  for (std::size_t i = 0; i < links; ++i) holds.push_back({keys[i], keys[i + 1]});
  due(holds);
  EXPECT_EQ(reserve(keys[0], 3)->reply.status, 201);
  EXPECT_LE(std::stoi(count("expired", "CHAIN%")), 4);
  EXPECT_EQ(count("expired", "CHAIN0"), "1");
  EXPECT_EQ(forgetful(), "");
}

TEST_F(Due, what_is_over_on_other_items_is_passed_by_only_as_far_as_it_pays) {
  PositionKey ours{"OURS", "E"}, others{"OTHERS", "E"};
  stock(ours, 5), stock(others, 100);
  due(others, 40);
  due(ours, 3);
  db().run(
      "update reservation set expires_at = now() - interval '1 second' where id in (select reservation_id from reservation_line where "
      "sku = 'OURS')");
  EXPECT_EQ(reserve(ours, 1)->reply.status, 201);
  EXPECT_EQ(count("expired", "OURS"), "0") << "they are not among the first twelve, and not in the way";
  EXPECT_EQ(ask("select count(*) from position where sku = 'OURS' and earliest_expiry < now()"), "1") << "so that the next looks again";
  EXPECT_EQ(reserve(ours, 4)->reply.status, 201) << "here they are in the way";
  EXPECT_EQ(count("expired", "OURS"), "3");
  EXPECT_EQ(count("expired", "OTHERS"), "0");
  EXPECT_EQ(forgetful(), "");
}

/// A position learns from a bounded look when its next hold ends at the soonest, never later.
TEST_F(Due, the_next_expiry_is_not_hoped_for_too_late) {
  PositionKey far{"FAR", "E"}, near{"NEAR", "E"};
  stock(far, 1'000), stock(near, 1'000);
  due(far, 1);
  std::vector<std::shared_ptr<Reserve>> holds;
  std::vector<Request*> batch;
  for (int i = 0; i < 300; ++i) holds.push_back(reserve_of({{near, qty(1), {}}})), batch.push_back(holds.back().get());
  decide_here(batch);
  auto late = reserve_of({{far, qty(1), {}}}, ReservationPolicy::all_or_nothing, std::chrono::seconds(1'200));
  decide_here({late.get()});
  EXPECT_EQ(count("expired", "FAR"), "1");
  EXPECT_EQ(forgetful(), "");
  EXPECT_EQ(ask("select count(*) from position where sku = 'FAR' and earliest_expiry > now() + interval '800 s'"), "1")
      << "and not at once";
}

}  // namespace
}  // namespace crossdock::store
