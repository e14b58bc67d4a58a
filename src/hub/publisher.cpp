#include "hub/publisher.hpp"

#include <algorithm>

#include "ledger/events.hpp"
#include "observe/log.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

namespace {
constexpr int most_rows_a_turn = 2'000;
// While commits keep coming, turns begin this far apart at least: a turn costs all of us about the same, however few rows it carries.
constexpr auto least_turn = 20ms;
}  // namespace

Publisher::Publisher(const Settings& settings)
    : settings_(settings),
      outbox_(settings.database, settings.instance, settings.lease),
      leased_until_(Clock::now()),
      renew_at_(Clock::now()),
      own_topics_at_(Clock::now()),
      drain_until_(Clock::time_point::max()) {}

Publisher::~Publisher() { stop(0ms); }

void Publisher::start() {
  thread_ = std::thread([this] { run(); });
}

void Publisher::wake() {
  {
    std::lock_guard hold(lock_);
    woken_ = true;
  }
  condition_.notify_one();
}

void Publisher::stop(std::chrono::milliseconds budget) {
  {
    std::lock_guard hold(lock_);
    if (!stopping_) drain_until_ = Deadline::in(budget);
    stopping_ = true;
  }
  condition_.notify_one();
  if (!thread_.joinable()) return;
  thread_.join();
  outbox_.give_back();
}

void Publisher::run() {
  postgres::Backoff backoff(100ms, 2000ms);
  for (;;) {
    const auto soonest = Deadline::in(least_turn);  // the next turn, unless rows are left
    make_own_topics();
    bool ok = renew();
    bool more = ok && publish();
    if (ok) backoff.reset();
    std::unique_lock hold(lock_);
    if (stopping_ && (!more || drain_until_.passed())) return;
    if (more) continue;
    auto pause = ok ? 250ms : backoff.next();
    condition_.wait_for(hold, pause, [&] { return stopping_ || (ok && woken_); });
    condition_.wait_until(hold, soonest.at(), [&] { return stopping_; });
    woken_ = false;
  }
}

/// Renewed at a third of the lease; between, the own monotonic clock says how long it surely holds.
bool Publisher::renew() {
  if (!renew_at_.passed()) return true;
  auto asked = Clock::now();
  auto held = outbox_.renew();
  if (!held) {
    log::warning("publisher.lease_failed", {{"message", held.failure().message}});
    return false;
  }
  leases_ = std::move(*held);
  leased_until_ = Deadline(asked + settings_.lease);
  renew_at_ = Deadline(asked + settings_.lease / 3);
  return true;
}

/// One batch, wholly: read, sent, acknowledged, ended. Answers whether there may be more.
bool Publisher::publish() {
  if (leases_.empty()) return false;
  auto limit = rows_a_turn_;
  auto rows = outbox_.read(leases_, limit);
  if (!rows) {
    log::warning("publisher.read_failed", {{"message", rows.failure().message}});
    return false;
  }
  waiting_ = static_cast<std::int64_t>(rows->size());
  if (rows->empty()) return false;
  if (!send(*rows)) {
    good_turns_ = 0;
    return rows_a_turn_ < limit;  // refused together: smaller ones at once
  }
  // Not at once after the first that went: each refusal costs a producer.
  if (++good_turns_ % 16 == 0) rows_a_turn_ = std::min(most_rows_a_turn, rows_a_turn_ * 2);
  return static_cast<int>(rows->size()) == limit;
}

/// What this hub publishes exists before the first event, so that consumers may subscribe at once.
void Publisher::make_own_topics() {
  if (own_topics_made_ || !own_topics_at_.passed()) return;
  std::set<std::string> names;
  for (auto name : ledger::published_events()) names.insert(settings_.rules.topic_prefix + std::string(name) + ".v1");
  own_topics_made_ = make_topics(names);
  own_topics_at_ = Deadline::in(2s);
}

bool Publisher::make_topics(const std::set<std::string>& names) {
  if (!settings_.create_topics) return true;
  std::vector<kafka::NewTopic> missing;
  for (const auto& name : names)
    if (!topics_.contains(name)) missing.push_back({name, settings_.topic_partitions, settings_.topic_replication, {}});
  if (missing.empty()) return true;
  auto admin = kafka::Admin::open(settings_.kafka);
  auto made = admin ? (*admin)->create_missing(missing, Deadline::in(5s)) : Result<std::vector<std::string>>(admin.fault());
  // A topic with another number of partitions is as good; anything else shows when sending.
  if (!made) log::warning("publisher.topics", {{"message", made.fault().message()}, {"code", made.fault().code()}});
  if (!made && made.fault().worth_retrying()) return false;
  for (const auto& topic : missing) topics_.insert(topic.name);
  return true;
}

