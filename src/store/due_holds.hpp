// Holds on the positions of a batch whose time is over: ended in its transaction before it is decided (PROTOCOLS.md D), within bounds.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "ledger/world.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

/// How many due holds one transaction ends beside its own work.
struct DueBounds {
  int first = 64;    ///< these, the earliest first; some 5 ms
  int walk = 512;    ///< of all that are due anywhere, so many are looked at to find them; some 3 ms
  int most = 1'024;  ///< so many at last, wherever they are, where a request came short while more were left
};

/// What the attempts at one batch know of due holds; outlives them. Tens of thousands may fall due on one item at once: a request ends a
/// few of them and goes its way, its position keeps `earliest_expiry`, so that the next one goes on, and the sweep ends the rest in its
/// turns. What is not yet ended still counts as demand, which errs on the safe side. But nobody is refused for that: where a decision came
/// short while due holds were left, the batch begins again and ends four times as many, up to `most`. Each of them frees something, so
/// that is enough for a batch of 256 whatever they ask for, or nearly; if it is not, the refusal is wrong for as long as the sweep needs.
class DueHolds {
 public:
  explicit DueHolds(DueBounds bounds) : bounds_(bounds), limit_(bounds.first), walk_(bounds.walk) {}

  /// A new attempt: nothing has been looked at yet.
  void attempt() { left_ = false; }
  /// Looks for due holds on the locked positions that say that they have some, but for those that the requests themselves name. True: some
  /// were found that are not loaded, so the batch must begin again with what was added to `needs`. Else positions know their next expiry.
  bool find(postgres::Transaction& transaction, ledger::World& world, ledger::Needs& needs, const std::set<std::string>& named);
  /// Reservations to be ended first, where their locked rows say that they are due.
  const std::set<std::string>& ids() const { return ids_; }
  /// A decision came short: whether due holds are left and more of them may be ended; the batch begins again then.
  bool look_further();

 private:
  bool take(postgres::Transaction& transaction, const std::vector<ledger::PositionKey>& keys, ledger::World& world, ledger::Needs& needs,
            const std::set<std::string>& named);

  DueBounds bounds_;
  int limit_;
  std::optional<int> walk_;  ///< none: all
  int beginnings_ = 2;       ///< that may still be spent: holds lie on other positions, too, and those have due holds of their own
  bool left_ = false;
  std::set<std::string> ids_;
};

}  // namespace crossdock::store
