// Granting the lines of an order on locked positions: the holds of its reservation first, then by the grant rule.
#pragma once
#include <vector>

#include "ledger/world.hpp"
#include "validation/atp.hpp"

namespace crossdock::ledger {

/// What a line got. Commitments have no order id and no version yet.
struct LineGrant {
  std::vector<CommitmentRow> commitments;
  Decimal backordered;
  Decimal cancelled;
  validation::LinePromises promises;  ///< the same for judge_promises
};

/// Grants every line by on_shortage; under `reject` what cannot go by its date stays ungranted. `holds` (may be null) are taken first:
/// their demand must have been freed in `decision` before. Positions' demand is raised by what is granted.
std::vector<LineGrant> grant_lines(World& world, const validation::Checked& checked, const ReservationRow* holds,
                                   PositionDecision& decision);

/// The locations that may serve a line: the one it names, or all by the sourcing rule's order.
std::vector<std::string> locations_of(const World& world, const OrderLineRequest& line);

}  // namespace crossdock::ledger
