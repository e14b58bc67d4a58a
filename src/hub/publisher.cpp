#include "hub/publisher.hpp"

#include <algorithm>

#include "ledger/events.hpp"
#include "observe/log.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

namespace {
constexpr int rows_a_turn = 2'000;
}

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
    make_own_topics();
    bool ok = renew();
    bool more = ok && publish();
    if (ok) backoff.reset();
    std::unique_lock hold(lock_);
    if (stopping_ && (!more || drain_until_.passed())) return;
    if (more) continue;
    auto pause = ok ? 250ms : backoff.next();
    condition_.wait_for(hold, pause, [&] { return stopping_ || (ok && woken_); });
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
  auto rows = outbox_.read(leases_, rows_a_turn);
  if (!rows) {
    log::warning("publisher.read_failed", {{"message", rows.failure().message}});
    return false;
  }
  waiting_ = static_cast<std::int64_t>(rows->size());
  if (rows->empty()) return false;
  return send(*rows) && rows->size() == rows_a_turn;
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

bool Publisher::send(const std::vector<store::OutboxRow>& rows) {
  if (!producer_) {
    kafka::ProducerSettings wanted;
    wanted.cluster = settings_.kafka;
    // A record must not be sent after its lane's lease has gone to another instance.
    wanted.message_timeout = settings_.lease / 2;
    auto opened = kafka::Producer::open(wanted);
    if (!opened) {
      log::error("publisher.kafka", {{"message", opened.fault().message()}});
      return false;
    }
    producer_ = std::move(*opened);
  }
  std::set<std::string> topics;
  for (const auto& row : rows) topics.insert(row.topic);
  make_topics(topics);
  std::vector<std::int64_t> done;
  std::vector<std::pair<const store::OutboxRow*, std::string>> refused;
  std::size_t reported = 0, sent = 0;
  bool failed = false;
  std::set<std::string> broken_lanes;  // nothing of a key goes out after one of its records failed
  auto take = [&](std::span<const kafka::Report> reports) {
    for (const auto& report : reports) {
      ++reported;
      const auto& row = rows[report.token];
      if (report.ok())
        done.push_back(row.id);
      else if (report.rejected)
        refused.emplace_back(&row, report.message);
      else
        failed = true, broken_lanes.insert(row.key.value_or(""));
    }
  };
  for (std::size_t i = 0; i < rows.size() && !failed; ++i) {
    const auto& row = rows[i];
    if (leased_until_.left() < settings_.lease / 2 + 100ms) break;  // too late to be sure: renew first
    for (;;) {
      auto queued = producer_->produce(row.topic, row.key, row.body, row.headers, i);
      if (queued == kafka::Producer::Queued::yes) ++sent;
      if (queued == kafka::Producer::Queued::too_large) refused.emplace_back(&row, "larger than the broker takes");
      if (queued == kafka::Producer::Queued::refused || queued == kafka::Producer::Queued::fatal) {
        failed = true;
        topics_.erase(row.topic);
      }
      if (queued != kafka::Producer::Queued::full) break;
      take(producer_->poll(50ms));
      if (leased_until_.passed()) failed = true;
      if (failed) break;
    }
  }
  Deadline limit = Deadline::in(settings_.lease);
  while (reported < sent && !limit.passed()) take(producer_->poll(20ms));
  if (reported < sent) take(producer_->flush(Deadline::in(0ms), true));
  kafka_up_ = !failed || !done.empty();
  if (failed) {
    auto trouble = producer_->last_trouble();
    log::warning("publisher.delivery_failed",
                 {{"message", trouble.value_or("not acknowledged")}, {"acknowledged", done.size()}, {"sent", sent}});
    producer_->poll(1ms);
  }
  for (const auto& [row, why] : refused) {
    log::error("publisher.parked", {{"topic", row->topic}, {"message", why}});
    if (auto parked = outbox_.park(*row, why); !parked) failed = true;
  }
  if (!done.empty()) {
    if (auto removed = outbox_.remove(done); !removed) {
      log::warning("publisher.remove_failed", {{"message", removed.failure().message}});
      return false;
    }
    published_ += done.size();
  }
  return !failed;
}

}  // namespace crossdock::hub
