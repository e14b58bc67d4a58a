// PROTOCOLS.md A: the same key gets the same bytes, other content 422, a refusal frees it; an order's own identity never expires.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <functional>

#include "asks.hpp"
#include "books.hpp"

namespace crossdock::ledger {
namespace {

struct Shop {
  Books books;
  Shop() {
    auto snapshot = snapshot_of(shelf, 1, qty(10), books.now);
    books.decide(*snapshot);
  }
  std::shared_ptr<Capture> buy(const std::string& number, int quantity, const std::string& idempotency = {}) {
    auto capture = capture_of(number, {{"A", qty(quantity), "E", {}}});
    return idempotency.empty() ? capture : keyed(capture, idempotency);
  }
};

TEST(Key, twice_in_one_batch_is_one_order_and_the_same_bytes) {
  Shop shop;
  auto first = shop.buy("S-1", 4, "k"), second = shop.buy("S-1", 4, "k");
  shop.books.decide({first.get(), second.get()});
  EXPECT_EQ(first->reply.status, 201);
  EXPECT_FALSE(first->replayed);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(first->reply.body, second->reply.body);
  EXPECT_EQ(first->reply.headers, second->reply.headers);
  EXPECT_EQ(shop.books.orders.size(), 1U);
  EXPECT_EQ(shop.books.atp(shelf), qty(6));
}

/// Takes something away from the world between two requests of a batch, or puts something in.
class Meddler final : public Request {
 public:
  explicit Meddler(std::function<void(World&)> what) : what_(std::move(what)) {}
  void ask(const World&, Needs&) const override {}
  void decide(World& world) override { what_(world); }

