// PROTOCOLS.md D and A over random lives: what is promised is what the records say, grants follow the rule, each decision makes one
// version.
#include <gtest/gtest.h>

#include "../promise/oracle.hpp"
#include "company.hpp"
#include "ledger/render.hpp"

namespace crossdock::ledger {
namespace {

bool grants(const Request& request) {
  return dynamic_cast<const Reserve*>(&request) != nullptr ||
         (dynamic_cast<const Capture*>(&request) != nullptr && !static_cast<const Capture&>(request).checked.order.reservation);
}

bool anything_due(const Books& books) {
  for (const auto& [id, row] : books.reservations)
    if (row.live() && row.expires_at <= books.now) return true;
  return false;
}

std::string texts_of(const Books& books) {
  std::string text;
  for (const auto& [id, row] : books.orders) text += render(row) + std::string(to_text(row.order_status));
  for (const auto& [id, row] : books.reservations) text += render(row);
  return text;
}

/// Stock and supply may fall; but a grant never takes what is not there: no shortfall grows by it.
void check_grant(const Books& before, const Books& after, const std::string& where) {
  for (const auto& [key, row] : after.positions) {
    auto old = before.positions.find(key);
    Decimal was = old == before.positions.end() ? Decimal() : promise::shortfall(old->second.profile, after.today());
    ASSERT_LE(promise::shortfall(row.profile, after.today()).units() / 1, was.units())
        << where << " oversold " << key.sku << "@" << key.location;
  }
}

/// What a reservation is granted, line by line, by the rule spelt out day by day.
void check_reserve(const Books& before, const Reserve& request, const std::string& where) {
  std::map<PositionKey, promise::Profile> profiles;
  for (const auto& [key, row] : before.positions) profiles[key] = row.profile;
  std::vector<Decimal> can;
  bool whole = true;
  for (const auto& line : request.lines) {
    Date date = std::max(line.date.value_or(before.today()), before.today());
    auto& profile = profiles[line.position];
    Decimal granted = min(line.quantity, promise::oracle_atp(profile, before.today(), date));
    profile.demand.add(date, granted);
    can.push_back(granted);
    whole = whole && granted == line.quantity;
  }
  bool refused = request.policy == ReservationPolicy::all_or_nothing && !whole;
  ASSERT_EQ(request.reply.status, refused ? 409 : 201) << where;
  if (refused) return;
  auto body = decode_body<Reservation>(request.reply.body);
  const auto& made = std::get<Reservation>(body);
  for (std::size_t i = 0; i < can.size(); ++i) ASSERT_EQ(made.lines[i].granted, can[i]) << where << " line " << i;
}

void check_versions(const Books& before, const Books& after, const std::string& where) {
  for (const auto& [key, row] : after.positions) {
    auto old = before.positions.find(key);
    PositionRow was = old == before.positions.end() ? PositionRow{} : old->second;
    auto made = row.version - was.version;
    if (row.profile != was.profile) {
      ASSERT_EQ(made, 1) << where << " changed " << key.sku << "@" << key.location;
    }
    ASSERT_GE(made, 0) << where;
    ASSERT_LE(made, 1) << where;
  }
}

/// What was refused left nothing behind but its journal entry.
void check_refusal(const Books& before, const Books& after, const std::string& where) {
  for (const auto& [key, row] : after.positions) {
    auto was = before.positions.at(key);
    was.earliest_expiry = row.earliest_expiry;  // may be found out of date by the way
    ASSERT_EQ(was, row) << where << " " << key.sku << "@" << key.location;
  }
  ASSERT_EQ(texts_of(before), texts_of(after)) << where;
  ASSERT_EQ(before.outgoing.size(), after.outgoing.size()) << where;
  ASSERT_EQ(before.keys.size(), after.keys.size()) << where;
}

void live(unsigned seed, int steps) {
  Company company(seed);
  for (int step = 0; step < steps; ++step) {
    company.pass_time();
    std::string where = "seed " + std::to_string(seed) + " step " + std::to_string(step);
    auto request = company.next();
    company.books.outgoing.clear(), company.books.journal.clear(), company.books.waiting.clear();  // cheaper to copy
    Books before = company.books;
    company.books.decide(*request);
    company.seen(*request);
    ASSERT_EQ(company.books.broken_invariant(), "") << where;
    bool quiet = !anything_due(before);
    if (quiet && grants(*request)) check_grant(before, company.books, where);
    if (const auto* reserve = dynamic_cast<const Reserve*>(request.get()); reserve && quiet) check_reserve(before, *reserve, where);
    if (quiet) check_versions(before, company.books, where);
    if (quiet && request->reply.refusal) check_refusal(before, company.books, where);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Life, random_lives_keep_every_invariant) {
  for (unsigned seed = 0; seed < 2'000 && !HasFatalFailure(); ++seed) live(seed, 12);
}

/// The same in batches: whatever is decided together ends as the records say.
TEST(Life, batches_keep_every_invariant) {
  for (unsigned seed = 10'000; seed < 10'250; ++seed) {
    Company company(seed);
    for (int step = 0; step < 15; ++step) {
      company.pass_time();
      std::vector<std::shared_ptr<Request>> batch;
      std::vector<Request*> requests;
      for (int n = company.pick(1, 6); n > 0; --n) {
        batch.push_back(company.next());
        requests.push_back(batch.back().get());
      }
      company.books.decide(requests);
      for (const auto& request : batch) company.seen(*request);
      ASSERT_EQ(company.books.broken_invariant(), "") << "seed " << seed << " step " << step;
    }
  }
}

/// Deciding again on a fresh world, as after a lost connection, gives an answer of the same shape.
TEST(Life, a_decision_can_be_repeated) {
  for (unsigned seed = 20'000; seed < 20'080; ++seed) {
    Company company(seed);
    for (int step = 0; step < 30; ++step) {
      company.pass_time();
      auto request = company.next();
      Books copy = company.books;
      copy.decide(*request);
      auto status = request->reply.status;
      auto size = request->reply.body.size();
      auto code = request->reply.refusal ? request->reply.refusal->code : "";
      auto errors = request->reply.refusal ? request->reply.refusal->errors.size() : 0;
      company.books.decide(*request);
      company.seen(*request);
      ASSERT_EQ(request->reply.status, status) << "seed " << seed << " step " << step;
      ASSERT_EQ(request->reply.body.size(), size) << "seed " << seed << " step " << step;
      ASSERT_EQ(request->reply.refusal ? request->reply.refusal->code : "", code);
      ASSERT_EQ(request->reply.refusal ? request->reply.refusal->errors.size() : 0, errors);
      ASSERT_EQ(texts_of(copy).size(), texts_of(company.books).size());
    }
  }
}

/// A shortfall names who is promised the stock as of its own moment: whom its batch captured too, and nobody who has gone with it.
TEST(Life, a_shortfall_names_the_orders_of_its_own_batch) {
  Books books;
  PositionKey key{"A", "E"};
  auto open = snapshot_of(key, 1, qty(10), books.now + -60 * 1'000'000);
  books.decide(*open);
  auto old = capture_of("S-OLD", {{"A", qty(3), "E", {}}}), gone = capture_of("S-GONE", {{"A", qty(2), "E", {}}});
  books.decide(*old);
  books.decide(*gone);
  books.outgoing.clear();
  auto fresh = capture_of("S-NEW", {{"A", qty(4), "E", {}}});
  auto short_cancel = ship_of("SH-1", gone->id, "E", {{1, qty(1), ShipDisposition::short_cancel}}, books.now);
  auto fall = movement_of(key, 2, qty(-8), books.now);
  std::vector<Request*> batch{fresh.get(), short_cancel.get(), fall.get()};
  books.decide(batch);
  ASSERT_EQ(books.published("inventory.shortfall"), 1U);
  auto body = decode_body<InventoryShortfall>(*books.outgoing.back().body);
  std::string named;
  for (const auto& order : std::get<InventoryShortfall>(body).orders) named += order.order_number.value_or("") + " ";
  EXPECT_EQ(named, "S-NEW S-OLD ") << "newest promise first";
}

TEST(Life, negative_control_a_rule_without_look_ahead_is_caught) {
  int caught = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    Books before;
    PositionRow row;
    row.key = {"A", "E"};
    row.profile = promise::random_profile(random, 5);
    Date today = before.today();
    promise::Profile shifted = row.profile;
    shifted.supply.clear(), shifted.demand.clear();
    for (const auto& [date, quantity] : row.profile.supply.entries()) shifted.supply.add(today + (date - promise::day(0)), quantity);
    for (const auto& [date, quantity] : row.profile.demand.entries()) shifted.demand.add(today + (date - promise::day(0)), quantity);
    row.profile = shifted;
    before.positions[row.key] = row;
    Books after = before;
    auto& profile = after.positions[row.key].profile;
    profile.demand.add(today + 3, promise::projected_method(profile, today, today + 3));
    caught += promise::shortfall(profile, today) > promise::shortfall(row.profile, today);
  }
  EXPECT_GT(caught, 30);
}

/// The invariants' own negative control: each kind of damage is seen.
TEST(Life, negative_control_damage_is_seen) {
  Company company(7);
  for (int step = 0; step < 200; ++step) {
    company.pass_time();
    auto request = company.next();
    company.books.decide(*request);
    company.seen(*request);
  }
  ASSERT_EQ(company.books.broken_invariant(), "");
  auto damaged = [&](auto damage) {
    Books books = company.books;
    damage(books);
    return !books.broken_invariant().empty();
  };
  EXPECT_TRUE(damaged([](Books& b) { b.positions.begin()->second.profile.demand.add(b.today(), qty(1)); }));
  EXPECT_TRUE(damaged([](Books& b) { b.orders.begin()->second.lines[0].cancelled += qty(1); }));
  EXPECT_TRUE(damaged([](Books& b) { b.exposures["C1"].amount += qty(1); }));
  EXPECT_TRUE(damaged([](Books& b) {
    AwaitedRow row;
    row.order_id = b.orders.begin()->first;
    row.order_line = 1;
    row.quantity = qty(1);
    b.awaited.push_back(row);
  }));
}

}  // namespace
}  // namespace crossdock::ledger
