#include "store/decide.hpp"

#include <algorithm>
#include <optional>

#include "crossdock/base/boot_time.hpp"
#include "ledger/reservation.hpp"
#include "store/applier.hpp"
#include "store/loader.hpp"

namespace crossdock::store {

using namespace ledger;

namespace {

constexpr int most_beginnings = 20;
constexpr std::string_view identity_taken = "23505";  // unique_violation: another has taken an identity meanwhile; the next turn finds it

struct Turn {
  std::optional<World> world;
  bool fenced = false;
};

void expire_due(World& world, const DueHolds& due) {
  if (!world.clock_believed) return;
  for (const auto& id : due.ids()) {
    auto* reservation = world.reservation(id);
    if (reservation && reservation->live() && reservation->expires_at <= world.now) expire(world, *reservation);
  }
}

/// `out` stays where it is until the commit: the world learns the ids of its rows for Kafka then.
void take_turn(Turn& out, postgres::Transaction& tx, const Shared& shared, std::span<Request* const> requests, const FeedWork* feed,
               Needs& needs, DueHolds& due) {
  auto& world = out.world.emplace(Instant{}, shared.rules, shared.locations());
  tx.ask("now", [&](const postgres::Row& row) {
    world.now = row.instant(0);
    world.clock_believed = shared.clock->believes(world.now, since_boot());
  });
  world.only_promises = !feed && std::all_of(requests.begin(), requests.end(), [](const auto* each) { return each->only_promises(); });
  if (feed && feed->fence && !feed->fence(tx)) {
    out.fenced = true;
    return;
  }
  Loader loader(tx, world, needs, due);
  loader.load(requests);
  tx.settle();  // the clock was asked, even if nothing was
  expire_due(world, due);
  std::vector<Request*> refused;
  for (auto* request : requests) {
    request->decide(world);
    if (request->reply.refusal) refused.push_back(request);
  }
  if (!refused.empty() && loader.overtaken(refused)) throw BeginAgain{};
  if (world.came_short && due.look_further()) throw BeginAgain{};
  if (!needs.covers(world.missing)) {
    needs.add(world.missing);
    throw BeginAgain{};
  }
  if (feed && feed->finish) feed->finish(world, tx);
  apply(tx, world);
}

}  // namespace

postgres::Attempt<Decided> decide(postgres::Connection& connection, const Shared& shared, std::span<Request* const> requests,
                                  const FeedWork* feed) {
  Needs needs;
  DueHolds due(shared.due_holds);
  for (int beginning = 0; beginning < most_beginnings; ++beginning) {
    bool again = false, fenced = false;
    auto done = postgres::transact(connection, [&](postgres::Transaction& tx) -> postgres::Attempt<std::shared_ptr<Turn>> {
      try {
        auto made = std::make_shared<Turn>();
        take_turn(*made, tx, shared, requests, feed, needs, due);
        fenced = made->fenced;
        if (!fenced) return made;
        // Rolled back: the fence may have moved the cursors of other partitions before it met the one that is not ours any more.
        return postgres::Failure{postgres::FailureKind::retry, "", "another instance owns what this batch read", false};
      } catch (const BeginAgain&) {
        again = true;
        return postgres::Failure{postgres::FailureKind::retry, "", "begins again with more needs", false};
      }
    });
    if (again) continue;
    if (fenced) return Decided::fenced;
    if (!done && done.failure().sqlstate == identity_taken) continue;
    if (!done) return done.failure();
    if (shared.own_commits) hand_over(*(*done)->world, *shared.own_commits);
    if (shared.outgoing) shared.outgoing(std::move((*done)->world->outgoing));
    if (shared.committed) shared.committed();
    return Decided::committed;
  }
  return postgres::Failure{postgres::FailureKind::retry, "", "others kept changing what this batch needs", false};
}

}  // namespace crossdock::store
