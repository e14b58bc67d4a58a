// PROTOCOLS.md D: stock below the promises raises inventory.shortfall with the orders concerned, newest promise first.
#include "base.hpp"

namespace crossdock::store {
namespace {

class Shortfalls : public WithStore<Shortfalls> {
 protected:
  /// Five orders are promised one each of five, one of them is cancelled in the end, then the shelf holds 2. The numbers of those named,
  /// as `statements` read them.
  std::string named(const std::string& sku, const std::vector<postgres::Statement>& statements) {
    stock({sku, "E"}, 5);
    for (int i = 1; i <= 5; ++i) {
      auto capture = capture_of(sku + "-" + std::to_string(i), {{sku, qty(1), "E", {}}});
      decide(*capture);
      EXPECT_EQ(capture->reply.status, 201);
    }
    db().run("update commitment set quantity = 0 where sku = '" + sku +
             "' and version = (select min(version) + 1 from commitment where sku = '" + sku + "')");
    postgres::Connection connection(db().settings(), "test", statements);
    auto count_now = snapshot_of({sku, "E"}, 1'000, qty(2), Instant::now());
    std::vector<Request*> batch{count_now.get()};
    EXPECT_TRUE(store::decide(connection, shared, batch));
    auto decoded = decode_body<InventoryShortfall>(
        ask("select document from outbox where topic = 'crossdock.inventory.shortfall.v1' and document like '%" + sku + "%'"));
    const auto* shortfall = std::get_if<InventoryShortfall>(&decoded);
    if (!shortfall) return "none";
    std::string numbers;
    for (const auto& order : shortfall->orders) numbers += order.order_number->substr(sku.size());
    return numbers;
  }
};

TEST_F(Shortfalls, name_who_is_promised_something_newest_first) { EXPECT_EQ(named("NEWEST", statements()), "-5-4-3-1"); }

TEST_F(Shortfalls, negative_control_names_in_another_order_and_of_nobody_concerned_are_seen) {
  EXPECT_NE(named("BLUR", broken("promised_at", "max(c.version)", "-max(c.version)")), "-5-4-3-1");
  EXPECT_NE(named("ALL", broken("promised_at", "and c.quantity > 0 and c.quantity > c.effected", "")), "-5-4-3-1");
}

}  // namespace
}  // namespace crossdock::store
