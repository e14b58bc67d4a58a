#include "store/due_holds.hpp"

#include <algorithm>

#include "store/load_parts.hpp"

namespace crossdock::store {

using namespace ledger;

namespace {

constexpr int holds_ahead = 256;  // 1 ms

void sooner(std::optional<Instant>& earliest, Instant at) { earliest = std::min(earliest.value_or(at), at); }

/// When the next hold of each falls due. Of all live holds only the next few are looked at, so that it costs the same on an item with a
/// hundred thousand of them: a position that has none among these knows the last one's time as the soonest that is possible.
void find_next_expiries(postgres::Transaction& tx, const std::vector<PositionKey>& keys, World& world, const std::set<std::string>& named) {
  std::map<PositionKey, std::optional<Instant>> next;
  for (const auto& key : keys) next[key];
  std::optional<Instant> horizon;
  Pairs pairs(keys);
  for (auto row : tx.run("next_holds", pairs.first, pairs.second, world.now, holds_ahead)) {
    if (row.is_null(0))
      horizon = row.instant(2);
    else
      sooner(next[{row.text(0), row.text(1)}], row.instant(2));
  }
  for (const auto& id : named) {  // due perhaps, and still there if the request so decides
    const auto* reservation = world.reservation(id);
    if (!reservation || !reservation->live()) continue;
    for (const auto& line : reservation->lines)
      if (auto it = next.find(line.position); it != next.end() && line.granted.positive()) sooner(it->second, reservation->expires_at);
  }
  for (const auto& [key, at] : next) {
    auto& position = *world.position(key);
    auto known = at ? at : horizon;
    if (position.earliest_expiry == known) continue;
    position.earliest_expiry = known;
    position.mark = Mark::changed;
  }
}

}  // namespace

bool DueHolds::take(postgres::Transaction& tx, const std::vector<PositionKey>& keys, World& world, Needs& needs,
                    const std::set<std::string>& named) {
  std::vector<std::string> known(named.begin(), named.end());
  known.insert(known.end(), ids_.begin(), ids_.end());
  const auto room = static_cast<std::size_t>(std::max(limit_ - static_cast<int>(ids_.size()), 0));
  Pairs pairs(keys);
  std::set<std::string> found;
  auto rows = tx.run("due_holds", pairs.first, pairs.second, world.now, uuids(known), room, walk_);
  for (auto row : rows) {
    if (row.boolean(1)) found.insert(row.text(0));
    left_ = left_ || row.boolean(2);
  }
  left_ = left_ || rows.size() >= room || (!found.empty() && beginnings_ == 0);
  if (found.empty() || beginnings_ == 0) return false;
  --beginnings_;
  needs.reservations.insert(found.begin(), found.end());
  ids_.merge(found);
  return true;
}

bool DueHolds::find(postgres::Transaction& tx, World& world, Needs& needs, const std::set<std::string>& named) {
  for (const auto& id : named) ids_.erase(id);
  std::vector<PositionKey> keys;
  for (const auto& [key, position] : world.positions)
    if (position.earliest_expiry && *position.earliest_expiry <= world.now) keys.push_back(key);
  if (take(tx, keys, world, needs, named)) return true;
  if (!left_) find_next_expiries(tx, keys, world, named);
  return false;
}

bool DueHolds::look_further() {
  if (!left_ || limit_ >= bounds_.most) return false;
  limit_ = std::min(limit_ * 4, bounds_.most);
  walk_.reset();
  beginnings_ = 2;
  return true;
}

}  // namespace crossdock::store
