// PROTOCOLS.md B: a position is a function of the set of its events, whatever their order and however often each comes.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "asks.hpp"
#include "books.hpp"

namespace crossdock::ledger {
namespace {

struct Said {
  bool snapshot = false;
  std::int64_t epoch = 1, sequence = 0, at = 0;
  Decimal on_hand, unavailable;  ///< of a movement: the deltas
  std::string id;
};

struct Stock {
  Decimal on_hand, unavailable;
  friend bool operator==(const Stock&, const Stock&) = default;
};

/// The sequential model: the latest snapshot, and every movement later than it, once.
Stock fold(const std::vector<Said>& said) {
  Stock stock;
  Sequence base;
  for (const auto& one : said)
    if (one.snapshot && Sequence{one.epoch, one.sequence} > base) {
      base = {one.epoch, one.sequence};
      stock = {one.on_hand, one.unavailable};
    }
  for (const auto& one : said)
    if (!one.snapshot && Sequence{one.epoch, one.sequence} > base) {
      stock.on_hand += one.on_hand;
      stock.unavailable += one.unavailable;
    }
  return stock;
}

/// Every (epoch, sequence) is one event: a source does not number two alike.
std::vector<Said> random_set(std::mt19937& random) {
  auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  std::vector<Said> said;
  int epochs = pick(1, 3);
  for (int epoch = 1; epoch <= epochs; ++epoch)
    for (int sequence = 1, last = pick(0, 6); sequence <= last; ++sequence) {
      if (pick(0, 4) == 0) continue;  // a gap
      Said one;
      one.snapshot = pick(0, 3) == 0;
      one.epoch = epoch;
      one.sequence = sequence;
      one.at = epoch * 100 + sequence;
      one.on_hand = qty(one.snapshot ? pick(0, 80) : pick(-9, 9));
      one.unavailable = qty(pick(0, 3));
      one.id = "e" + std::to_string(epoch) + "-" + std::to_string(sequence);
      said.push_back(one);
    }
  return said;
}

std::shared_ptr<StockEvent> request_of(const Said& one, Instant now, Numbering numbering) {
  Instant at = now + one.at * 1'000'000;
  auto request = one.snapshot ? snapshot_of(shelf, one.sequence, one.on_hand, at, one.epoch)
                              : movement_of(shelf, one.sequence, one.on_hand, at, one.epoch);
  request->event.id = one.id;
  request->numbering = numbering;
  (one.snapshot ? request->event.unavailable : request->event.unavailable_delta) = one.unavailable;
  return request;
}

/// Tells all in this order, in batches of random size, and answers what the position is.
Stock told(const std::vector<Said>& said, std::mt19937& random, Numbering numbering, std::map<Outcome, int>* outcomes = nullptr) {
  Books books;
  for (std::size_t i = 0; i < said.size();) {
    std::vector<std::shared_ptr<StockEvent>> batch;
    std::vector<Request*> requests;
    for (std::size_t n = std::uniform_int_distribution<std::size_t>(1, 4)(random); n > 0 && i < said.size(); --n, ++i) {
      batch.push_back(request_of(said[i], books.now, numbering));
      requests.push_back(batch.back().get());
    }
    books.decide(requests);
    for (const auto& request : batch)
      if (outcomes) ++(*outcomes)[request->outcome];
  }
  if (!books.positions.contains(shelf)) return {};
  const auto& profile = books.position(shelf).profile;
  return {profile.on_hand, profile.unavailable};
}

void permuted_and_repeated(unsigned seed, Numbering numbering) {
  std::mt19937 random(seed);
  auto said = random_set(random);
  Stock want = fold(said);
  auto copies = said;
  for (const auto& one : said)
    for (int again = std::uniform_int_distribution<int>(0, 2)(random); again > 0; --again) copies.push_back(one);
  std::shuffle(copies.begin(), copies.end(), random);
  std::map<Outcome, int> outcomes;
  Stock got = told(copies, random, numbering, &outcomes);
  ASSERT_EQ(got, want) << "seed " << seed << ": on hand " << got.on_hand.text() << ", want " << want.on_hand.text();
  int accounted = outcomes[Outcome::applied] + outcomes[Outcome::superseded] + outcomes[Outcome::duplicate];
  ASSERT_EQ(accounted, static_cast<int>(copies.size())) << "seed " << seed;
}

TEST(StockFold, any_order_and_repetition_gives_the_same_position) {
  for (unsigned seed = 0; seed < 3'000; ++seed) permuted_and_repeated(seed, Numbering::growing);
}

TEST(StockFold, a_dense_feed_too) {
  for (unsigned seed = 0; seed < 500; ++seed) permuted_and_repeated(seed, Numbering::dense);
}

TEST(StockFold, without_sequence_by_time_and_id) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937 random(seed);
    auto said = random_set(random);
    for (auto& one : said) {
      one.epoch = 1;
      one.at = std::uniform_int_distribution<int>(1, 4)(random);  // several of one moment
    }
    auto first = told(said, random, Numbering::none);
    std::shuffle(said.begin(), said.end(), random);
    auto second = told(said, random, Numbering::none);
    ASSERT_EQ(first, second) << "seed " << seed;
  }
}

TEST(StockFold, negative_control_adding_as_they_come_is_wrong) {
  int wrong = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    auto said = random_set(random);
    Stock want = fold(said);
    std::shuffle(said.begin(), said.end(), random);
    Stock naive;
    for (const auto& one : said) naive.on_hand = one.snapshot ? one.on_hand : naive.on_hand + one.on_hand;
    wrong += naive.on_hand != want.on_hand;
  }
  EXPECT_GT(wrong, 50);
}

