#include "hub/sweeper.hpp"

#include <algorithm>

#include "crossdock/base/boot_time.hpp"
#include "crossdock/model/trace.hpp"
#include "ledger/fold.hpp"
#include "ledger/reservation.hpp"
#include "observe/log.hpp"
#include "postgres/durability.hpp"
#include "store/cursor.hpp"
#include "store/statements.hpp"
#include "store/sweep.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

namespace {

constexpr int rows_a_turn = 256;
constexpr std::size_t positions_a_fold = 8;  // of each at most 200 movements: their locks are held for milliseconds
constexpr std::chrono::seconds transaction_alarm{300};

std::vector<postgres::Statement> statements() {
  auto all = store::decide_statements();
  for (auto& statement : store::sweep_statements()) all.push_back(std::move(statement));
  for (auto& statement : store::cursor_statements()) all.push_back(std::move(statement));
  return all;
}

ledger::Origin origin() { return {"crossdock", new_id(), new_id(), traceparent_after("")}; }

ledger::FeedOrigin origin_of(const ledger::WaitingRow& row) {
  ledger::FeedOrigin from;
  from.feed = row.feed;
  from.topic = row.topic;
  from.partition = row.partition;
  from.offset = row.offset;
  from.record_key = row.record_key;
  from.headers = row.headers;
  from.body = row.body;
  from.waiting_id = row.id;
  from.until = row.until;
  return from;
}

}  // namespace

Sweeper::Sweeper(const Settings& settings, const store::Shared& shared, HubMemory& memory)
    : settings_(settings), shared_(shared), memory_(memory), connection_(deciding(settings), "sweeper", statements()) {}

Sweeper::~Sweeper() { stop(); }

void Sweeper::start() {
  thread_ = std::thread([this] { run(); });
}

void Sweeper::begin_stop() {
  {
    std::lock_guard hold(lock_);
    stopping_ = true;
  }
  condition_.notify_one();
}

void Sweeper::stop() {
  begin_stop();
  if (thread_.joinable()) thread_.join();
}

void Sweeper::wake() {
  {
    std::lock_guard hold(lock_);
    woken_ = true;
  }
  condition_.notify_one();
}

std::string Sweeper::unsafe() const {
  std::lock_guard hold(lock_);
  return unsafe_;
}

