// PROTOCOLS.md G: a shipment, its stock movement and the promise, in any order. ATP ends right, and is never above the true one on the way.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "asks.hpp"
#include "books.hpp"

namespace crossdock::ledger {
namespace {

/// 50 on hand, 12 promised and given to the warehouse: the truth is 38, whatever has been told of it so far.
struct Scene {
  Books books;
  std::string order;
  std::string warehouse_order;
  Scene() {
    auto snapshot = snapshot_of(shelf, 1, qty(50), books.now + -200 * one_second);
    books.decide(*snapshot);
    auto capture = capture_of("S-1", {{"A", qty(12), "E", {}}});
    books.decide(*capture);
    EXPECT_EQ(capture->reply.status, 201);
    order = capture->id;
    warehouse_order = books.orders.at(order).warehouse_orders.at(0).id;
  }
  Decimal atp() const { return books.atp(shelf); }
};

using Step = std::function<void(Scene&)>;

Step shipment(int number, Decimal quantity, bool last, ShipEffect effect) {
  return [=](Scene& scene) {
    auto ship = ship_of("SH-" + std::to_string(number), scene.order, "E",
                        {{1, quantity, last ? std::optional(ShipDisposition::complete) : std::nullopt}},
                        scene.books.now + (-60 + number) * one_second);
    ship->effect = effect;
    scene.books.decide(*ship);
    ASSERT_EQ(ship->reply.status, 201);
  };
}

Step movement(int number, Decimal quantity, ReferenceKind kind, bool with_line) {
  return [=](Scene& scene) {
    auto move = movement_of(shelf, 2 + number, -quantity, scene.books.now + (-60 + number) * one_second);
    move->event.reason = MovementReason::ship;
    std::string target = kind == ReferenceKind::shipment ? "SH-" + std::to_string(number)
                         : kind == ReferenceKind::order  ? "S-1"
                                                         : scene.warehouse_order;
    move->event.reference =
        reference_to(kind, kind == ReferenceKind::order ? "shop" : "wms", target, with_line ? std::optional(1) : std::nullopt);
    scene.books.decide(*move);
    ASSERT_NE(move->outcome, Outcome::invalid);
  };
}

/// A count: after both shipments, and numbered after both movements.
Step count_after(Decimal on_hand) {
  return [=](Scene& scene) {
    auto snapshot = snapshot_of(shelf, 9, on_hand, scene.books.now + -30 * one_second);
    scene.books.decide(*snapshot);
  };
}

/// A count that was made before anything left, but may come late.
Step count_before() {
  return [](Scene& scene) {
    auto snapshot = snapshot_of(shelf, 1, qty(50), scene.books.now + -200 * one_second);
    snapshot->event.sequence = 1;
    scene.books.decide(*snapshot);
    auto later = snapshot_of(shelf, 2, qty(50), scene.books.now + -100 * one_second);
    later->event.sequence = 2;
    later->event.id = "late";
    scene.books.decide(*later);
  };
}

/// Runs every interleaving; `effects_at` says after how many of the steps all effects must have been seen (0: at the end only).
int every_interleaving(const std::vector<Step>& steps, bool repeat) {
  std::vector<std::size_t> order(steps.size());
  std::iota(order.begin(), order.end(), 0);
  int run = 0;
  do {
    Scene scene;
    std::string path;
    for (auto index : order) {
      path += std::to_string(index) + " ";
      steps[index](scene);
      EXPECT_LE(scene.atp(), qty(38)) << "oversell window after " << path;
      EXPECT_EQ(scene.books.broken_invariant(), "") << path;
    }
    EXPECT_EQ(scene.atp(), qty(38)) << path;
    EXPECT_EQ(scene.books.position(shelf).profile.on_hand, qty(38)) << path;
    EXPECT_TRUE(scene.books.position(shelf).profile.demand.empty()) << path;
    const auto& line = scene.books.orders.at(scene.order).lines.at(0);
    EXPECT_EQ(line.consumed, qty(12)) << path;
    EXPECT_EQ(scene.books.orders.at(scene.order).order_status, OrderStatus::closed) << path;
    EXPECT_TRUE(scene.books.early.empty()) << "a kept effect is left behind: " << path;
    if (repeat)
      for (auto index : order)
        if (index >= 2) steps[index](scene);
    EXPECT_EQ(scene.atp(), qty(38)) << "a repeat changed it: " << path;
    ++run;
    if (testing::Test::HasFailure()) return run;
  } while (std::next_permutation(order.begin(), order.end()));
  return run;
}

TEST(Effect, movements_in_every_interleaving) {
  int run = 0;
  for (auto kind : {ReferenceKind::shipment, ReferenceKind::order, ReferenceKind::warehouse_order})
    for (bool with_line : {false, true})
      run += every_interleaving({shipment(0, qty(5), false, ShipEffect::movement), shipment(1, qty(7), true, ShipEffect::movement),
                                 movement(0, qty(5), kind, with_line), movement(1, qty(7), kind, with_line)},
                                true);
  EXPECT_EQ(run, 6 * 24);
}

TEST(Effect, movements_and_a_count_after_both_in_every_interleaving) {
  for (auto kind : {ReferenceKind::shipment, ReferenceKind::order, ReferenceKind::warehouse_order})
    every_interleaving({shipment(0, qty(5), false, ShipEffect::movement), shipment(1, qty(7), true, ShipEffect::movement),
                        movement(0, qty(5), kind, true), movement(1, qty(7), kind, true), count_after(qty(38))},
                       true);
}

TEST(Effect, a_count_from_before_shows_nothing) {
  for (auto kind : {ReferenceKind::shipment, ReferenceKind::order}) {
    auto move0 = movement(1, qty(5), kind, true), move1 = movement(2, qty(7), kind, true);  // numbered 3 and 4: after the late count
    std::vector<Step> steps{shipment(1, qty(5), false, ShipEffect::movement), shipment(2, qty(7), true, ShipEffect::movement), move0, move1,
                            count_before()};
    every_interleaving(steps, false);
  }
}

TEST(Effect, snapshots_alone_in_every_interleaving) {
  every_interleaving(
      {shipment(0, qty(5), false, ShipEffect::snapshot), shipment(1, qty(7), true, ShipEffect::snapshot), count_after(qty(38))}, false);
}

TEST(Effect, implied_movements) {
  every_interleaving({shipment(0, qty(5), false, ShipEffect::implied), shipment(1, qty(7), true, ShipEffect::implied)}, false);
}

TEST(Effect, an_implied_movement_of_an_unknown_position_makes_it) {
  Scene scene;
  auto ship = ship_of("SH-1", scene.order, "W", {{1, qty(12), {}}}, scene.books.now);
  ship->effect = ShipEffect::implied;
  scene.books.decide(*ship);
  EXPECT_EQ(ship->reply.status, 201);
  EXPECT_EQ(scene.books.position({"A", "W"}).profile.on_hand, qty(-12));
  EXPECT_EQ(scene.books.broken_invariant(), "");
  EXPECT_EQ(scene.books.orders.at(scene.order).lines[0].consumed, qty(12));
  EXPECT_EQ(scene.atp(), qty(50)) << "the promise at E has gone with it";
}

TEST(Effect, the_clock_skew_of_the_feed_counts) {
  Scene scene;
  shipment(0, qty(12), true, ShipEffect::snapshot)(scene);
  auto snapshot = snapshot_of(shelf, 9, qty(50), scene.books.now + -59 * one_second);
  snapshot->clock_skew = std::chrono::seconds(5);
  scene.books.decide(*snapshot);
  EXPECT_EQ(scene.atp(), qty(38)) << "a second later is within the skew: not shown yet";
  auto later = snapshot_of(shelf, 10, qty(38), scene.books.now + -54 * one_second);
  later->clock_skew = std::chrono::seconds(5);
  scene.books.decide(*later);
  EXPECT_EQ(scene.atp(), qty(38));
  EXPECT_TRUE(scene.books.awaited.empty());
}

TEST(Effect, two_lines_of_one_item_are_told_apart_by_their_place) {
  Books books;
  auto snapshot = snapshot_of(shelf, 1, qty(50), books.now + -200 * one_second);
  books.decide(*snapshot);
  auto capture = capture_of("S-2", {{"A", qty(4), "E", {}}, {"A", qty(6), "E", {}}});
  books.decide(*capture);
  auto ship = ship_of("SH-1", capture->id, "E", {{1, qty(4), {}}, {2, qty(6), {}}}, books.now);
  books.decide(*ship);
  auto move = movement_of(shelf, 2, qty(-6), books.now);
  move->event.reference = reference_to(ReferenceKind::order, "shop", "S-2", 2);
  books.decide(*move);
  const auto& lines = books.orders.at(capture->id).lines;
  EXPECT_EQ(lines[0].awaited, qty(4));
  EXPECT_EQ(lines[1].consumed, qty(6));
  EXPECT_EQ(books.broken_invariant(), "");
}

struct Part {
  int quantity = 0;
  std::optional<ShipDisposition> disposition;
};

Step part_shipped(int number, const Part& part) {
  return [=](Scene& scene) {
    auto ship = ship_of("SH-" + std::to_string(number), scene.order, "E", {{1, qty(part.quantity), part.disposition}},
                        scene.books.now + (-60 + number) * one_second);
    scene.books.decide(*ship);
    ASSERT_EQ(ship->reply.status, 201);
  };
}

/// Both parts and their movements in every order. ATP is never above what has been told to be gone, by either of the two; the end is
/// the same whichever part came first.
void parts_in_every_interleaving(const Part& first, const Part& second_part,
                                 const std::function<void(const LineRow&, const std::string&)>& check) {
  const Decimal gone = qty(first.quantity + second_part.quantity);
  for (auto kind : {ReferenceKind::shipment, ReferenceKind::order, ReferenceKind::warehouse_order})
    for (bool with_line : {false, true}) {
      std::vector<Step> steps{part_shipped(0, first), part_shipped(1, second_part), movement(0, qty(first.quantity), kind, with_line),
                              movement(1, qty(second_part.quantity), kind, with_line)};
      std::vector<std::size_t> order{0, 1, 2, 3};
      do {
        Scene scene;
        int told[4] = {};  // by shipments, then by movements
        std::string path = std::to_string(static_cast<int>(kind)) + (with_line ? " line: " : ": ");
        for (auto index : order) {
          path += std::to_string(index) + " ";
          steps[index](scene);
          told[index] = index % 2 == 0 ? first.quantity : second_part.quantity;
          // A movement that names the order may be of either part: only how much has gone is known then.
          int gone_by_now = kind == ReferenceKind::shipment ? std::max(told[0], told[2]) + std::max(told[1], told[3])
                                                            : std::max(told[0] + told[1], told[2] + told[3]);
          EXPECT_LE(scene.atp(), qty(50 - gone_by_now)) << "oversell window after " << path;
          EXPECT_EQ(scene.books.broken_invariant(), "") << path;
        }
        EXPECT_EQ(scene.books.position(shelf).profile.on_hand, qty(50) - gone) << path;
        EXPECT_TRUE(scene.books.position(shelf).profile.demand.empty()) << path;
        EXPECT_TRUE(scene.books.early.empty()) << "a kept effect is left behind: " << path;
        const auto& line = scene.books.orders.at(scene.order).lines.at(0);
        EXPECT_EQ(line.consumed, gone) << path;
        EXPECT_EQ(line.awaited, Decimal()) << path;
        check(line, path);
        if (testing::Test::HasFailure()) return;
      } while (std::next_permutation(order.begin(), order.end()));
    }
}

/// PROTOCOLS.md G, "in any order": 5, then 3 and "the rest is cancelled", is 8 shipped and 4 cancelled also where the last part is told
/// first.
TEST(Effect, a_short_cancel_before_an_earlier_part_in_every_interleaving) {
  parts_in_every_interleaving({5, {}}, {3, ShipDisposition::short_cancel}, [](const LineRow& line, const std::string& path) {
    EXPECT_EQ(line.cancelled, qty(4)) << path;
    EXPECT_EQ(line.shorted, qty(4)) << path;
    EXPECT_EQ(line.over_shipped, Decimal()) << path;
  });
}

TEST(Effect, a_short_backorder_before_an_earlier_part_in_every_interleaving) {
  parts_in_every_interleaving({5, {}}, {3, ShipDisposition::short_backorder}, [](const LineRow& line, const std::string& path) {
    EXPECT_EQ(line.backordered, qty(4)) << path;
    EXPECT_EQ(line.over_shipped, Decimal()) << path;
  });
}

/// What goes beyond the order was never promised; it is missing on the shelf all the same.
TEST(Effect, more_than_ordered_opens_no_window_in_every_interleaving) {
  parts_in_every_interleaving({5, {}}, {10, ShipDisposition::complete}, [](const LineRow& line, const std::string& path) {
    EXPECT_EQ(line.over_shipped, qty(3)) << path;
    EXPECT_EQ(line.cancelled, Decimal()) << path;
  });
}

/// The row without its column: the part that is told late then counts as more than was ordered.
TEST(Effect, negative_control_a_cut_that_is_forgotten_makes_the_earlier_part_too_much) {
  for (bool forgetful : {false, true}) {
    Scene scene;
    part_shipped(1, {3, ShipDisposition::short_cancel})(scene);
    auto line = [&]() -> LineRow& { return scene.books.orders.at(scene.order).lines.at(0); };  // each decision writes the rows anew
    EXPECT_EQ(line().shorted, qty(9));
    if (forgetful) line().shorted = {};
    part_shipped(0, {5, {}})(scene);
    EXPECT_EQ(line().over_shipped, qty(forgetful ? 5 : 0));
    EXPECT_EQ(line().cancelled, qty(forgetful ? 9 : 4));
  }
}

/// A movement that came before its shipment and was not kept: what has left stays promised for ever.
TEST(Effect, negative_control_an_early_effect_that_is_forgotten_leaves_its_demand) {
  for (bool forgetful : {false, true}) {
    Scene scene;
    movement(0, qty(12), ReferenceKind::shipment, true)(scene);
    EXPECT_EQ(scene.books.early.size(), 1U);
    if (forgetful) scene.books.early.clear();
    shipment(0, qty(12), true, ShipEffect::movement)(scene);
    EXPECT_EQ(scene.books.position(shelf).profile.demand.empty(), !forgetful);
    EXPECT_EQ(scene.atp(), qty(forgetful ? 26 : 38));
  }
}

/// A rest that capture cancelled was never the warehouse's: what it sends beyond its part is more than was ordered of it.
TEST(Effect, only_what_a_warehouse_cut_short_comes_back) {
  Books books;
  auto snapshot = snapshot_of(shelf, 1, qty(10), books.now + -200 * one_second);
  books.decide(*snapshot);
  auto capture = capture_of("S-3", {{"A", qty(12), "E", {}}}, OnShortage::partial);
  books.decide(*capture);
  auto ship = ship_of("SH-1", capture->id, "E", {{1, qty(11), {}}}, books.now);
  books.decide(*ship);
  const auto& line = books.orders.at(capture->id).lines[0];
  EXPECT_EQ(line.cancelled, qty(2));
  EXPECT_EQ(line.over_shipped, qty(1));
  EXPECT_EQ(books.broken_invariant(), "");
}

/// "The document consumes, the movement too": the rule that PROTOCOLS.md G replaces.
TEST(Effect, negative_control_document_and_movement_both_consume) {
  int wrong_end = 0, window = 0, run = 0;
  std::vector<int> order{0, 1, 2, 3, 4};
  do {
    int on_hand = 50, demand = 12;
    bool open = false, counted = false;
    for (int step : order) {
      if (step == 0) demand -= 5, on_hand -= 5;
      if (step == 1) demand -= 7, on_hand -= 7;
      if (step == 2 && !counted) on_hand -= 5;
      if (step == 3 && !counted) on_hand -= 7;
      if (step == 4) on_hand = 38, counted = true;
      open = open || on_hand - demand > 38;
    }
    wrong_end += on_hand - demand != 38;
    window += open;
    ++run;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(run, 120);
  EXPECT_GT(wrong_end, 40);
  RecordProperty("wrong_end", wrong_end);
  RecordProperty("window", window);
}

}  // namespace
}  // namespace crossdock::ledger