bool Publisher::open_producer() {
  if (producer_) return true;
  kafka::ProducerSettings wanted;
  wanted.cluster = settings_.kafka;
  // The library gives records up one by one, as each grows too old, and sends the younger ones of the same key when the broker comes back
  // at that moment. So we are always earlier than it, and give up all that is on its way at once (await_reports).
  wanted.message_timeout = settings_.lease * 2;
  auto opened = kafka::Producer::open(wanted);
  if (!opened) {
    log::error("publisher.kafka", {{"message", opened.fault().message()}});
    return false;
  }
  producer_ = std::move(*opened);
  return true;
}

bool Publisher::send(const std::vector<store::OutboxRow>& rows) {
  if (!open_producer()) return false;
  std::set<std::string> topics;
  for (const auto& row : rows) topics.insert(row.topic);
  make_topics(topics);
  Batch batch(rows, ++batches_);
  hand_over(batch);
  await_reports(batch);
  kafka_up_ = !batch.failed() || batch.any_acknowledged() || batch.refused_together();
  if (batch.failed()) tell_failure(batch);
  if (batch.refused_together()) rows_a_turn_ = std::max(1, static_cast<int>(rows.size()) / 2);
  return end_rows(batch) && !batch.failed();
}

/// Gives the rows to the producer in their order, up to the first that fails.
void Publisher::hand_over(Batch& batch) {
  using Queued = kafka::Producer::Queued;
  for (std::size_t i = 0; i < batch.rows().size() && !batch.failed(); ++i) {
    const auto& row = batch.rows()[i];
    if (leased_until_.left() < settings_.lease / 2 + 100ms) return;  // too late to be sure: renew first
    auto queued = Queued::full;
    while (queued == Queued::full) {
      queued = producer_->produce(row.topic, row.key, row.body, row.headers, batch.token(i));
      if (queued != Queued::full) break;
      batch.take(producer_->poll(50ms));
      if (batch.failed()) return;
      if (leased_until_.passed()) return batch.fail(i);
    }
    if (queued == Queued::yes) batch.handed_over();
    if (queued == Queued::too_large) batch.refuse(i, "larger than the broker takes");
    if (queued != Queued::refused && queued != Queued::fatal) continue;
    topics_.erase(row.topic);
    batch.fail(i);
  }
}

/// Until each has its report or one has failed: at most as long as the lease surely holds (a record must not be sent after its lane has
/// gone to another instance), and as a stop gives time. What is left is given up at once, so that none overtakes another.
void Publisher::await_reports(Batch& batch) {
  auto limit = Deadline::in(settings_.lease / 2);
  while (batch.outstanding() && !batch.failed() && !limit.passed() && !drained_by().passed()) batch.take(producer_->poll(20ms));
  if (batch.outstanding()) batch.take(producer_->flush(Deadline::in(0ms), true));
}

void Publisher::tell_failure(const Batch& batch) {
  auto trouble = producer_->last_trouble();
  log::warning("publisher.delivery_failed", {{"message", trouble.value_or("not acknowledged")}, {"rows", batch.rows().size()}});
  producer_->poll(1ms);
}

/// Parks what Kafka will never take and removes what it has. What it may have, behind one of its lane that it has not, is sent again.
bool Publisher::end_rows(const Batch& batch) {
  bool ok = true;
  for (const auto& [place, why] : batch.refused()) {
    const auto& row = batch.rows()[place];
    log::error("publisher.parked", {{"topic", row.topic}, {"message", why}});
    if (auto parked = outbox_.park(row, why); !parked) ok = false;
  }
  auto done = batch.done();
  if (done.empty()) return ok;
  if (auto removed = outbox_.remove(done); !removed) {
    log::warning("publisher.remove_failed", {{"message", removed.failure().message}});
    return false;
  }
  published_ += done.size();
  return ok;
}

Deadline Publisher::drained_by() {
  std::lock_guard hold(lock_);
  return drain_until_;
}

}  // namespace crossdock::hub
