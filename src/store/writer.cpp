#include "store/writer.hpp"

#include <algorithm>
#include <utility>

#include "crossdock/base/deadline.hpp"
#include "store/in_hand.hpp"
#include "store/statements.hpp"

namespace crossdock::store {

namespace {
constexpr std::string_view lock_not_available = "55P03";  // lock_timeout: by default 2 s, as long as a duplicate waits (PROTOCOLS.md A)
}  // namespace

Writer::Writer(const postgres::Settings& database, const Shared& shared, WriterSettings settings)
    : shared_(shared),
      settings_(std::move(settings)),
      connection_(database, settings_.role, decide_statements()),
      thread_([this] { run(); }) {}

Writer::~Writer() { stop(); }

void Writer::submit(std::shared_ptr<ledger::Request> request, const Completion& done) {
  std::optional<Undecided> refused;
  {
    std::lock_guard hold(lock_);
    if (stopping_)
      refused = Undecided::stopping;
    else if (queue_.size() >= settings_.queue)
      refused = Undecided::overloaded;
    else
      queue_.push_back(Job{std::move(request), done});
    waiting_.store(queue_.size(), std::memory_order_relaxed);
  }
  if (refused)
    done(refused);
  else
    wake_.notify_one();
}

void Writer::stop() {
  {
    std::lock_guard hold(lock_);
    if (stopping_ && !thread_.joinable()) return;
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

WriterFigures Writer::figures() const {
  std::lock_guard hold(lock_);
  auto figures = figures_;
  figures.waiting = queue_.size();
  return figures;
}

void Writer::run() {
  std::vector<Job> batch;
  for (;;) {
    {
      std::unique_lock hold(lock_);
      wake_.wait(hold, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      auto count = std::min(settings_.batch, queue_.size());
      batch.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.begin() + static_cast<std::ptrdiff_t>(count)));
      queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
      waiting_.store(queue_.size(), std::memory_order_relaxed);
    }
    work(batch);
    batch.clear();
  }
}

void Writer::work(std::span<Job> jobs) {
  auto undecided = settle(jobs);
  {
    std::lock_guard hold(lock_);
    ++figures_.batches;
    figures_.requests += jobs.size();
    figures_.failures += undecided ? jobs.size() : 0;
  }
  for (auto& job : jobs)
    if (job.done) job.done(undecided);
}

/// Decides a batch whatever the database does, within the patience. What is left undecided has changed nothing that a repeat would not
/// find.
std::optional<Undecided> Writer::settle(std::span<Job> jobs) {
  std::vector<ledger::Request*> requests;
  for (auto& job : jobs)
    if (job.request) requests.push_back(job.request.get());
  if (requests.empty()) return {};
  postgres::Backoff backoff(std::chrono::milliseconds(20), std::chrono::milliseconds(500));
  Deadline patience = Deadline::in(settings_.patience);
  for (;;) {
    auto decided = decide(connection_, shared_, requests);
    if (decided) return {};
    auto kind = decided.failure().kind;
    if (shared_.failed) shared_.failed(settings_.role, decided.failure());
    if (decided.failure().sqlstate == lock_not_available && tell_duplicates(jobs, requests)) {
      if (requests.empty()) return {};
      continue;  // without them the others may have nothing to wait for
    }
    if (kind == postgres::FailureKind::data && jobs.size() > 1) return halve(jobs);
    if (kind == postgres::FailureKind::data || kind == postgres::FailureKind::other) return Undecided::broken;
    std::unique_lock hold(lock_);
    // A stop does not wait for a database that is away: the queue may hold many batches, each with its patience.
    if (patience.passed() || (stopping_ && kind == postgres::FailureKind::lost)) return Undecided::unavailable;
    ++figures_.retries;
    wake_.wait_for(hold, backoff.next(), [this] { return stopping_; });
  }
}

/// Answers those that wait for the outcome of their own key in another session, and takes them out of the requests. False: there are none.
bool Writer::tell_duplicates(std::span<Job> jobs, std::vector<ledger::Request*>& requests) {
  auto elsewhere = keys_elsewhere(connection_, requests);
  if (!elsewhere || elsewhere->empty()) return false;
  for (auto& job : jobs) {
    const auto* keyed = dynamic_cast<const ledger::KeyedRequest*>(job.request.get());
    if (!keyed || !elsewhere->contains(keyed->key)) continue;
    std::erase(requests, job.request.get());
    job.request.reset();
    if (job.done) std::exchange(job.done, nullptr)(Undecided::in_progress);
  }
  return true;
}

/// A row of the batch is at fault: the halves find it, the others are decided without it.
std::optional<Undecided> Writer::halve(std::span<Job> jobs) {
  auto middle = jobs.size() / 2;
  for (auto half : {jobs.first(middle), jobs.subspan(middle)}) {
    auto undecided = settle(half);
    for (auto& job : half) {
      if (!job.done) continue;
      job.done(undecided);
      job.done = nullptr;
    }
  }
  return {};
}

}  // namespace crossdock::store
