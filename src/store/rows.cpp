#include "store/rows.hpp"

#include <algorithm>

#include "crossdock/model/codec.hpp"
#include "postgres/failure.hpp"

namespace crossdock::store {

using namespace ledger;

namespace {

[[noreturn]] void damaged(const char* what, std::string_view text) {
  throw postgres::Error(
      postgres::Failure{postgres::FailureKind::other, "", std::string("damaged ") + what + " in the store: " + std::string(text), false});
}

template <class E>
E word(std::string_view text) {
  auto value = parse_word<E>(text);
  if (!value) damaged("word", text);
  return *value;
}

promise::Schedule schedule(std::string_view text) {
  auto parsed = promise::Schedule::parse(text);
  if (!parsed) damaged("schedule", text);
  return std::move(*parsed);
}

Sha256 digest(const std::string& bytes) {
  Sha256 out{};
  if (bytes.size() != out.size()) damaged("digest", "");
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

Fraction fraction(const postgres::Row& row, int column) { return {row.integer(column), row.integer(column + 1)}; }

std::vector<Hold> holds_from(std::string_view text) {
  json::Document document;
  if (document.parse(std::string(text))) damaged("holds", text);
  std::vector<Hold> holds;
  Mistakes mistakes;
  for (json::View view : document.root().children()) {
    Hold hold;
    if (!decode(view, hold, mistakes)) damaged("hold", text);
    holds.push_back(std::move(hold));
  }
  return holds;
}

}  // namespace

std::string holds_text(const std::vector<Hold>& holds) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (const auto& hold : holds) encode(hold, writer);
  writer.end_array();
  return out;
}

std::string header_lines(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string out;
  for (const auto& [name, value] : headers) out += name + ": " + value + "\n";
  return out;
}

OrderRow order_from(const postgres::Row& row) {
  OrderRow out;
  out.id = row.text(0);
  out.source = row.text(1);
  out.order_number = row.text(2);
  out.fingerprint = digest(row.bytes(3));
  out.revision = row.integer(4);
  out.order_status = word<OrderStatus>(row[5]);
  out.fulfilment_status = word<FulfilmentStatus>(row[6]);
  out.financial_status = word<FinancialStatus>(row[7]);
  out.customer = row.text(8);
  out.customer_po = row.maybe_text(9);
  out.head = row.text(10);
  out.holds = holds_from(row[11]);
  out.verdict = row.text(12);
  out.exposure = row.decimal(13);
  out.created_at = row.instant(14);
  out.updated_at = row.instant(15);
  out.release_due = row.maybe_date(16);
  return out;
}

LineRow line_from(const postgres::Row& row) {
  LineRow out;
  out.line = static_cast<int>(row.integer(1));
  out.place = static_cast<int>(row.integer(2));
  out.sku = row.text(3);
  out.body = row.text(4);
  out.base_uom = row.text(5);
  out.factor = fraction(row, 6);
  int column = 8;
  for (Decimal* figure : {&out.ordered, &out.over_shipped, &out.open, &out.committed, &out.backordered, &out.awaited, &out.consumed,
                          &out.cancelled, &out.shorted})
    *figure = row.decimal(column++);
  return out;
}

CommitmentRow commitment_from(const postgres::Row& row) {
  CommitmentRow out;
  out.order_id = row.text(0);
  out.line = static_cast<int>(row.integer(1));
  out.number = static_cast<int>(row.integer(2));
  out.position = {row.text(3), row.text(4)};
  out.date = row.date(5);
  out.quantity = row.decimal(6);
  out.effected = row.decimal(7);
  out.version = row.integer(8);
  out.warehouse_order = row.text(9);
  return out;
}

WarehouseOrderRow warehouse_order_from(const postgres::Row& row) {
  WarehouseOrderRow out;
  out.id = row.text(0);
  out.order_id = row.text(1);
  out.location = row.text(2);
  out.sequence = static_cast<int>(row.integer(3));
  out.state = row.text(4);
  out.ship_date = row.date(5);
  out.created_at = row.instant(6);
  return out;
}

namespace {
PositionRow first_of_position(const postgres::Row& row) {
  PositionRow out;
  out.key = {row.text(0), row.text(1)};
  out.version = row.integer(2);
  out.profile = {row.decimal(3), row.decimal(4), row.decimal(5), schedule(row[6]), schedule(row[7])};
  out.earliest_expiry = row.maybe_instant(8);
  out.owner = row.text(9);
  return out;
}
}  // namespace

PositionRow promises_from(const postgres::Row& row) {
  PositionRow out = first_of_position(row);
  out.suspect = row.text(10);
  out.stored_at = row.place(11);
  return out;
}

PositionRow position_from(const postgres::Row& row) {
  PositionRow out = first_of_position(row);
  out.snapshot = {row.integer(10), row.integer(11)};
  out.snapshot_id = row.text(12);
  out.snapshot_as_of = row.maybe_instant(13);
  out.last = {row.integer(14), row.integer(15)};
  out.moves = row.integer(16);
  out.gap_since = row.maybe_instant(17);
  out.suspect = row.text(18);
  out.snapshot_on_hand = row.decimal(19);
  out.snapshot_unavailable = row.decimal(20);
  out.marks = row.integer(21);
  out.folded_to = {row.integer(22), row.integer(23)};
  out.folded_until = row.maybe_instant(24);
  out.folded = row.integer(25);
  out.stored_at = row.place(26);
  return out;
}

MovementRow movement_from(const postgres::Row& row) {
  MovementRow out;
  out.key = {{row.text(0), row.text(1)}, {row.integer(2), row.integer(3)}, row.text(4)};
  out.id = row.text(5);
  out.source = row.text(6);
  out.occurred_at = row.instant(7);
  out.delta = row.decimal(8);
  out.unavailable_delta = row.decimal(9);
  out.reason = row.text(10);
  return out;
}

ReservationRow reservation_from(const postgres::Row& row) {
  ReservationRow out;
  out.id = row.text(0);
  out.state = word<ReservationState>(row[1]);
  out.expires_at = row.instant(2);
  out.reference = row.maybe_text(3);
  out.policy = row.text(4);
  out.client = row.text(5);
  out.order_id = row.text(6);
  out.created_at = row.instant(7);
  out.ext = row.text(8);
  return out;
}

ReservationLineRow reservation_line_from(const postgres::Row& row) {
  ReservationLineRow out;
  out.line = static_cast<int>(row.integer(1));
  out.position = {row.text(2), row.text(3)};
  out.date = row.date(4);
  out.uom = row.text(5);
  out.asked_date = row.maybe_date(6);
  out.factor = fraction(row, 7);
  out.requested = row.decimal(9);
  out.granted = row.decimal(10);
  out.version = row.integer(11);
  return out;
}

ShipmentRow shipment_from(const postgres::Row& row) {
  ShipmentRow out;
  out.id = row.text(0);
  out.source = row.text(1);
  out.number = row.text(2);
  out.fingerprint = digest(row.bytes(3));
  out.order_id = row.text(4);
  out.location = row.text(5);
  out.shipped_at = row.instant(6);
  out.body = row.text(7);
  out.created_at = row.instant(8);
  return out;
}

AwaitedRow awaited_from(const postgres::Row& row) {
  AwaitedRow out;
  out.source = row.text(0);
  out.number = row.text(1);
  out.line = static_cast<int>(row.integer(2));
  out.part = static_cast<int>(row.integer(3));
  out.order_id = row.text(4);
  out.order_line = static_cast<int>(row.integer(5));
  out.position = {row.text(6), row.text(7)};
  out.date = row.date(8);
  out.shipped_at = row.instant(9);
  out.quantity = row.decimal(10);
  out.demand = row.decimal(11);
  return out;
}

EarlyEffectRow early_from(const postgres::Row& row) {
  EarlyEffectRow out;
  out.key = {row.text(0), row.text(1), row.text(2), static_cast<int>(row.integer(3)), {row.text(4), row.text(5)}};
  out.quantity = row.decimal(6);
  out.seen_at = row.instant(7);
  return out;
}

IdempotencyRow key_from(const postgres::Row& row) {
  IdempotencyRow out;
  out.id = {row.text(0), row.text(1), row.text(2)};
  out.fingerprint = digest(row.bytes(3));
  out.reply.status = static_cast<int>(row.integer(4));
  std::string_view lines = row[5];
  while (!lines.empty()) {
    auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    auto colon = line.find(": ");
    if (colon != std::string_view::npos) out.reply.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  out.reply.body = row.text(6);
  return out;
}

}  // namespace crossdock::store
