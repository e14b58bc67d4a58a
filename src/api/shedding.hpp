// What is refused first when the hub has more to do than it can. Figures in, verdict out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crossdock::api {

/// From the first to be refused to the last. Vital calls (health, metrics, admin, the contract's pages) never are.
enum class Rank : std::uint8_t {
  bulk,      ///< imports, inventory events, lists, master data: their callers repeat them
  promises,  ///< availability and validate: questions that change nothing
  orders,    ///< orders, reservations, shipments: what the hub is for
  vital,
};
std::string_view word_of(Rank rank);

/// How full a bounded thing is.
struct Fill {
  std::size_t used = 0, limit = 0;
};

struct Load {
  Fill calls;      ///< requests that are worked on, and the cap
  Fill orders;     ///< the fuller of the lines in which orders and reservations wait for their writer
  Fill documents;  ///< the line of imports and events: bulk may fill its own, and none but bulk is refused for it
};

/// The share of a limit, in per cent, from which a rank is refused.
constexpr std::size_t share_of(Rank rank) { return rank == Rank::bulk ? 60 : rank == Rank::promises ? 80 : 100; }

/// Whether a call of this rank is to be refused now.
constexpr bool sheds(Rank rank, const Load& load) {
  auto reached = [rank](const Fill& fill) { return fill.used * 100 >= fill.limit * share_of(rank); };
  if (rank == Rank::vital) return false;
  return reached(load.calls) || reached(load.orders) || (rank == Rank::bulk && reached(load.documents));
}

/// After how many seconds it is worth asking again: what is refused first waits longest.
constexpr int patience_of(Rank rank) { return rank == Rank::bulk ? 5 : rank == Rank::promises ? 2 : 1; }

}  // namespace crossdock::api
