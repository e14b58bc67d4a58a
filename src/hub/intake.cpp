#include "hub/intake.hpp"

#include <algorithm>

#include "kafka/admin.hpp"
#include "observe/log.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

namespace {
constexpr std::size_t writers = 2;  // while one decides, the other one's rows are on their way through PostgreSQL
}  // namespace

Intake::Intake(const Settings& settings, const store::Shared& shared, HubMemory& memory)
    : settings_(settings), shared_(shared), memory_(memory), connection_(deciding_records(settings, "intake")), shares_(writers) {
  for (std::size_t i = 0; i < writers; ++i)
    shares_[i].writer = std::make_unique<IntakeWriter>(settings, shared, "intake-" + std::to_string(i + 1));
}

Intake::~Intake() { stop(); }

void Intake::start() {
  if (settings_.feeds.empty()) return;
  for (auto& share : shares_) share.writer->start();
  thread_ = std::thread([this] { run(); });
}

void Intake::stop() {
  ending_.begin(Deadline::in(3s));
  if (thread_.joinable()) thread_.join();
}

store::Tally Intake::totals() const { return {applied_, superseded_, duplicate_, waiting_, dead_}; }

void Intake::add(const store::Tally& tally) {
  applied_ += tally.applied;
  superseded_ += tally.superseded;
  duplicate_ += tally.duplicate;
  waiting_ += tally.waiting;
  dead_ += tally.dead;
}

const FeedSettings* Intake::feed_of(std::string_view topic) const {
  auto feed = std::find_if(settings_.feeds.begin(), settings_.feeds.end(), [&](const FeedSettings& each) { return each.topic == topic; });
  return feed == settings_.feeds.end() ? nullptr : &*feed;
}

void Intake::open() {
  std::vector<std::string> topics;
  std::vector<kafka::NewTopic> wanted;
  for (const auto& feed : settings_.feeds) {
    topics.push_back(feed.topic);
    wanted.push_back({feed.topic, settings_.topic_partitions, settings_.topic_replication, {}});
  }
  if (settings_.create_topics) {
    auto admin = kafka::Admin::open(settings_.kafka);
    auto made = admin ? (*admin)->create_missing(wanted, ending_.within(5s)) : Result<std::vector<std::string>>(admin.fault());
    if (!made && made.fault().code() != "kafka_topic") {
      log::warning("intake.topics", {{"code", made.fault().code()}, {"message", made.fault().message()}});
      kafka_up_ = false;
      return;
    }
  }
  kafka::ConsumerSettings consumer;
  consumer.cluster = settings_.kafka;
  consumer.group = settings_.group;
  consumer.session_timeout = settings_.lease;
  auto opened = kafka::Consumer::open(consumer, topics);
  kafka_up_ = static_cast<bool>(opened);
  if (opened)
    consumer_ = std::move(*opened);
  else
    log::error("intake.kafka", {{"code", opened.fault().code()}, {"message", opened.fault().message()}});
}

void Intake::run() {
  while (!ending_.begun()) {
    if (!consumer_) {
      open();
      if (!consumer_) ending_.pause(500ms);
      continue;
    }
    auto event = consumer_->poll(busy() ? 1ms : 50ms, records_a_turn);
    handle(event);
    if (!consumer_) continue;
    keep_up();
    claim_waiting();
    resume_paused();
    tell_fresh();
  }
  for (auto& share : shares_) {
    share.writer->stop();
    collect(share, 0ms);
  }
  if (consumer_) consumer_->close(ending_.within(3s));
}

void Intake::handle(kafka::Event& event) {
  if (auto* records = std::get_if<kafka::Records>(&event)) {
    kafka_up_ = true;
    take(records->records);
  } else if (auto* ours = std::get_if<kafka::Assigned>(&event)) {
    kafka_up_ = true;
    assigned(ours->partitions);
  } else if (auto* gone = std::get_if<kafka::Revoked>(&event)) {
    drain_all();  // what is in hand
    for (const auto& partition : gone->partitions) drop(partition), held_.erase(partition);
    partitions_ = held_.size();
  } else if (auto* end = std::get_if<kafka::PartitionEnd>(&event)) {
    kafka_up_ = true;
    drain(share_of(end->partition));
    auto held = held_.find(end->partition);
    // Only what the store has, too, counts as read: records may be compacted away or be markers, so the end may lie further.
    if (held != held_.end() && held->second.claimed && !held->second.paused) held->second.caught_up = true;
  } else if (auto* trouble = std::get_if<kafka::Trouble>(&event)) {
    log::warning("intake.trouble", {{"code", trouble->code}, {"message", trouble->message}});
    if (trouble->code == "_ALL_BROKERS_DOWN" || trouble->code == "_TRANSPORT") {
      kafka_up_ = false;
      for (auto& [partition, held] : held_) held.caught_up = false;
    }
    if (trouble->out_of_range && trouble->partition) {
      auto held = held_.find(*trouble->partition);
      if (held != held_.end()) begin_anew(*trouble->partition);
    }
    if (trouble->fatal) {
      drain_all();
      for (auto& share : shares_) share.pending.clear(), share.count = 0;
      held_.clear();
      consumer_.reset();
    }
  }
}

