// The lateness horizon: folded or not, a position is the same function of the set of its events, as long as none is later than that.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "asks.hpp"
#include "books.hpp"
#include "ledger/fold.hpp"

namespace crossdock::ledger {
namespace {

constexpr std::int64_t horizon = 1'000 * one_second;

struct Telling {
  bool snapshot = false;
  std::int64_t epoch = 1, sequence = 0, at = 0;
  std::int64_t on_hand = 0, unavailable = 0;
  bool ships = false;
  std::int64_t told = 0;  ///< when it comes
  int number = 0;
};

/// A source's events, each told less than the horizon after it was made, and repeated at any time later.
std::vector<Telling> random_life(std::mt19937& random, Numbering numbering) {
  auto pick = [&](std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); };
  std::vector<Telling> all;
  std::int64_t made = 0, epoch = 1, sequence = 0;
  for (int n = 0, count = static_cast<int>(pick(4, 24)); n < count; ++n) {
    made += pick(0, 2) * pick(0, 300) * one_second;
    if (numbering == Numbering::growing && pick(0, 9) == 0) ++epoch, sequence = 0;
    sequence += numbering == Numbering::growing ? pick(1, 2) : 1;
    Telling one;
    one.snapshot = pick(0, 7) == 0;
    one.epoch = epoch, one.sequence = sequence, one.at = made, one.number = n;
    one.on_hand = one.snapshot ? pick(0, 80) : pick(-9, 9);
    one.unavailable = pick(0, 3);
    one.ships = !one.snapshot && one.on_hand < 0 && pick(0, 1);
    one.told = made + pick(0, horizon - 1);
    all.push_back(one);
    for (auto again = pick(0, 2); again > 0; --again) {
      all.push_back(one);
      all.back().told += pick(0, 4 * horizon);
    }
  }
  std::sort(all.begin(), all.end(), [](const Telling& a, const Telling& b) { return a.told < b.told; });
  return all;
}

std::shared_ptr<StockEvent> request_of(const Telling& one, Instant begin, Numbering numbering) {
  auto request = one.snapshot ? snapshot_of(shelf, one.sequence, qty(one.on_hand), begin + one.at, one.epoch)
                              : movement_of(shelf, one.sequence, qty(one.on_hand), begin + one.at, one.epoch);
  request->event.id = "e" + std::to_string(one.number);
  request->numbering = numbering;
  (one.snapshot ? request->event.unavailable : request->event.unavailable_delta) = qty(one.unavailable);
  if (one.ships) request->event.reference = reference_to(ReferenceKind::shipment, "wms", "SH-" + std::to_string(one.number), 1);
  return request;
}

enum class Folding { none, right, forgets_the_mark, within_the_horizon, loses_one };

struct End {
  Decimal on_hand, unavailable, early;
  std::int64_t version = 0;
  bool gap = false;
  std::size_t rows = 0, accounted = 0;
  bool sums_up = true;  ///< what `verify` asks of a position, after each fold
  /// What may not depend on the folds.
  bool same(const End& other) const {
    return std::tie(on_hand, unavailable, early, version, gap) ==
               std::tie(other.on_hand, other.unavailable, other.early, other.version, other.gap) &&
           sums_up;
  }
};

bool sums_up(const Books& books) {
  const auto& position = books.positions.at(shelf);
  Decimal on_hand = position.snapshot_on_hand, unavailable = position.snapshot_unavailable;
  std::int64_t moves = position.folded;
  for (const auto& [id, row] : books.movements) {
    if (!row.counts(position)) continue;
    on_hand += row.delta, unavailable += row.unavailable_delta;
    moves += id.sequence.epoch == position.snapshot.epoch;
  }
  return on_hand == position.profile.on_hand && unavailable == position.profile.unavailable &&
         (position.snapshot.number < 0 || moves == position.moves);
}

void fold(Books& books, Folding how) {
  if (how == Folding::none || !books.positions.contains(shelf)) return;
  FoldMovements request;
  request.keys = {shelf};
  request.horizon = std::chrono::microseconds(how == Folding::within_the_horizon ? 0 : horizon);
  auto before = books.position(shelf);
  books.decide(request);
  EXPECT_EQ(books.position(shelf).version, before.version);
  if (how == Folding::forgets_the_mark) books.position(shelf).folded_to = before.folded_to;
  if (how == Folding::loses_one && request.folded > 0) books.position(shelf).snapshot_on_hand = before.snapshot_on_hand;
}

End lived(const std::vector<Telling>& all, Numbering numbering, Folding how, unsigned seed) {
  std::mt19937 random(seed);
  Books books;
  const auto begin = books.now;
  End end;
  for (const auto& one : all) {
    books.now = begin + one.told;
    auto request = request_of(one, begin, numbering);
    books.decide(*request);
    end.accounted += request->outcome != Outcome::invalid && request->outcome != Outcome::waiting;
    if (std::uniform_int_distribution<int>(0, 2)(random) == 0) fold(books, how), end.sums_up = end.sums_up && sums_up(books);
  }
  books.now = books.now + 2 * horizon;
  fold(books, how);
  end.sums_up = end.sums_up && sums_up(books);
  const auto& position = books.position(shelf);
  end.on_hand = position.profile.on_hand, end.unavailable = position.profile.unavailable, end.version = position.version;
  end.gap = position.gap_since.has_value();
  end.rows = books.movements.size();
  for (const auto& [id, row] : books.early) end.early += row.quantity;
  return end;
}

void folded_or_not(unsigned seed, Numbering numbering) {
  std::mt19937 random(seed);
  auto all = random_life(random, numbering);
  auto plain = lived(all, numbering, Folding::none, seed), folded = lived(all, numbering, Folding::right, seed);
  ASSERT_TRUE(folded.same(plain)) << "seed " << seed << ": " << folded.on_hand.text() << " on hand, want " << plain.on_hand.text()
                                  << "; early " << folded.early.text() << ", want " << plain.early.text() << "; sums up " << folded.sums_up
                                  << "; version " << folded.version << ", want " << plain.version;
  ASSERT_EQ(folded.accounted, all.size());
  if (!folded.gap) {
    ASSERT_EQ(folded.rows, 0U) << "seed " << seed << ": all of it is old, none is held back";
  }
}

int caught(Numbering numbering, Folding how) {
  int wrong = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    auto all = random_life(random, numbering);
    wrong += !lived(all, numbering, how, seed).same(lived(all, numbering, Folding::none, seed));
  }
  return wrong;
}

