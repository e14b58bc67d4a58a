// From SQL rows to ledger rows, in the column order of the statements.
#pragma once
#include "ledger/rows.hpp"
#include "postgres/rows.hpp"

namespace crossdock::store {

ledger::OrderRow order_from(const postgres::Row& row);
ledger::LineRow line_from(const postgres::Row& row);  ///< column 0 is the order's id
ledger::CommitmentRow commitment_from(const postgres::Row& row);
ledger::WarehouseOrderRow warehouse_order_from(const postgres::Row& row);
ledger::PositionRow position_from(const postgres::Row& row);
ledger::PositionRow promises_from(const postgres::Row& row);  ///< what World::only_promises needs of a position
ledger::MovementRow movement_from(const postgres::Row& row);
ledger::ReservationRow reservation_from(const postgres::Row& row);
ledger::ReservationLineRow reservation_line_from(const postgres::Row& row);
ledger::ShipmentRow shipment_from(const postgres::Row& row);
ledger::AwaitedRow awaited_from(const postgres::Row& row);
ledger::EarlyEffectRow early_from(const postgres::Row& row);
ledger::IdempotencyRow key_from(const postgres::Row& row);

/// Holds as the order's row keeps them: a JSON array.
std::string holds_text(const std::vector<Hold>& holds);
/// Reply headers as the key's row keeps them: "Name: value" lines.
std::string header_lines(const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace crossdock::store
