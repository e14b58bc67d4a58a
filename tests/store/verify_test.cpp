// `crossdock verify`: silent on good data, and each invariant, broken by hand, is found by its name.
#include "store/verify.hpp"
#include "base.hpp"

namespace crossdock::store {
namespace {

class Verifying : public WithStore<Verifying> {
 protected:
  void SetUp() override {
    WithStore::SetUp();
    if (IsSkipped() || ask("select count(*) from sales_order") != "0") return;
    db().run("insert into master values ('location', 'E', 1, '{\"code\":\"E\"}')");
    for (const char* sku : {"A", "B"}) stock({sku, "E"}, 50);
    auto supply = std::make_shared<PutMaster>();
    Supply document;
    document.number = "PO-1";
    SupplyLine line;
    line.line = 1, line.sku = "A", line.location = "E", line.quantity = qty(40), line.date = Zone().date_of(Instant::now()) + 5;
    document.lines = {line};
    supply->id = {"supply", "PO-1"};
    supply->body = to_json(document);
    supply->shares = shares_of("supply", supply->body);
    auto order = capture_of("V-1", {{"A", qty(12), "E", {}}, {"B", qty(60), "E", {}}}, OnShortage::backorder);
    order->checked.credit_counts = true;
    order->checked.total = qty(100);
    auto hold = reserve_of({{{"A", "E"}, qty(3), {}}});
    decide({supply.get(), order.get(), hold.get()});
    auto ship = ship_of("V-1", order->id, "E", {{1, qty(5), {}}}, Instant::now() + 1'000'000);
    decide(*ship);
    auto move = movement_of({"B", "E"}, 100, qty(-1), Instant::now());
    decide(*move);
    db().run("insert into feed_cursor (topic, partition, feed, next, start, applied) values ('t', 0, 'f', 10, 0, 10)");
  }

  std::map<std::string, std::size_t> found() {
    postgres::Connection connection(db().settings(), "verify");
    auto all = verify(connection);
    std::map<std::string, std::size_t> differences;
    EXPECT_TRUE(all) << all.failure().message;
    if (!all) return differences;
    for (const auto& each : *all) {
      EXPECT_FALSE(each.says.empty());
      EXPECT_GT(each.checked, 0U) << each.invariant;
      if (!each.differences.empty()) differences[each.invariant] = each.differences.size();
      for (const auto& difference : each.differences)
        EXPECT_FALSE(difference.subject.empty() || difference.detail.empty()) << each.invariant;
    }
    return differences;
  }

  void expect_found(const std::string& invariant, const std::string& damage, const std::string& repair) {
    db().run(damage);
    EXPECT_TRUE(found().contains(invariant)) << invariant << " does not see: " << damage;
    db().run(repair);
    EXPECT_TRUE(found().empty()) << "after " << repair;
  }
};

TEST_F(Verifying, good_data_is_silent) { EXPECT_TRUE(found().empty()); }

TEST_F(Verifying, negative_control_each_invariant_broken_by_hand_is_found) {
  db().run("alter table order_line drop constraint line_invariant");
  expect_found("line_figures", "update order_line set cancelled = 1 where line = 1", "update order_line set cancelled = 0 where line = 1");
  expect_found("line_commitments", "update commitment set quantity = quantity + 1, effected = effected + 1 where line = 1",
               "update commitment set quantity = quantity - 1, effected = effected - 1 where line = 1");
  expect_found("line_effects", "update awaited_effect set quantity = quantity + 1", "update awaited_effect set quantity = quantity - 1");
  expect_found("position_profiles", "update reservation_line set granted = granted + 1",
               "update reservation_line set granted = granted - 1");
  expect_found("position_profiles", "update position set safety_stock = 1 where sku = 'A'",
               "update position set safety_stock = 0 where sku = 'A'");
  expect_found("position_profiles", "update position set supply = '' where sku = 'A'",
               "update position set supply = (current_date + 5)::text || ':40' where sku = 'A'");
  expect_found("position_profiles", "update position set sku = 'gone' where sku = 'B'", "update position set sku = 'B' where sku = 'gone'");
  expect_found("position_movements", "update position set moves = moves + 1 where sku = 'B'",
               "update position set moves = moves - 1 where sku = 'B'");
  expect_found("position_stock", "update position set on_hand = on_hand + 1 where sku = 'A'",
               "update position set on_hand = on_hand - 1 where sku = 'A'");
  expect_found("position_stock", "update position set unavailable = 1 where sku = 'B'",
               "update position set unavailable = 0 where sku = 'B'");
  expect_found("position_stock", "update movement set delta = delta - 1", "update movement set delta = delta + 1");
  expect_found("released_orders", "update warehouse_order_line set quantity = 1 where order_line = 2",
               "update warehouse_order_line set quantity = 50 where order_line = 2");
  expect_found("pending_exposures", "update pending_exposure set amount = amount + 1", "update pending_exposure set amount = amount - 1");
  expect_found("feed_accounts", "update feed_cursor set applied = 11", "update feed_cursor set applied = 10");
  expect_found("data_gaps", "update feed_cursor set gap = 'lost'", "update feed_cursor set gap = ''");
}

}  // namespace
}  // namespace crossdock::store
