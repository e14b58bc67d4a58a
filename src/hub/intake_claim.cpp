// How a partition is taken over: from where it was read to, and only if what lies there is what was read.
#include <algorithm>

#include "hub/intake.hpp"
#include "observe/log.hpp"

namespace crossdock::hub {

using namespace std::chrono_literals;

namespace {
constexpr std::int64_t most_read_again = 1'000;  // offsets, to find the last record again: some of them may hold none

bool claim_failed(const FeedSettings& feed, const std::string& message) {
  log::warning("intake.claim_failed", {{"feed", feed.full_name()}, {"message", message}});
  return false;
}
}  // namespace

void Intake::count_gaps() {
  gaps_ = static_cast<std::size_t>(std::count_if(held_.begin(), held_.end(), [](const auto& each) { return each.second.gap; }));
}

/// The partition stays where it is, and is claimed again after a while.
void Intake::stop_for_gap(const kafka::Partition& partition, Held& held, const std::string& why) {
  held.claimed = false;
  held.paused = false;
  held.gap = true;
  held.again = Deadline::in(30s);
  count_gaps();
  log::error("intake.data_gap", {{"topic", partition.topic}, {"partition", partition.number}, {"message", why}});
}

/// Says it where a person sees it, too.
void Intake::raise_gap(const kafka::Partition& partition, Held& held, const std::string& why) {
  stop_for_gap(partition, held, why);
  auto raised = postgres::transact(connection_, [&](postgres::Transaction& tx) { store::raise_gap(tx, held.cursor, why); });
  (void)raised;
}

/// The start of a partition that was never read.
bool Intake::begin(const kafka::Partition& partition, Held& held, const FeedSettings& feed) {
  auto at = consumer_->start(partition, feed.from_earliest ? kafka::Start::earliest() : kafka::Start::latest(), ending_.within(5s));
  if (!at) return claim_failed(feed, at.fault().message());
  auto begun = postgres::transact(connection_, [&](postgres::Transaction& tx) { store::begin_at(tx, held.cursor, *at); });
  held.cursor.next = *at;
  return begun ? true : claim_failed(feed, begun.failure().message);
}

/// Takes a partition over in the store, then begins to fetch where the store says: with the last record that was read, where it still is.
/// A topic that was made anew has another one there, though its offsets may look as if nothing had happened.
bool Intake::claim(const kafka::Partition& partition, Held& held) {
  const auto* feed = feed_of(partition.topic);
  if (!feed) return false;
  auto claimed = postgres::transact(connection_, [&](postgres::Transaction& tx) {
    return store::claim(tx, feed->full_name(), partition.topic, partition.number, settings_.instance);
  });
  if (!claimed) return claim_failed(*feed, claimed.failure().message);
  held.cursor = *claimed;
  held.proof = Proof::none;
  held.anchors = {};
  held.gap = held.cursor.gap && held.cursor.next >= 0;
  count_gaps();
  if (held.cursor.next < 0) return begin(partition, held, *feed);
  auto ends = consumer_->watermarks(partition, ending_.within(5s));
  if (!ends) return claim_failed(*feed, ends.fault().message());
  const auto next = held.cursor.next, last = held.cursor.last.offset;
  const bool provable = last >= 0 && last >= ends->low && next - last <= most_read_again;
  const std::string holds = "the log holds " + std::to_string(ends->low) + " to " + std::to_string(ends->high);
  const bool outside = next < ends->low || next > ends->high;
  if (outside || (held.gap && !provable)) {
    raise_gap(partition, held, holds + (outside ? ", next to read is " + std::to_string(next) : ", what was read before is not among it"));
    return false;
  }
  held.anchors = Anchors(provable ? held.cursor.last : store::LastRead{}, ends->low);
  if (provable) held.proof = held.gap ? Proof::needed : Proof::wanted;
  auto started = consumer_->start(partition, kafka::Start::from(provable ? last : next));
  return started ? true : claim_failed(*feed, started.fault().message());
}

/// The first record since the claim. That the last one read is not there any more says nothing: logs are cut off and compacted.
bool Intake::proven(const kafka::Partition& partition, Held& held, const kafka::Record& record) {
  const auto& last = held.cursor.last;
  const bool there = record.offset == last.offset;
  const bool same = there && store::print_of(record.timestamp_ms, record.key.value_or(""), record.value.value_or("")) == last.print;
  if (!same && (there || held.proof == Proof::needed)) {
    raise_gap(partition, held, "the record at " + std::to_string(last.offset) + " is not the one that was read: the topic was made anew");
    if (auto paused = consumer_->pause(partition); !paused) log::warning("intake.pause_failed", {{"message", paused.fault().message()}});
    return false;
  }
  if (held.gap) {
    held.gap = false;
    count_gaps();
    auto ended = postgres::transact(connection_, [&](postgres::Transaction& tx) { store::end_gap(tx, held.cursor); });
    (void)ended;
  }
  held.proof = Proof::none;
  return true;
}

}  // namespace crossdock::hub