TEST(Horizon, folding_changes_nothing_within_it) {
  for (unsigned seed = 0; seed < 1'000; ++seed) folded_or_not(seed, Numbering::growing);
}

TEST(Horizon, a_dense_feed_too) {
  for (unsigned seed = 0; seed < 400; ++seed) folded_or_not(seed, Numbering::dense);
}

TEST(Horizon, without_sequence_too) {
  for (unsigned seed = 0; seed < 400; ++seed) folded_or_not(seed, Numbering::none);
}

TEST(Horizon, negative_control_broken_folds_are_caught) {
  for (auto numbering : {Numbering::growing, Numbering::dense, Numbering::none}) {
    EXPECT_GT(caught(numbering, Folding::forgets_the_mark), 50);
    EXPECT_GT(caught(numbering, Folding::within_the_horizon), 10);
    EXPECT_GT(caught(numbering, Folding::loses_one), 50);
  }
}

class Horizons : public testing::Test {
 protected:
  Outcome tell(bool snapshot, std::int64_t sequence, std::int64_t on_hand, Numbering numbering = Numbering::growing) {
    auto request = snapshot ? snapshot_of(shelf, sequence, qty(on_hand), books.now) : movement_of(shelf, sequence, qty(on_hand), books.now);
    request->numbering = numbering;
    books.decide(*request);
    return request->outcome;
  }
  std::size_t fold() {
    FoldMovements request;
    request.keys = {shelf};
    request.horizon = std::chrono::microseconds(horizon);
    books.decide(request);
    return request.folded;
  }
  void later() { books.now = books.now + horizon + one_second; }
  Decimal on_hand() { return books.position(shelf).profile.on_hand; }
  Books books;
};

TEST_F(Horizons, a_young_one_of_a_lower_number_holds_back_what_follows_it) {
  tell(false, 1, 1), tell(false, 3, 4);
  later();
  tell(false, 2, 2);
  EXPECT_EQ(fold(), 1U);
  EXPECT_EQ(books.position(shelf).folded_to, (Sequence{1, 1}));
  later();
  EXPECT_EQ(fold(), 2U);
  EXPECT_EQ(on_hand(), qty(7));
}

TEST_F(Horizons, what_is_older_than_the_folded_comes_too_late) {
  tell(true, 1, 10), tell(false, 5, -1);
  later();
  EXPECT_EQ(fold(), 1U);
  EXPECT_EQ(tell(false, 5, -1), Outcome::superseded) << "the same again";
  EXPECT_EQ(tell(false, 4, -1), Outcome::superseded) << "later than the horizon";
  EXPECT_EQ(tell(true, 3, 99), Outcome::superseded);
  EXPECT_EQ(on_hand(), qty(9));
  EXPECT_EQ(tell(true, 6, 20), Outcome::applied);
  EXPECT_EQ(books.position(shelf).folded, 0);
  EXPECT_EQ(on_hand(), qty(20));
  EXPECT_EQ(tell(false, 5, -1), Outcome::superseded);
  EXPECT_TRUE(books.movements.empty());
}

TEST_F(Horizons, a_gap_is_still_found_where_it_is) {
  for (std::int64_t sequence : {1, 2, 3}) tell(false, sequence, 1, Numbering::dense);
  later();
  EXPECT_EQ(fold(), 3U);
  tell(false, 4, 1, Numbering::dense);
  EXPECT_FALSE(books.position(shelf).gap_since);
  tell(false, 7, 1, Numbering::dense);
  ASSERT_TRUE(books.position(shelf).gap_since);
  later();
  EXPECT_EQ(fold(), 0U) << "the missing may still be told";
  RaiseGaps raise;
  raise.keys = {shelf};
  books.decide(raise);
  ASSERT_EQ(books.published("inventory.gap"), 1U);
  auto body = decode_body<InventoryGap>(*books.outgoing.back().body);
  EXPECT_EQ(std::get<InventoryGap>(body).from, 5);
  EXPECT_EQ(std::get<InventoryGap>(body).to, 6);
  tell(true, 8, 30, Numbering::dense);
  EXPECT_EQ(fold(), 2U) << "below a snapshot nothing is missed";
}

/// The hub's own movements stand by their time: a snapshot from before one that was folded cannot take it out again.
TEST_F(Horizons, implied_movements_are_folded_by_their_time) {
  tell(true, 1, 50);
  auto imply = [&](const std::string& id, std::int64_t ago, std::int64_t quantity) {
    MovementKey movement{shelf, {implied_epoch, (books.now + -ago).micros}, id};
    books.movements[movement] = MovementRow{movement, id, "wms", books.now + -ago, qty(-quantity), {}, "ship", Mark::clean, books.now};
    books.position(shelf).profile.on_hand -= qty(quantity);
  };
  books.now = books.now + 10 * one_second;
  imply("a", 5 * one_second, 3);
  auto between = snapshot_of(shelf, 2, qty(99), books.now + -7 * one_second);
  later();
  imply("b", 0, 2);
  EXPECT_EQ(fold(), 1U);
  EXPECT_TRUE(sums_up(books));
  books.decide(*between);
  EXPECT_EQ(between->outcome, Outcome::superseded);
  EXPECT_EQ(on_hand(), qty(45));
  auto next = snapshot_of(shelf, 3, qty(40), books.now + -one_second);
  books.decide(*next);
  EXPECT_EQ(on_hand(), qty(38)) << "b is after it";
  EXPECT_TRUE(sums_up(books));
}

TEST_F(Horizons, where_time_is_the_order_a_date_in_the_future_is_not_passed) {
  auto far = movement_of(shelf, 0, qty(1), books.now + 100 * horizon);
  far->numbering = Numbering::none;
  books.decide(*far);
  later();
  EXPECT_EQ(fold(), 0U) << "all that comes would be older than it";
}

}  // namespace
}  // namespace crossdock::ledger