void Sweeper::run() {
  for (;;) {
    sweep();
    std::unique_lock hold(lock_);
    condition_.wait_for(hold, more_due_ ? 0ms : settings_.sweep, [this] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
  }
}

template <class F>
auto Sweeper::query(F f) {
  using Answer = std::invoke_result_t<F&, postgres::Transaction&>;
  auto asked = postgres::transact(connection_, f);
  if (!asked) return Answer{};
  return std::move(*asked);
}

/// What failed, if it did.
std::optional<postgres::FailureKind> Sweeper::decide(std::span<ledger::Request* const> requests, const store::FeedWork* work) {
  auto decided = store::decide(connection_, shared_, requests, work);
  if (decided) return {};
  log::warning("sweep.failed", {{"message", decided.failure().message}});
  return decided.failure().kind;
}

/// First of all, or the sweep itself waits for their locks.
void Sweeper::end_frozen() {
  if (!frozen_at_.passed()) return;
  frozen_at_ = Deadline::in(500ms);
  auto ended = query([&](postgres::Transaction& tx) { return store::end_frozen(tx, most_silence(settings_)); });
  if (ended > 0)
    log::warning("sweep.frozen", {{"sessions", ended}, {"message", "an instance was silent in the middle of a transaction; it was ended"}});
}

/// Whether what rests on the passing of time may be done now.
bool Sweeper::look_at_clock() {
  using Told = store::ClockWatch::Told;
  std::chrono::microseconds asked{};
  auto read = query([&](postgres::Transaction& tx) {
    asked = since_boot();
    return std::optional(store::clock_of(tx));
  });
  if (!read) return false;
  now_ = *read;
  auto& watch = *shared_.clock;
  const auto told = watch.observe(now_, asked, since_boot());
  if (told == Told::jumped)
    log::error(
        "sweep.clock_jumped",
        {{"seconds", watch.off()},
         {"message", "the database's clock has jumped; until it is back, or for 10 minutes, no hold ends and nothing old is deleted"}});
  if (told == Told::back) log::info("sweep.clock_back", {{"message", "the database's clock is back where it should be"}});
  if (told == Told::believed) log::warning("sweep.clock_believed", {{"message", "the database's clock has stayed where it jumped to"}});
  return watch.believes(now_, since_boot());
}

/// All that is due by the clock.
void Sweeper::bring_about() {
  expire_holds();
  end_waits();
  release_orders();
  raise_gaps();
}

void Sweeper::sweep() {
  end_frozen();
  const bool timely = look_at_clock();
  more_due_ = false;
  if (!*shared_.barred) {
    wake_waiting();
    if (timely) bring_about();
  }
  if (timely && prune_at_.passed()) prune();
  if (slow_at_.passed()) {
    keep_house();
    slow_at_ = Deadline::in(*shared_.barred ? 5s : 60s);
  }
}

/// After a full turn the next begins at once: many may fall due together, and requests end only some of those that are in their way.
void Sweeper::expire_holds() {
  ledger::ExpireReservations request;
  request.ids = query([this](postgres::Transaction& tx) { return store::due_reservations(tx, now_, rows_a_turn); });
  ledger::Request* one = &request;
  if (!request.ids.empty() && !decide({&one, 1})) more_due_ = request.ids.size() == rows_a_turn;
}

void Sweeper::release_orders() {
  if (!settings_.rules.release_automatically) return;
  ledger::ReleaseDue request;
  request.origin = origin();
  request.ids =
      query([this](postgres::Transaction& tx) { return store::due_releases(tx, settings_.rules.release_ahead_days, rows_a_turn); });
  ledger::Request* one = &request;
  if (!request.ids.empty()) decide({&one, 1});
}

void Sweeper::raise_gaps() {
  ledger::RaiseGaps request;
  request.origin = origin();
  request.keys = query([this](postgres::Transaction& tx) { return store::due_gaps(tx, now_, settings_.rules.gap_tolerance, rows_a_turn); });
  ledger::Request* one = &request;
  if (!request.keys.empty()) decide({&one, 1});
}

Record Sweeper::read(const ledger::WaitingRow& row) const {
  FeedSettings feed;
  feed.system = "api";
  feed.any_source = true;
  for (const auto& each : settings_.feeds)
    if (each.full_name() == row.feed) feed = each;
  return read_record(feed, origin_of(row), memory_);
}

void Sweeper::wake_waiting() {
  auto rows = query([](postgres::Transaction& tx) { return store::woken_rows(tx, rows_a_turn); });
  if (!rows.empty()) wake_rows(rows);
}

/// Their cursors first, as every transaction does it (PROTOCOLS.md 0): an intake holds its cursor when it waits for a position.
bool Sweeper::lock(postgres::Transaction& tx, std::span<const ledger::WaitingRow> rows) {
  store::lock_cursors(tx, rows);
  return store::lock_waiting(tx, rows);
}

/// What waited and has its item, location or order now goes the way of a new record; its row ends in the same transaction. The halves find
/// the one that the database refuses, so that it does not hold up the others.
void Sweeper::wake_rows(std::span<const ledger::WaitingRow> rows) {
  std::vector<Record> records;
  std::vector<ledger::Request*> requests;
  for (const auto& row : rows) {
    records.push_back(read(row));
    if (records.back().unusable) continue;
    requests.push_back(records.back().request());
  }
  store::FeedWork work;
  work.fence = [&](postgres::Transaction& tx) { return lock(tx, rows); };
  work.finish = [&](ledger::World& world, postgres::Transaction& tx) {
    for (auto& record : records) {
      auto outcome = record.outcome();
      if (record.unusable) world.waiting_done.push_back(record.origin().waiting_id);
      if (outcome == ledger::Outcome::invalid) bury(world, record.origin(), record.why());
      if (record.origin().topic.empty()) continue;
      store::Tally moved;
      tally(moved, ledger::Outcome::waiting, -1);
      tally(moved, outcome);
      store::count(tx, {record.origin().topic, record.origin().partition, 0, 0}, moved);
    }
  };
  if (decide(requests, &work) != postgres::FailureKind::data) return;
  auto half = rows.size() / 2;
  if (half == 0) return bury_rows(rows, [](const auto&) { return Unusable{"database_refused", "the database cannot hold a value of it"}; });
  wake_rows(rows.first(half));
  wake_rows(rows.subspan(half));
}

void Sweeper::end_waits() {
  auto rows = query([this](postgres::Transaction& tx) { return store::overdue_rows(tx, now_, rows_a_turn); });
  if (rows.empty()) return;
  bury_rows(rows, [](const ledger::WaitingRow& row) {
    auto wanted = row.want_key;
    for (char& c : wanted) c = c == '\n' ? '/' : c;
    return Unusable{"parent_missing", "no " + row.want_kind + " " + wanted + " came in time"};
  });
}

/// To their dead letters, and what they were about is suspect.
void Sweeper::bury_rows(std::span<const ledger::WaitingRow> rows, const std::function<Unusable(const ledger::WaitingRow&)>& why) {
  std::vector<std::shared_ptr<ledger::MarkSuspect>> marks;
  std::vector<ledger::Request*> requests;
  for (const auto& row : rows)
    if (auto mark = read(row).suspect()) requests.push_back(marks.emplace_back(std::move(mark)).get());
  store::FeedWork work;
  work.fence = [&](postgres::Transaction& tx) { return lock(tx, rows); };
  work.finish = [&](ledger::World& world, postgres::Transaction& tx) {
    for (const auto& row : rows) {
      world.waiting_done.push_back(row.id);
      bury(world, origin_of(row), why(row));
      if (row.topic.empty()) continue;
      store::Tally moved;
      tally(moved, ledger::Outcome::waiting, -1);
      tally(moved, ledger::Outcome::invalid);
      store::count(tx, {row.topic, row.partition, 0, 0}, moved);
    }
  };
  decide(requests, &work);
}

/// As much a sweep as holds up nothing, until nothing old is left: what is written all day goes as fast as it came.
void Sweeper::prune() {
  bool more = query([&](postgres::Transaction& tx) { return store::prune(tx, now_, settings_.retention); });
  if (!*shared_.barred) more = fold_movements() || more;
  prune_at_ = Deadline::in(more ? 0s : 60s);
}

/// A position is folded when a day's worth of it is old, so that a busy one is not written each minute. Answers whether more may be left.
bool Sweeper::fold_movements() {
  auto keys =
      query([&](postgres::Transaction& tx) { return store::due_folds(tx, now_, settings_.retention.movements + 24h, rows_a_turn); });
  std::size_t folded = 0;
  for (std::span<const ledger::PositionKey> rest = keys; !rest.empty();) {
    auto some = rest.first(std::min(positions_a_fold, rest.size()));
    rest = rest.subspan(some.size());
    ledger::FoldMovements request;
    request.origin = origin();
    request.keys.assign(some.begin(), some.end());
    request.horizon = settings_.retention.movements;
    ledger::Request* one = &request;
    if (!decide({&one, 1})) folded += request.folded;
  }
  return folded > 0;
}

void Sweeper::keep_house() {
  if (auto oldest = postgres::oldest_transaction(connection_)) {
    oldest_transaction_ = *oldest;
    if (*oldest >= transaction_alarm.count())
      log::warning("postgres.long_transaction",
                   {{"seconds", *oldest}, {"message", "a transaction is left open; it slows every instance and vacuum"}});
  }
  auto settings = postgres::unsafe_settings(connection_);
  std::string unsafe;
  if (settings)
    for (const auto& setting : *settings) unsafe += (unsafe.empty() ? "" : ", ") + setting.name + "=" + setting.value;
  if (!settings) return;
  if (!unsafe.empty()) log::error("sweep.unsafe_database", {{"settings", unsafe}, {"message", "nothing is decided until that is mended"}});
  *shared_.barred = !unsafe.empty();
  std::lock_guard hold(lock_);
  unsafe_ = unsafe;
}

}  // namespace crossdock::hub
