#include "store/follower.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "postgres/snapshot.hpp"
#include "store/pace.hpp"

namespace crossdock::store {

using namespace postgres;

namespace {

// A snapshot stays usable only on the server (and its timeline) that gave it.
constexpr const char* identity_sql =
    "select (select system_identifier::text from pg_control_system()) || '/' || (select timeline_id::text from pg_control_checkpoint()) || "
    "'/' "
    "|| current_database()";

std::vector<Statement> follower_statements(const std::string& identity) {
  return {
      {"identity", identity},
      {"poll", changes_since()},
  };
}

promise::PositionValue position_value(const CopiedRow& row) {
  promise::PositionValue value;
  value.version = row.integer(2);
  value.profile.on_hand = row.decimal(3);
  value.profile.unavailable = row.decimal(4);
  value.profile.safety_stock = row.decimal(5);
  value.profile.supply = promise::Schedule::parse(row.text(6)).value_or(promise::Schedule{});
  value.profile.demand = promise::Schedule::parse(row.text(7)).value_or(promise::Schedule{});
  value.owner = row.text(8);
  value.suspect = !row.text(9).empty();
  value.marks = row.integer(10);
  return value;
}

}  // namespace

// One statement, so that the rows and the snapshot are of one moment: exactly the commits between the two snapshots. What the former one
// did not see was begun after it or was among those under way: by its ends alone (xid >= xmin) all that was written beside a transaction
// which stays open would be read again by each poll.
std::string changes_since() {
  return "select pg_current_snapshot()::text, clock_timestamp(), c.body from (select 1) one left join lateral (select body from change "
         "where xid >= "
         "pg_snapshot_xmax($1::pg_snapshot) union all select body from change where xid = any(array(select "
         "pg_snapshot_xip($1::pg_snapshot)))) c on true";
}

Follower::Follower(const Settings& database, Memory& memory, FollowerSettings settings)
    : database_(database),
      memory_(memory),
      settings_(std::move(settings)),
      connection_(database, "follower", follower_statements(settings_.identity.empty() ? identity_sql : settings_.identity)) {
  if (settings_.identity.empty()) settings_.identity = identity_sql;
}

Follower::~Follower() { stop(); }

Attempt<std::size_t> Follower::load() {
  auto snapshot = Snapshot::open(database_, "loader");
  if (!snapshot) return snapshot.failure();
  const auto asked = Clock::now();
  load_due_ = true;
  auto identity = snapshot->value(settings_.identity);
  if (!identity) return identity.failure();
  auto taken = snapshot->value("select pg_current_snapshot()::text");
  if (!taken) return taken.failure();
  // When it began, by the database's clock: what is copied is of that moment.
  auto began = snapshot->value("select (extract(epoch from now()) * 1000000)::int8");
  if (!began) return began.failure();
  // From the same server nothing need be forgotten: rows never go, versions only grow, and meanwhile questions are answered.
  if (**identity != identity_) {
    memory_.clear();
    identity_.clear();  // should the load end half way, the next one begins with nothing again
  }
  auto masters = snapshot->copy("select kind, id, version, body from master order by kind = 'price'", [this](const CopiedRow& row) {
    memory_.master(std::string(row.text(0)), std::string(row.text(1)), row.integer(2), std::string(row.text(3)));
  });
  if (!masters) return masters.failure();
  auto feeds = snapshot->copy("select location, source, feed, topic, at from stock_feed", [this](const CopiedRow& row) {
    memory_.stock_feed({std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3)),
                        row.instant(4), ledger::Mark::clean});
  });
  if (!feeds) return feeds.failure();
  auto positions = snapshot->copy(
      "select sku, location, version, on_hand, unavailable, safety_stock, supply, demand, owner, suspect, marks from position",
      [this](const CopiedRow& row) { memory_.position({std::string(row.text(0)), std::string(row.text(1))}, position_value(row)); });
  if (!positions) return positions.failure();
  snapshot_ = **taken;
  identity_ = **identity;
  load_due_ = false;
  last_ = Clock::now();
  memory_.current(Instant{std::strtoll((*began)->c_str(), nullptr, 10)}, asked);
  ++reloads_;
  return *positions;
}

void Follower::start() {
  thread_ = std::thread([this] { run(); });
}

void Follower::stop() {
  {
    std::lock_guard hold(lock_);
    stopping_ = true;
  }
  condition_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Follower::wake() {
  {
    std::lock_guard hold(lock_);
    woken_ = true;
  }
  condition_.notify_one();
}

void Follower::catch_up(Deadline deadline, std::function<void(bool)> done) {
  std::unique_lock hold(lock_);
  if (stopping_) {
    hold.unlock();
    return done(false);
  }
  behind_.push_back({deadline, std::move(done)});
  woken_ = true;
  hold.unlock();
  condition_.notify_one();
}

void Follower::run() {
  Backoff backoff(std::chrono::milliseconds(100), std::chrono::milliseconds(1000));
  std::vector<Behind> served;
  for (;;) {
    const auto began = Clock::now();
    bool ok = poll();
    const auto taken = Clock::now() - began;
    seconds_.observe(taken);
    if (ok) backoff.reset();
    // After a poll that failed who still has time waits for the next one: a connection that broke is made anew soon.
    const auto waits = std::partition(served.begin(), served.end(), [ok](const Behind& who) { return ok || who.deadline.passed(); });
    for (auto who = served.begin(); who != waits; ++who) who->done(ok);
    served.erase(served.begin(), waits);
    const auto rest = ok ? rest_after(taken) : backoff.next();
    std::unique_lock hold(lock_);
    condition_.wait_for(hold, rest, [&] { return stopping_; });
    if (ok && rest < settings_.sweep) condition_.wait_for(hold, settings_.sweep - rest, [&] { return stopping_ || woken_; });
    served.insert(served.end(), std::make_move_iterator(behind_.begin()), std::make_move_iterator(behind_.end()));
    behind_.clear();
    if (stopping_) break;
    woken_ = false;
  }
  for (const auto& who : served) who.done(false);
}

bool Follower::poll() {
  if (load_due_) return static_cast<bool>(load());
  int connects = connection_.connects();
  if (auto connected = connection_.connect(); !connected) return false;
  bool reconnected = connection_.connects() != connects;
  bool stalled = Clock::now() - last_ > settings_.stall;
  std::string now;
  Instant at;
  Clock::time_point asked_at;
  std::vector<std::string> bodies;
  auto asked = transact(connection_, [&](Transaction& tx) {
    // Another server, or the same one gone back in time: what was read before does not count any more.
    if ((reconnected || stalled) && (stalled || tx.run("identity")[0].text(0) != identity_)) return false;
    asked_at = Clock::now();
    for (auto row : tx.run("poll", snapshot_)) {
      if (now.empty()) now = row.text(0), at = row.instant(1);
      if (!row.is_null(2)) bodies.push_back(row.text(2));
    }
    return true;
  });
  load_due_ = asked && !*asked;
  if (load_due_) return static_cast<bool>(load());
  if (!asked) return asked.failure().kind == FailureKind::data ? static_cast<bool>(load()) : false;
  for (const auto& body : bodies) decode_change(body, memory_);
  snapshot_ = now;
  last_ = Clock::now();
  memory_.current(at, asked_at);
  ++polls_;
  return true;
}

}  // namespace crossdock::store
