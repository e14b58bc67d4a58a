// The larger part of intake.cpp: from records of a poll to what is committed.
#include <algorithm>
#include <iterator>

#include "hub/intake.hpp"
#include "observe/log.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

Record Intake::read(const kafka::Record& record) const {
  const auto* feed = feed_of(record.topic);
  ledger::FeedOrigin from;
  from.feed = feed->full_name();
  from.topic = record.topic;
  from.partition = record.partition;
  from.offset = record.offset;
  if (record.key) from.record_key = std::string(*record.key);
  for (const auto& [name, value] : record.headers) from.headers.emplace_back(name, value);
  from.body = record.value.value_or("");
  auto read = read_record(*feed, std::move(from), memory_);
  read.timestamp_ms = record.timestamp_ms;
  return read;
}

void Intake::take(std::span<const kafka::Record> records) {
  auto held = held_.end();
  for (const auto& record : records) {
    if (held == held_.end() || held->first.number != record.partition || held->first.topic != record.topic)
      held = held_.find({std::string(record.topic), record.partition});
    // A repeat after a seek, or a partition that is not ours any more: the cursor says what counts.
    if (held == held_.end() || !held->second.claimed || held->second.paused) continue;
    if (held->second.proof != Proof::none && !proven(held->first, held->second, record)) continue;
    if (record.offset < held->second.read) continue;
    auto& share = share_of(held->first);
    auto& pending = share.pending[held->first];
    if (pending.records.empty()) pending.from = held->second.read, pending.records.reserve(records.size());
    pending.records.push_back(read(record));
    ++share.count;
    held->second.read = record.offset + 1;
    held->second.caught_up = false;
  }
}

bool Intake::busy() const {
  return std::any_of(shares_.begin(), shares_.end(), [](const Share& share) { return share.count > 0 || share.writer->busy(); });
}

/// After each poll: what is decided is booked, what is pending is given; who polls far ahead waits.
void Intake::keep_up() {
  for (auto& share : shares_) {
    collect(share, 0ms);
    give(share);
    while (share.count >= 2 * records_a_turn && share.writer->busy()) {
      collect(share, 100ms);
      give(share);
    }
  }
}

/// A batch of what is pending, if the writer has none in hand.
void Intake::give(Share& share) {
  if (share.writer->busy() || share.count == 0) return;
  std::vector<Part> parts;
  std::size_t room = records_a_turn;
  for (auto it = share.pending.begin(); it != share.pending.end() && room > 0;) {
    auto& [partition, pending] = *it;
    auto& held = held_.at(partition);
    if (pending.from != held.cursor.next) {  // never skipped: it is read again from where the store is
      log::error("intake.out_of_step", {{"topic", partition.topic}, {"partition", partition.number}});
      auto gone = partition;
      ++it;
      begin_anew(gone);
      continue;
    }
    auto count = std::min(room, pending.records.size());
    auto last = pending.records.begin() + static_cast<std::ptrdiff_t>(count);
    auto& part = parts.emplace_back(Part{partition, held.cursor, {}});
    part.records.assign(std::make_move_iterator(pending.records.begin()), std::make_move_iterator(last));
    pending.records.erase(pending.records.begin(), last);
    pending.from = part.next();
    room -= count;
    share.count -= count;
    it = pending.records.empty() ? share.pending.erase(it) : std::next(it);
  }
  if (!parts.empty()) share.writer->give(std::move(parts));
}

void Intake::collect(Share& share, std::chrono::milliseconds wait) {
  if (auto answer = share.writer->answer(wait)) settle(*answer);
}

/// Until the store has all that was read of the share's partitions, or their trouble is known.
void Intake::drain(Share& share) {
  while (share.count > 0 || share.writer->busy()) {
    collect(share, 100ms);
    give(share);
  }
}

void Intake::drain_all() {
  for (auto& share : shares_) drain(share);
}

