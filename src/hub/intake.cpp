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
    : settings_(settings),
      shared_(shared),
      memory_(memory),
      connection_(deciding_records(settings, "intake")),
      shares_(writers),
      watch_(settings.kafka) {
  for (auto& share : shares_) share.writer = std::make_unique<IntakeWriter>(settings, shared, "intake-writer");
}

Intake::~Intake() { stop(); }

void Intake::start() {
  if (settings_.feeds.empty()) return;
  for (auto& share : shares_) share.writer->start();
  watch_.start();
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
    look();
  }
  for (auto& share : shares_) {
    share.writer->stop();
    collect(share, 0ms);
  }
  watch_.begin_stop();
  if (consumer_) consumer_->close(ending_.within(3s));
  watch_.stop();
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
    count_gaps();
  } else if (auto* end = std::get_if<kafka::PartitionEnd>(&event)) {
    kafka_up_ = true;
    drain(share_of(end->partition));
    auto held = held_.find(end->partition);
    // Only what the store has, too, counts as read: records may be compacted away or be markers, so the end may lie further.
    if (held != held_.end() && held->second.claimed && !held->second.paused && held->second.proof != Proof::needed)
      held->second.caught_up = true;
  } else if (auto* trouble = std::get_if<kafka::Trouble>(&event)) {
    log::warning("intake.trouble", {{"code", trouble->code}, {"message", trouble->message}});
    if (trouble->code == "_ALL_BROKERS_DOWN" || trouble->code == "_TRANSPORT") {
      kafka_up_ = false;
      for (auto& [partition, held] : held_) held.caught_up = false;
    }
    // A topic that was gone for a while may have been made anew: it is taken over again, and looked at as then.
    // The library does not always say which one but in words.
    if (trouble->out_of_range || trouble->topic_gone)
      for (const auto& [partition, held] : held_)
        if (trouble->partition ? partition == *trouble->partition : trouble->message.find(partition.topic) != std::string::npos)
          begin_anew(partition);
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
    held.again = Deadline::in(1s);  // a gap says more
    held.claimed = claim(partition, held);
    held.read = held.cursor.next;
  }
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
  auto told = postgres::transact(connection_, [&](postgres::Transaction& tx) {
    if (!ours.empty()) store::caught_up(tx, ours);
    return store::freshness(tx);
  });
  if (!told) return;
  for (const auto& topic : *told)
    if (topic.caught_up_at) memory_.topic_fresh(topic.topic, *topic.caught_up_at);
}

}  // namespace crossdock::hub
