#include "hub/intake.hpp"

#include <algorithm>

#include "kafka/admin.hpp"
#include "observe/log.hpp"
#include "store/statements.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

namespace {

std::vector<postgres::Statement> statements() {
  auto all = store::decide_statements();
  for (auto& statement : store::cursor_statements()) all.push_back(std::move(statement));
  return all;
}

constexpr std::size_t records_a_turn = 500;  // bounds the time that positions stay locked (PROTOCOLS.md 0)

}  // namespace

Intake::Intake(const Settings& settings, const store::Shared& shared, HubMemory& memory)
    : settings_(settings), shared_(shared), memory_(memory), connection_(deciding_by_keys(settings), "intake", statements()) {}

Intake::~Intake() { stop(); }

void Intake::start() {
  if (!settings_.feeds.empty()) thread_ = std::thread([this] { run(); });
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

const FeedSettings* Intake::feed_of(const std::string& topic) const {
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
    auto event = consumer_->poll(50ms, records_a_turn);
    handle(event);
    if (!consumer_) continue;
    claim_waiting();
    resume_paused();
    tell_fresh();
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
    for (const auto& partition : gone->partitions) held_.erase(partition);
    partitions_ = held_.size();
  } else if (auto* end = std::get_if<kafka::PartitionEnd>(&event)) {
    kafka_up_ = true;
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
      if (held != held_.end()) held->second.claimed = false, held->second.again = Deadline::in(1s);
    }
    if (trouble->fatal) {
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

Record Intake::read(const kafka::Record& record) const {
  const auto* feed = feed_of(std::string(record.topic));
  ledger::FeedOrigin from;
  from.feed = feed->full_name();
  from.topic = record.topic;
  from.partition = record.partition;
  from.offset = record.offset;
  if (record.key) from.record_key = std::string(*record.key);
  for (const auto& [name, value] : record.headers) from.headers.emplace_back(name, value);
  from.body = record.value.value_or("");
  return read_record(*feed, std::move(from), memory_);
}

void Intake::take(std::span<const kafka::Record> records) {
  std::map<kafka::Partition, std::vector<kafka::Record>> by_partition;
  for (const auto& record : records) {
    auto held = held_.find({std::string(record.topic), record.partition});
    // A repeat after a seek, or a partition that is not ours any more: the cursor says what counts.
    if (held == held_.end() || !held->second.claimed || held->second.paused || record.offset < held->second.cursor.next) continue;
    held->second.caught_up = false;
    by_partition[held->first].push_back(record);
  }
  std::vector<Group> groups(by_partition.begin(), by_partition.end());
  if (groups.empty()) return;
  auto taken = decide_groups(groups);
  if (taken == Taken::yes) return;
  for (const auto& group : groups) {
    if (taken == Taken::failed)
      pause(group);
    else
      take_alone(group);
  }
}

Intake::Taken Intake::decide_groups(std::span<const Group> groups) {
  std::vector<std::pair<const Group*, std::vector<Record>>> work;
  std::vector<ledger::Request*> requests;
  for (const auto& group : groups) {
    auto& records = work.emplace_back(&group, std::vector<Record>{}).second;
    for (const auto& record : group.second) records.push_back(read(record));
  }
  for (auto& [group, records] : work)
    for (auto& record : records)
      if (auto* request = record.request()) requests.push_back(request);
  store::Tally total;
  store::FeedWork feed;
  feed.fence = [&](postgres::Transaction& tx) {
    return std::all_of(work.begin(), work.end(), [&](const auto& part) {
      return store::advance(tx, held_[part.first->first].cursor, part.first->second.back().offset + 1);
    });
  };
  feed.finish = [&](ledger::World& world, postgres::Transaction& tx) {
    total = {};
    for (auto& [group, records] : work) {
      store::Tally tally_here;
      for (auto& record : records) {
        auto outcome = record.outcome();
        tally(tally_here, outcome);
        tally(total, outcome);
        if (outcome == ledger::Outcome::invalid) bury(world, record.from, record.why());
      }
      store::count(tx, held_[group->first].cursor, tally_here);
    }
  };
  auto decided = store::decide(connection_, shared_, requests, &feed);
  if (!decided) {
    log::warning("intake.failed", {{"message", decided.failure().message}, {"code", postgres::name(decided.failure().kind)}});
    return decided.failure().kind == postgres::FailureKind::data ? Taken::data : Taken::failed;
  }
  if (*decided == store::Decided::fenced) return Taken::fenced;
  for (const auto& [group, records] : work) held_[group->first].cursor.next = group->second.back().offset + 1;
  add(total);
  return Taken::yes;
}

/// One partition by itself, after a batch of several was fenced or held bad data.
void Intake::take_alone(const Group& group) {
  auto taken = decide_groups({&group, 1});
  if (taken == Taken::failed) pause(group);
  if (taken == Taken::data) take_halved(group);
  if (taken != Taken::fenced) return;
  log::warning("intake.fenced", {{"topic", group.first.topic}, {"partition", group.first.number}});
  auto& held = held_[group.first];
  held.claimed = false;
  held.again = Deadline::in(1s);
}

/// The halves find the record that the database cannot take; it alone is buried.
void Intake::take_halved(const Group& group) {
  if (group.second.size() == 1) return bury_one(group);
  auto middle = group.second.begin() + static_cast<std::ptrdiff_t>(group.second.size() / 2);
  Group first{group.first, {group.second.begin(), middle}}, second{group.first, {middle, group.second.end()}};
  take_alone(first);
  auto& held = held_[group.first];
  if (held.claimed && !held.paused) take_alone(second);
}

void Intake::bury_one(const Group& group) {
  auto record = read(group.second.front());
  store::FeedWork feed;
  auto& held = held_[group.first];
  feed.fence = [&](postgres::Transaction& tx) { return store::advance(tx, held.cursor, record.from.offset + 1); };
  feed.finish = [&](ledger::World& world, postgres::Transaction& tx) {
    bury(world, record.from, {"database_refused", "the database cannot hold a value of this record"});
    store::count(tx, held.cursor, {0, 0, 0, 0, 1});
  };
  auto decided = store::decide(connection_, shared_, {}, &feed);
  if (!decided) return pause(group);
  held.cursor.next = record.from.offset + 1;
  ++dead_;
}

void Intake::pause(const Group& group) {
  auto& held = held_[group.first];
  held.paused = true;
  held.again = Deadline::in(500ms);
  if (auto paused = consumer_->pause(group.first); !paused) log::warning("intake.pause_failed", {{"message", paused.fault().message()}});
}

void Intake::resume_paused() {
  for (auto& [partition, held] : held_) {
    if (!held.paused || !held.again.passed() || ending_.begun()) continue;
    auto resumed = consumer_->resume(partition, held.cursor.next, ending_.within(5s));
    held.paused = !resumed;
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