/// Forgets what is pending of it.
void Intake::drop(const kafka::Partition& partition) {
  auto& share = share_of(partition);
  auto pending = share.pending.find(partition);
  if (pending == share.pending.end()) return;
  share.count -= pending->second.records.size();
  share.pending.erase(pending);
}

/// To be claimed again, and read from where the store is.
void Intake::begin_anew(const kafka::Partition& partition) {
  drop(partition);
  auto& held = held_[partition];
  held.claimed = false;
  held.paused = false;  // the claim's start ends that
  held.again = Deadline::in(1s);
}

void Intake::settle(Answer& answer) {
  for (auto& part : answer.parts) {
    auto held = held_.find(part.partition);
    // Claimed anew meanwhile: then the store has said where it is.
    if (held == held_.end() || !held->second.claimed || held->second.cursor.epoch != part.cursor.epoch) continue;
    if (answer.taken == Taken::yes)
      moved(part, held->second);
    else if (answer.taken == Taken::failed)
      pause(part.partition);
    else
      take_alone(part);
  }
  if (answer.taken == Taken::yes) add(answer.total);
}

void Intake::moved(const Part& part, Held& held) {
  part.move(held.cursor);
  held.anchors.read(held.cursor.last);
}

Taken Intake::take_now(Part& part) {
  store::Tally total;
  auto taken = take_parts(connection_, shared_, {&part, 1}, total);
  if (taken != Taken::yes) return taken;
  moved(part, held_[part.partition]);
  add(total);
  return taken;
}

/// One partition by itself, after a batch of several was fenced or held bad data.
void Intake::take_alone(Part& part) {
  part.cursor = held_[part.partition].cursor;
  auto taken = take_now(part);
  if (taken == Taken::failed) pause(part.partition);
  if (taken == Taken::data) take_halved(part);
  if (taken != Taken::fenced) return;
  log::warning("intake.fenced", {{"topic", part.partition.topic}, {"partition", part.partition.number}});
  begin_anew(part.partition);
}

/// The halves find the record that the database cannot take; it alone is buried.
void Intake::take_halved(Part& part) {
  if (part.records.size() == 1) return bury_one(part);
  auto middle = part.records.begin() + static_cast<std::ptrdiff_t>(part.records.size() / 2);
  Part second{part.partition, part.cursor, {std::make_move_iterator(middle), std::make_move_iterator(part.records.end())}};
  part.records.erase(middle, part.records.end());
  take_alone(part);
  const auto& held = held_[part.partition];
  if (held.claimed && !held.paused) take_alone(second);
}

void Intake::bury_one(Part& part) {
  const auto& record = part.records.front();
  store::FeedWork feed;
  auto& held = held_[part.partition];
  feed.fence = [&](postgres::Transaction& tx) { return store::advance(tx, held.cursor, part.next(), part.last()); };
  feed.finish = [&](ledger::World& world, postgres::Transaction& tx) {
    bury(world, record.origin(), {"database_refused", "the database cannot hold a value of this record"});
    store::count(tx, held.cursor, {0, 0, 0, 0, 1});
  };
  auto mark = record.suspect();
  std::vector<ledger::Request*> marks;
  if (mark) marks.push_back(mark.get());
  auto decided = store::decide(connection_, shared_, marks, &feed);
  if (!decided && decided.failure().kind == postgres::FailureKind::data) decided = store::decide(connection_, shared_, {}, &feed);
  if (!decided) return pause(part.partition);
  if (*decided == store::Decided::fenced) return begin_anew(part.partition);
  moved(part, held);
  ++dead_;
}

/// What was read and not decided comes again when it goes on.
void Intake::pause(const kafka::Partition& partition) {
  drop(partition);
  auto& held = held_[partition];
  held.paused = true;
  held.again = Deadline::in(500ms);
  if (auto paused = consumer_->pause(partition); !paused) log::warning("intake.pause_failed", {{"message", paused.fault().message()}});
}

}  // namespace crossdock::hub