 private:
  std::function<void(World&)> what_;
};

TEST(Key, negative_control_a_batch_that_forgets_its_keys_acts_twice) {
  for (bool forgetful : {false, true}) {
    Shop shop;
    auto first = keyed(reserve_of({{shelf, qty(3), {}}}), "k"), second = keyed(reserve_of({{shelf, qty(3), {}}}), "k");
    Meddler between([=](World& world) {
      if (forgetful) world.keys.clear();
    });
    shop.books.decide({first.get(), &between, second.get()});
    EXPECT_EQ(second->replayed, !forgetful);
    EXPECT_EQ(shop.books.atp(shelf), qty(forgetful ? 4 : 7));
  }
}

TEST(Key, in_another_batch_too) {
  Shop shop;
  auto first = shop.buy("S-1", 4, "k"), second = shop.buy("S-1", 4, "k");
  shop.books.decide(*first);
  shop.books.decide(*second);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(first->reply.body, second->reply.body);
}

TEST(Key, other_content_is_422_and_changes_nothing) {
  Shop shop;
  auto first = shop.buy("S-1", 4, "k"), second = shop.buy("S-2", 1, "k");
  shop.books.decide({first.get(), second.get()});
  ASSERT_TRUE(second->reply.refusal);
  EXPECT_EQ(second->reply.status, 422);
  EXPECT_EQ(second->reply.refusal->code, "idempotency_key_reused");
  EXPECT_EQ(shop.books.orders.size(), 1U);
}

TEST(Key, negative_control_without_a_fingerprint_another_body_gets_the_firsts_answer) {
  Shop shop;
  auto first = shop.buy("S-1", 4, "k"), second = shop.buy("S-2", 1, "k");
  first->fingerprint = second->fingerprint = {};
  shop.books.decide({first.get(), second.get()});
  EXPECT_EQ(second->reply.status, 201);
  EXPECT_EQ(second->reply.body, first->reply.body);
}

TEST(Key, a_refusal_frees_it_within_the_batch) {
  Shop shop;
  auto too_much = shop.buy("S-1", 40, "k"), corrected = shop.buy("S-1", 4, "k");
  shop.books.decide({too_much.get(), corrected.get()});
  ASSERT_TRUE(too_much->reply.refusal);
  EXPECT_EQ(too_much->reply.status, 422);
  EXPECT_EQ(too_much->reply.refusal->code, "order_rejected");
  EXPECT_EQ(corrected->reply.status, 201);
  EXPECT_FALSE(corrected->replayed);
  EXPECT_EQ(shop.books.keys.size(), 1U);
}

TEST(Key, negative_control_a_refusal_that_is_kept_meets_the_corrected_body) {
  Shop shop;
  auto too_much = shop.buy("S-1", 40, "k"), corrected = shop.buy("S-1", 4, "k");
  Meddler keeper([&](World& world) { world.keys[too_much->key] = {too_much->key, too_much->fingerprint, too_much->reply, Mark::created}; });
  shop.books.decide({too_much.get(), &keeper, corrected.get()});
  EXPECT_EQ(corrected->reply.status, 422);
}

TEST(Key, the_same_order_under_another_key_is_no_replay) {
  Shop shop;
  auto first = shop.buy("S-1", 4, "k1"), second = shop.buy("S-1", 4, "k2"), other = shop.buy("S-1", 5, "k3");
  shop.books.decide({first.get(), second.get(), other.get()});
  EXPECT_EQ(second->reply.status, 200);
  EXPECT_FALSE(second->replayed);
  EXPECT_EQ(other->reply.status, 409);
  EXPECT_EQ(other->reply.refusal->code, "order_exists");
}

TEST(Key, negative_control_an_order_number_that_nobody_knows_is_taken_again) {
  Shop shop;
  auto first = shop.buy("S-1", 4, "k1"), second = shop.buy("S-1", 4, "k2");
  Meddler between([](World& world) { world.order_numbers.clear(); });
  shop.books.decide({first.get(), &between, second.get()});
  EXPECT_EQ(second->reply.status, 201);
  EXPECT_EQ(shop.books.orders.size(), 2U);
}

TEST(Key, its_own_commit_found_again_is_no_replay) {
  Shop shop;
  auto order = shop.buy("S-1", 4, "k");
  shop.books.decide(*order);
  auto bytes = order->reply.body;
  shop.books.decide(*order);  // the COMMIT came through, its answer did not: the whole is decided again
  EXPECT_FALSE(order->replayed);
  EXPECT_EQ(order->reply.body, bytes);
  EXPECT_EQ(shop.books.atp(shelf), qty(6));
  auto duplicate = shop.buy("S-1", 4, "k");
  shop.books.decide(*duplicate);
  EXPECT_TRUE(duplicate->replayed);
}

TEST(Key, a_reservation_and_a_transition_too) {
  Shop shop;
  auto reserve = keyed(reserve_of({{shelf, qty(3), {}}}), "r"), again = keyed(reserve_of({{shelf, qty(3), {}}}), "r");
  shop.books.decide({reserve.get(), again.get()});
  EXPECT_EQ(reserve->reply.body, again->reply.body);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(shop.books.atp(shelf), qty(7));
  auto order = shop.buy("S-1", 2);
  shop.books.decide(*order);
  auto hold = [&](const std::string& code) {
    auto put = keyed(std::make_shared<PutHold>(), "h");
    put->id = order->id;
    put->code = code;
    put->precondition = {1, true, false};
    return put;
  };
  auto put = hold("check"), same = hold("check");
  shop.books.decide({put.get(), same.get()});
  EXPECT_EQ(put->reply.status, 200);
  EXPECT_TRUE(same->replayed) << "the repeat does not meet the new revision";
  EXPECT_EQ(same->reply.body, put->reply.body);
}

TEST(Key, a_purchase_order_number_used_twice_is_found) {
  Shop shop;
  auto first = shop.buy("S-1", 1), second = shop.buy("S-2", 1);
  for (auto* capture : {first.get(), second.get()}) {
    capture->checked.order.customer_po = "PO-7";
    capture->content = fingerprint(capture->checked.order);
  }
  shop.books.decide({first.get(), second.get()});
  EXPECT_EQ(shop.books.orders.at(first->id).verdict.find("customer_po.duplicate"), std::string::npos);
  auto told = second->reply.refusal ? second->reply.refusal->members : second->reply.body;
  EXPECT_NE(told.find("customer_po.duplicate"), std::string::npos) << told;
}

TEST(Transition, preconditions) {
  Shop shop;
  auto order = shop.buy("S-1", 2);
  shop.books.decide(*order);
  auto decide = [&](Precondition precondition, const std::string& id) {
    PutHold put;
    put.id = id;
    put.code = "check";
    put.precondition = precondition;
    shop.books.decide(put);
    return put.reply.status;
  };
  EXPECT_EQ(decide({1, true, false}, new_id()), 404);
  EXPECT_EQ(decide({}, order->id), 428);
  EXPECT_EQ(decide({7, true, false}, order->id), 412);
  EXPECT_EQ(decide({1, true, false}, order->id), 200);
  EXPECT_EQ(decide({1, true, false}, order->id), 412);
  EXPECT_EQ(decide({{}, true, true}, order->id), 200);
}

/// A sweep that finds nothing to do leaves no trace: neither revision nor time nor event.
TEST(Transition, a_release_that_is_not_due_changes_nothing) {
  Shop shop;
  auto order = capture_of("S-1", {{"A", qty(2), "E", shop.books.today() + 30}});
  shop.books.decide(*order);
  auto before = shop.books.orders.at(order->id);
  auto events = shop.books.outgoing.size();
  shop.books.now = shop.books.now + 60'000'000;
  ReleaseDue due;
  due.ids = {order->id};
  shop.books.decide(due);
  EXPECT_EQ(shop.books.orders.at(order->id).updated_at, before.updated_at);
  EXPECT_EQ(shop.books.orders.at(order->id).revision, before.revision);
  EXPECT_EQ(shop.books.outgoing.size(), events);
}

TEST(Transition, lifting_a_hold_by_hand_leaves_what_is_not_given_to_be_released) {
  Shop shop;
  shop.books.rules.release_automatically = false;
  auto order = shop.buy("S-1", 2);
  shop.books.decide(*order);
  PutHold put;
  put.id = order->id;
  put.code = "check";
  put.precondition.given = put.precondition.any = true;
  shop.books.decide(put);
  EXPECT_FALSE(shop.books.orders.at(order->id).release_due);
  LiftHold lift;
  lift.id = order->id;
  lift.code = "check";
  lift.precondition = put.precondition;
  shop.books.decide(lift);
  EXPECT_EQ(shop.books.orders.at(order->id).order_status, OrderStatus::accepted);
  EXPECT_TRUE(shop.books.orders.at(order->id).release_due);
  ReleaseOrder release;
  release.id = order->id;
  release.precondition = put.precondition;
  shop.books.decide(release);
  EXPECT_EQ(shop.books.orders.at(order->id).order_status, OrderStatus::released);
}

TEST(Shortfall, names_the_orders_newest_promise_first) {
  Shop shop;
  auto first = shop.buy("S-1", 4), second = shop.buy("S-2", 5);
  shop.books.decide(*first);
  shop.books.decide(*second);
  auto event = snapshot_of(shelf, 2, qty(3), shop.books.now);
  shop.books.decide(*event);
  ASSERT_EQ(shop.books.published("inventory.shortfall"), 1U);
  auto body = decode_body<InventoryShortfall>(*shop.books.outgoing.back().body);
  const auto& shortfall = std::get<InventoryShortfall>(body);
  EXPECT_EQ(shortfall.quantity, qty(6));
  ASSERT_EQ(shortfall.orders.size(), 2U);
  EXPECT_EQ(shortfall.orders[0].order_number, "S-2");
}

/// Says that it changes promises alone, and counts stock.
class Liar final : public Request {
 public:
  bool only_promises() const override { return true; }
  void ask(const World&, Needs& needs) const override { needs.positions.insert(shelf); }
  void decide(World& world) override {
    world.position(shelf)->profile.on_hand += qty(1);
    world.position(shelf)->mark = Mark::changed;
  }
};

TEST(Promises, negative_control_the_books_notice_who_changes_more_than_it_says) {
  Shop shop;
  EXPECT_NONFATAL_FAILURE(
      {
        Liar liar;
        shop.books.decide(liar);
      },
      "changed beyond what is promised");
}

}  // namespace
}  // namespace crossdock::ledger