TEST(StockFold, one_version_for_a_change_and_none_for_the_rest) {
  Books books;
  auto first = snapshot_of(shelf, 5, qty(10), books.now);
  books.decide(*first);
  EXPECT_EQ(books.position(shelf).version, 1);
  auto again = snapshot_of(shelf, 5, qty(10), books.now);
  books.decide(*again);
  EXPECT_EQ(again->outcome, Outcome::duplicate);
  auto old = movement_of(shelf, 3, qty(-1), books.now);
  books.decide(*old);
  EXPECT_EQ(old->outcome, Outcome::superseded);
  EXPECT_EQ(books.position(shelf).version, 1);
  auto next = movement_of(shelf, 6, qty(-1), books.now);
  books.decide(*next);
  EXPECT_EQ(books.position(shelf).version, 2);
  EXPECT_EQ(books.published("inventory.adjusted"), 2U);
}

/// Projections take a value only if its version is higher: that somebody reports this stock at all must not be lost on them.
TEST(StockFold, a_first_report_of_zero_is_a_version_too) {
  Books books;
  books.positions[shelf].key = shelf;
  books.positions[shelf].version = 4;  // an item with a safety stock
  auto zero = snapshot_of(shelf, 1, qty(0), books.now);
  books.decide(*zero);
  EXPECT_EQ(books.position(shelf).version, 5);
  EXPECT_EQ(books.position(shelf).owner, "wms");
  auto again = snapshot_of(shelf, 2, qty(0), books.now);
  books.decide(*again);
  EXPECT_EQ(books.position(shelf).version, 5);
}

TEST(StockFold, a_gap_is_raised_once_with_what_is_missing_and_ends_with_it) {
  Books books;
  auto tell = [&](std::int64_t sequence) {
    auto event = movement_of(shelf, sequence, qty(1), books.now);
    event->numbering = Numbering::dense;
    books.decide(*event);
  };
  tell(1), tell(2), tell(5), tell(8);
  ASSERT_TRUE(books.position(shelf).gap_since);
  RaiseGaps raise;
  raise.keys = {shelf};
  books.decide(raise);
  EXPECT_EQ(books.published("inventory.gap"), 0U) << "it may still be on its way";
  books.now = books.now + 31'000'000;
  auto version = books.position(shelf).version;
  books.decide(raise);
  books.decide(raise);
  ASSERT_EQ(books.published("inventory.gap"), 1U);
  EXPECT_EQ(books.position(shelf).version, version) << "a gap changes no quantity";
  EXPECT_EQ(books.position(shelf).suspect, "gap");
  auto body = decode_body<InventoryGap>(*books.outgoing.back().body);
  const auto& gap = std::get<InventoryGap>(body);
  EXPECT_EQ(gap.from, 3);
  EXPECT_EQ(gap.to, 7);
  EXPECT_EQ(gap.source, "wms");
  tell(3), tell(4), tell(6);
  EXPECT_TRUE(books.position(shelf).gap_since);
  tell(7);
  EXPECT_FALSE(books.position(shelf).gap_since);
  EXPECT_TRUE(books.position(shelf).suspect.empty());
}

TEST(StockFold, only_the_owner_is_believed) {
  Books books;
  auto first = snapshot_of(shelf, 1, qty(10), books.now);
  books.decide(*first);
  auto other = snapshot_of(shelf, 2, qty(99), books.now);
  other->event.source = "erp";
  books.decide(*other);
  EXPECT_EQ(other->outcome, Outcome::invalid);
  EXPECT_EQ(other->reason, "not_stock_owner");
  EXPECT_EQ(books.position(shelf).profile.on_hand, qty(10));
  auto named = snapshot_of(shelf, 3, qty(7), books.now);
  named->event.source = "erp";
  named->stock_owner = "erp";  // the location's document says so
  books.decide(*named);
  EXPECT_EQ(named->outcome, Outcome::applied);
}

