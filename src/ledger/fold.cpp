#include "ledger/fold.hpp"

#include <algorithm>

namespace crossdock::ledger {

void FoldMovements::ask(const World&, Needs& needs) const {
  needs.positions.insert(keys.begin(), keys.end());
  needs.oldest_of.insert(keys.begin(), keys.end());
}

/// By when the store got it, for a source may date its movements back. Where time is the order, a date in the future holds it back, too:
/// what comes up to the mark does not count any more.
bool FoldMovements::old(const MovementRow& row, Instant now) const {
  const bool by_time = row.implied() || !row.key.discriminator.empty();
  return std::max(row.seen_at, by_time ? row.occurred_at : row.seen_at) < now + -horizon.count();
}

void FoldMovements::fold(World& world, PositionRow& position) {
  auto after = position;
  std::vector<MovementRow*> gone;
  bool implied_end = false, numbered_end = false;
  for (auto it = world.movements.lower_bound(MovementKey{position.key, {implied_epoch, INT64_MIN}, {}});
       it != world.movements.end() && it->first.position == position.key && !numbered_end; ++it) {
    auto& row = it->second;
    auto& end = row.implied() ? implied_end : numbered_end;
    // What is missing in a dense feed is looked for between those that are stored.
    end = end || !old(row, world.now) || (!row.implied() && position.gap_since && row.counts(position));
    if (end) continue;
    gone.push_back(&row);
    if (row.implied())
      after.folded_until = std::max(after.folded_until.value_or(row.occurred_at), row.occurred_at);
    else
      after.folded_to = std::max(after.folded_to, row.key.sequence);
    if (!row.counts(position)) continue;
    after.snapshot_on_hand += row.delta;
    after.snapshot_unavailable += row.unavailable_delta;
    if (row.key.sequence.epoch == position.snapshot.epoch || (position.snapshot.number < 0 && !row.implied())) ++after.folded;
  }
  // A sum on the way may leave the range of numbers although the whole does not: then it waits for a snapshot.
  if (gone.empty() || !after.snapshot_on_hand.storable() || !after.snapshot_unavailable.storable()) return;
  for (auto* row : gone) row->mark = Mark::gone;
  folded += gone.size();
  position = std::move(after);
  if (position.mark == Mark::clean) position.mark = Mark::changed;
}

void FoldMovements::decide(World& world) {
  folded = 0;
  if (!world.clock_believed) return;
  for (const auto& key : keys)
    if (auto* position = world.position(key)) fold(world, *position);
}

}  // namespace crossdock::ledger