void Intake::assigned(const std::vector<kafka::Partition>& partitions) {
  for (const auto& partition : partitions) held_[partition] = Held{};
  partitions_ = held_.size();
}

void Intake::claim_waiting() {
  for (auto& [partition, held] : held_) {
    if (held.claimed || !held.again.passed() || ending_.begun()) continue;
    held.claimed = claim(partition, held);
    held.read = held.cursor.next;
    if (!held.claimed) held.again = Deadline::in(1s);
  }
}

bool Intake::within_log(const kafka::Partition& partition, const store::Cursor& cursor, std::string& why) {
  auto log_ends = consumer_->watermarks(partition, ending_.within(5s));
  if (!log_ends) {
    why.clear();
    return false;
  }
  if (cursor.next >= log_ends->low && cursor.next <= log_ends->high) return true;
  why = "the log holds " + std::to_string(log_ends->low) + " to " + std::to_string(log_ends->high) + ", next to read is " +
        std::to_string(cursor.next);
  return false;
}

/// Takes a partition over in the store, then begins to fetch where the store says.
bool Intake::claim(const kafka::Partition& partition, Held& held) {
  const auto* feed = feed_of(partition.topic);
  if (!feed) return false;
  auto claimed = postgres::transact(connection_, [&](postgres::Transaction& tx) {
    return store::claim(tx, feed->full_name(), partition.topic, partition.number, settings_.instance);
  });
  if (!claimed) {
    log::warning("intake.claim_failed", {{"feed", feed->full_name()}, {"message", claimed.failure().message}});
    return false;
  }
  held.cursor = *claimed;
  if (held.cursor.next < 0) {
    auto at = consumer_->start(partition, feed->from_earliest ? kafka::Start::earliest() : kafka::Start::latest(), ending_.within(5s));
    if (!at) return false;
    auto begun = postgres::transact(connection_, [&](postgres::Transaction& tx) { store::begin_at(tx, held.cursor, *at); });
    held.cursor.next = *at;
    if (!begun) log::warning("intake.claim_failed", {{"message", begun.failure().message}});
    return static_cast<bool>(begun);
  }
  std::string why;
  if (!within_log(partition, held.cursor, why)) {
    if (!why.empty()) {
      ++gaps_;
      log::error("intake.data_gap", {{"feed", feed->full_name()}, {"partition", partition.number}, {"message", why}});
      auto raised = postgres::transact(connection_, [&](postgres::Transaction& tx) { store::raise_gap(tx, held.cursor, why); });
      (void)raised;
      held.again = Deadline::in(30s);
    }
    return false;
  }
  return static_cast<bool>(consumer_->start(partition, kafka::Start::from(held.cursor.next)));
}

void Intake::resume_paused() {
  for (auto& [partition, held] : held_) {
    if (!held.paused || !held.again.passed() || ending_.begun()) continue;
    auto resumed = consumer_->resume(partition, held.cursor.next, ending_.within(5s));
    held.paused = !resumed;
    held.read = held.cursor.next;
    held.again = Deadline::in(500ms);
  }
}

/// Twice a second: what is caught up is fresh as of now, and how fresh the topics are over all instances.
void Intake::tell_fresh() {
  if (!fresh_at_.passed()) return;
  fresh_at_ = Deadline::in(500ms);
  std::vector<store::Cursor> ours;
  if (kafka_up_)
    for (const auto& [partition, held] : held_)
      if (held.claimed && held.caught_up && !held.paused) ours.push_back(held.cursor);
  auto now = Instant::now();
  auto told = postgres::transact(connection_, [&](postgres::Transaction& tx) {
    if (!ours.empty()) store::caught_up(tx, ours);
    return store::freshness(tx);
  });
  if (!told) return;
  for (const auto& topic : *told)
    if (topic.caught_up_at) memory_.topic_fresh(topic.topic, now + -topic.age_micros);
}

}  // namespace crossdock::hub