/// Who reports a location's stock is known by its feed's row.
TEST(StockFold, negative_control_an_owner_that_is_forgotten_lets_anybody_count) {
  Books books;
  auto first = snapshot_of(shelf, 1, qty(10), books.now);
  books.decide(*first);
  books.stock_feeds.clear();
  auto other = snapshot_of(shelf, 2, qty(99), books.now);
  other->event.source = "erp";
  books.decide(*other);
  EXPECT_EQ(books.position(shelf).profile.on_hand, qty(99));
}

/// A feed that is taken for one whose gaps are normal: nothing is missed.
TEST(StockFold, negative_control_without_density_no_gap_is_seen) {
  Books books;
  for (std::int64_t sequence : {1, 2, 5}) {
    auto event = movement_of(shelf, sequence, qty(1), books.now);
    event->numbering = Numbering::growing;
    books.decide(*event);
  }
  books.now = books.now + 31'000'000;
  RaiseGaps raise;
  raise.keys = {shelf};
  books.decide(raise);
  EXPECT_EQ(books.published("inventory.gap"), 0U);
  EXPECT_TRUE(books.position(shelf).suspect.empty());
}

TEST(StockFold, a_record_waits_for_its_item_and_keeps_its_limit) {
  Books books;
  auto event = snapshot_of(shelf, 1, qty(10), books.now);
  event->parents_known = false;
  event->from.body = "{}";
  books.decide(*event);
  EXPECT_EQ(event->outcome, Outcome::waiting);
  ASSERT_EQ(books.waiting.size(), 1U);
  EXPECT_EQ(books.waiting[0].want_kind, "item");
  EXPECT_EQ(books.waiting[0].want_key, "A");
  EXPECT_EQ(books.waiting[0].until, books.now + 15LL * 60 * 1'000'000);
  EXPECT_TRUE(books.positions.empty());
}

/// A dense feed's bad record is a missing sequence as well: that its position is suspect already does not keep the gap back.
TEST(StockFold, a_gap_behind_a_bad_record_is_raised_too) {
  Books books;
  auto tell = [&](std::int64_t sequence) {
    auto event = movement_of(shelf, sequence, qty(1), books.now);
    event->numbering = Numbering::dense;
    books.decide(*event);
  };
  auto mark = [&] {
    MarkSuspect request;
    request.key = shelf;
    request.why = "a record could not be used";
    books.decide(request);
  };
  RaiseGaps sweep;
  sweep.keys = {shelf};
  sweep.origin = tester;
  tell(1);
  mark();
  tell(3);
  books.now = books.now + 31'000'000;
  books.decide(sweep);
  EXPECT_EQ(books.published("inventory.gap"), 1U);
  EXPECT_EQ(books.position(shelf).suspect, "gap");
  mark();
  books.decide(sweep);
  EXPECT_EQ(books.published("inventory.gap"), 1U) << "once";
  tell(2);
  EXPECT_TRUE(books.position(shelf).suspect.empty()) << "it has come after all";
  EXPECT_EQ(books.position(shelf).marks, 2);
}

TEST(StockFold, beyond_the_range_of_numbers_is_invalid_and_changes_nothing) {
  Books books;
  auto first = snapshot_of(shelf, 1, qty(999'999'999'999), books.now);
  books.decide(*first);
  auto before = books.position(shelf);
  auto more = movement_of(shelf, 2, qty(999'999'999'999), books.now);
  books.decide(*more);
  EXPECT_EQ(more->outcome, Outcome::invalid);
  EXPECT_EQ(books.position(shelf).suspect, "a record could not be used");
  before.suspected("a record could not be used");
  EXPECT_EQ(books.position(shelf).marks, before.marks);
  before.mark = books.position(shelf).mark;
  EXPECT_EQ(books.position(shelf), before);
  auto called = movement_of(shelf, 3, qty(999'999'999'999), books.now);
  called->from.topic.clear();
  auto next = snapshot_of(shelf, 2, qty(999'999'999'999), books.now);
  books.decide(*next);
  books.decide(*called);
  EXPECT_EQ(called->outcome, Outcome::invalid);
  EXPECT_TRUE(books.position(shelf).suspect.empty()) << "who calls is told, and can say it better";
}

}  // namespace
}  // namespace crossdock::ledger
