#include "hub/intake_writer.hpp"

#include <utility>

#include "observe/log.hpp"
#include "store/statements.hpp"

namespace crossdock::hub {

store::LastRead Part::last() const {
  const auto& origin = records.back().origin();
  return {origin.offset, store::print_of(records.back().timestamp_ms, origin.record_key.value_or(""), origin.body)};
}

Taken take_parts(postgres::Connection& connection, const store::Shared& shared, std::span<Part> parts, store::Tally& total) {
  std::vector<ledger::Request*> requests;
  std::vector<store::Step> steps;
  for (auto& part : parts) {
    steps.push_back({&part.cursor, part.next(), part.last()});
    for (auto& record : part.records)
      if (auto* request = record.request()) requests.push_back(request);
  }
  store::FeedWork feed;
  feed.fence = [&](postgres::Transaction& tx) { return store::advance(tx, steps); };
  feed.finish = [&](ledger::World& world, postgres::Transaction& tx) {
    total = {};
    for (auto& part : parts) {
      store::Tally tally_here;
      for (auto& record : part.records) {
        auto outcome = record.outcome();
        tally(tally_here, outcome);
        tally(total, outcome);
        if (outcome == ledger::Outcome::invalid) bury(world, record.origin(), record.why());
      }
      store::count(tx, part.cursor, tally_here);
    }
  };
  if (*shared.barred) return Taken::failed;
  auto decided = store::decide(connection, shared, requests, &feed);
  if (!decided) {
    log::warning("intake.failed", {{"message", decided.failure().message}, {"code", postgres::name(decided.failure().kind)}});
    return decided.failure().kind == postgres::FailureKind::data ? Taken::data : Taken::failed;
  }
  return *decided == store::Decided::fenced ? Taken::fenced : Taken::yes;
}

postgres::Connection deciding_records(const Settings& settings, std::string_view role) {
  auto statements = store::decide_statements();
  for (auto& statement : store::cursor_statements()) statements.push_back(std::move(statement));
  return {deciding_by_keys(settings), role, std::move(statements)};
}

IntakeWriter::IntakeWriter(const Settings& settings, const store::Shared& shared, std::string_view role)
    : shared_(shared), connection_(deciding_records(settings, role)) {}

void IntakeWriter::start() {
  thread_ = std::thread([this] { run(); });
}

void IntakeWriter::stop() {
  {
    const std::lock_guard hold(lock_);
    stopping_ = true;
  }
  condition_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void IntakeWriter::give(std::vector<Part> parts) {
  busy_ = true;
  {
    const std::lock_guard hold(lock_);
    given_ = std::move(parts);
  }
  condition_.notify_all();
}

std::optional<Answer> IntakeWriter::answer(std::chrono::milliseconds wait) {
  if (!busy_) return {};
  std::unique_lock hold(lock_);
  if (!condition_.wait_for(hold, wait, [this] { return answer_.has_value(); })) return {};
  busy_ = false;
  return std::exchange(answer_, {});
}

void IntakeWriter::run() {
  for (;;) {
    Answer done;
    {
      std::unique_lock hold(lock_);
      condition_.wait(hold, [this] { return stopping_ || given_; });
      if (!given_) return;
      done.parts = std::move(*given_);
      given_.reset();
    }
    done.taken = take_parts(connection_, shared_, done.parts, done.total);
    {
      const std::lock_guard hold(lock_);
      answer_ = std::move(done);
    }
    condition_.notify_all();
  }
}

}  // namespace crossdock::hub
