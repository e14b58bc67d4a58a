// While a partition is read: whether it is still the log that was read (anchors.hpp).
#include "hub/intake.hpp"
#include "observe/log.hpp"

namespace crossdock::hub {

/// Every ten seconds all partitions, beside the reading of them.
void Intake::look() {
  if (auto told = watch_.answer())
    for (const auto& each : *told) looked(each);
  if (watch_.busy() || !look_at_.passed()) return;
  look_at_ = Deadline::in(settings_.look_every);
  std::vector<TopicWatch::Asked> round;
  for (const auto& [partition, held] : held_)
    if (held.claimed && !held.gap) round.push_back({partition, held.cursor.epoch, held.anchors, held.cursor.last});
  if (!round.empty()) watch_.give(std::move(round));
}

/// Another log under the reader's feet: a data gap. What was read of it since the last look has been taken.
void Intake::looked(const TopicWatch::Told& told) {
  const auto& [asked, answer] = told;
  auto found = held_.find(asked.partition);
  if (found == held_.end() || !found->second.claimed || found->second.cursor.epoch != asked.epoch) return;
  auto& held = found->second;
  if (answer.verdict != Anchors::Verdict::other) return held.anchors.looked(answer, asked.read_before);
  auto cursor = held.cursor;
  cursor.last = answer.missing;
  auto raised = postgres::transact(connection_, [&](postgres::Transaction& tx) { return store::raise_made_anew(tx, cursor, answer.why); });
  if (!raised || !*raised) return;  // the next look finds it again
  drop(asked.partition);
  stop_for_gap(asked.partition, held, answer.why);
  if (auto paused = consumer_->pause(asked.partition); !paused)
    log::warning("intake.pause_failed", {{"message", paused.fault().message()}});
}

}  // namespace crossdock::hub
