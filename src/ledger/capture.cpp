#include "ledger/capture.hpp"

#include <algorithm>

#include "crossdock/model/codec.hpp"
#include "ledger/events.hpp"
#include "ledger/render.hpp"
#include "ledger/reservation.hpp"

namespace crossdock::ledger {

std::string head_of(const OrderRequest& order) {
  OrderRequest bare = order;
  bare.lines.clear();
  json::Document document;
  std::string out;
  if (document.parse(to_json(bare))) return "{}";  // our own encoder's text: cannot happen
  json::Writer writer(out);
  writer.begin_object();
  for (json::View member : document.root().children())
    if (member.key() != "lines") writer.key(member.key()).raw(member.raw());
  writer.end_object();
  return out;
}

std::string verdict_of(const std::vector<Finding>& findings, const std::vector<Check>& checks, crossdock::Decision decision) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("decision").string(to_text(decision)).key("findings").begin_array();
  for (const auto& finding : findings) encode(finding, writer);
  writer.end_array().key("checks").begin_array();
  for (const auto& check : checks) encode(check, writer);
  writer.end_array().end_object();
  return out;
}

void Capture::ask_more(const World& world, Needs& needs) const {
  const auto& order = checked.order;
  SourceNumber number{order.source, order.order_number};
  ask_numbered(world, needs, number);
  if (world.order_numbers.contains(number)) return;  // known: its row answers
  if (order.customer_po) needs.purchase_orders.insert({order.customer, *order.customer_po});
  // The customer's row is the lock under which its purchase orders and its exposure are judged.
  if (checked.credit_counts || order.customer_po) needs.exposures.insert(order.customer);
  if (order.reservation) ask_reservation(world, needs, *order.reservation);
  for (std::size_t i = 0; i < checked.lines.size(); ++i) {
    if (!checked.lines[i].usable) continue;
    for (auto& place : locations_of(world, order.lines[i])) needs.positions.insert(PositionKey{checked.lines[i].sku, std::move(place)});
  }
}

bool Capture::known(World& world) {
  auto* order = world.order(SourceNumber{checked.order.source, checked.order.order_number});
  if (!order) return false;
  if (order->fingerprint == content)
    reply = answer(*order, 200);
  else
    reply = Reply::refuse(
        409, "order_exists",
        "Order " + order->order_number + " of " + order->source + " is known with other content; revise it, or use a new number.");
  return true;
}

ReservationRow* Capture::reservation(World& world, bool& refused) {
  if (!checked.order.reservation) return nullptr;
  auto* row = world.reservation(*checked.order.reservation);
  if (!row || !row->visible_to(only_of)) {
    refused = true;
    reply = Reply::refuse(422, "unknown_reference", "There is no reservation " + *checked.order.reservation + ".",
                          {Mistake{"/reservation", "unknown_reference", "no such reservation", {}}});
  } else if (!row->live()) {
    refused = true;
    reply = Reply::refuse(409, "reservation_not_open",
                          "The reservation is " + std::string(to_text(row->state)) + "; capture without it, or reserve again.",
                          {Mistake{"/reservation", "reservation_not_open", std::string(to_text(row->state)), {}}});
  }
  return refused ? nullptr : row;
}

void Capture::judge_under_lock(const World& world, validation::Checked& judged) const {
  const auto& order = judged.order;
  if (order.customer_po) {
    auto uses = world.purchase_orders.find({order.customer, *order.customer_po});
    std::vector<validation::PurchaseOrderUse> others;
    if (uses != world.purchase_orders.end())
      for (const auto& [source, number] : uses->second) others.push_back({source, number});
    validation::judge_purchase_order(judged, others, *rules);
  }
  if (!judged.credit_counts) return;
  std::erase_if(judged.findings, [](const Finding& finding) { return finding.code.starts_with("credit."); });
  auto pending = world.exposures.find(order.customer);
  Decimal amount = pending == world.exposures.end() ? Decimal() : pending->second.amount;
  Check check = credit.check;
  for (auto& finding : validation::judge_credit(credit, amount, judged.total, *rules)) {
    check.status = CheckStatus::failed;
    judged.findings.push_back(std::move(finding));
  }
  validation::set_check(judged.checks, std::move(check));
}

namespace {

/// Why an order is not taken: the findings that reject it; or, where nobody can say now, those whose check would rather have the caller
/// come again than take the order on hold. Empty: it is taken.
std::vector<const Finding*> reasons_against(const std::vector<Finding>& findings, crossdock::Decision decision,
                                            const validation::Rules& rules) {
  if (decision == crossdock::Decision::indeterminate) return validation::refused_for_now(findings, rules);
  std::vector<const Finding*> reasons;
  if (decision != crossdock::Decision::reject) return reasons;
  for (const auto& finding : findings)
    if (finding.severity == Severity::reject || finding.severity == Severity::change) reasons.push_back(&finding);
  return reasons;
}

}  // namespace

void Capture::decide_new(World& world) {
  if (known(world)) return;
  bool refused = false;
  auto* holds = reservation(world, refused);
  if (refused) return;
  validation::Checked judged = checked;
  judge_under_lock(world, judged);
  PositionDecision positions(world);
  auto mark = holds ? holds->mark : Mark::clean;
  if (holds) free_holds(*holds, positions);
  auto grants = grant_lines(world, judged, holds, positions);
  std::vector<validation::LinePromises> promises;
  promises.reserve(grants.size());
  for (const auto& grant : grants) promises.push_back(grant.promises);
  validation::judge_promises(judged, promises, *rules, world.now);
  auto decision = validation::decide(judged.findings, judged.checks, judged.order.accept_changes);
  auto reasons = reasons_against(judged.findings, decision, *rules);
  if (!reasons.empty()) {
    positions.undo();
    if (holds) holds->mark = mark;
    refuse(world, judged, decision, reasons);
    return;
  }
  store(world, judged, decision, std::move(grants), holds, positions);
}

void Capture::refuse(World& world, const validation::Checked& judged, crossdock::Decision decision,
                     const std::vector<const Finding*>& reasons) {
  Mistakes errors;
  std::string codes;
  for (const auto* finding : reasons) {
    errors.push_back(Mistake{finding->pointer, finding->code, finding->message, finding->suggestion.value_or("")});
    if (!codes.empty()) codes += ", ";
    codes += finding->code;
  }
  const bool rejected = decision == crossdock::Decision::reject;
  if (rejected)
    reply = Reply::refuse(422, "order_rejected",
                          "The order cannot be taken as it is: " + codes + ". Correct what findings name and send it again.",
                          std::move(errors));
  else
    reply = Reply::refuse(503, "not_ready", "The order cannot be judged now: " + codes + ". Repeat it with the same Idempotency-Key.",
                          std::move(errors));
  auto verdict = verdict_of(judged.findings, judged.checks, decision);
  reply.refusal->members = verdict.substr(1, verdict.size() - 2);
  note(world, origin, {}, "hub", rejected ? "order.rejected" : "order.not_judged", judged.order.source + "/" + judged.order.order_number,
       codes);
}

OrderRow Capture::make_order(World& world, const validation::Checked& judged, crossdock::Decision decision) const {
  OrderRow row;
  row.id = id;
  row.source = judged.order.source;
  row.order_number = judged.order.order_number;
  row.fingerprint = content;
  row.revision = 1;
  row.order_status = OrderStatus::accepted;
  row.customer = judged.order.customer;
  row.customer_po = judged.order.customer_po;
  row.head = head;
  row.verdict = verdict_of(judged.findings, judged.checks, decision);
  row.created_at = row.updated_at = world.now;
  if (judged.credit_counts) row.exposure = judged.total;
  bool held = decision == crossdock::Decision::hold || decision == crossdock::Decision::indeterminate;
  if (!held) return row;
  row.order_status = OrderStatus::on_hold;
  for (const auto& finding : judged.findings) {
    if (finding.severity != Severity::hold && finding.severity != Severity::indeterminate) continue;
    bool there = std::any_of(row.holds.begin(), row.holds.end(), [&](const Hold& hold) { return hold.code == finding.code; });
    if (!there) row.holds.push_back(Hold{finding.code, finding.message, finding.source_system.value_or("crossdock"), world.now});
  }
  return row;
}

namespace {

LineRow make_line(const validation::Checked& judged, std::size_t index, const std::string& body, LineGrant grant,
                  const std::string& order_id) {
  const auto& checked = judged.lines[index];
  LineRow line;
  line.line = judged.order.lines[index].line;
  line.place = static_cast<int>(index) + 1;
  line.sku = checked.sku;
  line.body = body;
  line.base_uom = checked.base_uom;
  line.factor = checked.factor;
  line.ordered = checked.base_quantity;
  line.backordered = grant.backordered;
  line.cancelled = grant.cancelled;
  for (auto& commitment : grant.commitments) {
    commitment.order_id = order_id;
    commitment.line = line.line;
    commitment.number = static_cast<int>(line.commitments.size()) + 1;
    line.committed += commitment.quantity;
    line.commitments.push_back(std::move(commitment));
  }
  line.open = line.ordered - line.committed - line.backordered - line.cancelled;
  line.mark = Mark::created;
  return line;
}

void count_exposure(World& world, const OrderRow& order, const std::string& currency) {
  if (order.exposure.is_zero()) return;
  auto [it, fresh] = world.exposures.try_emplace(order.customer, ExposureRow{order.customer, {}, currency, Mark::created});
  it->second.amount += order.exposure;
  if (it->second.currency.empty()) it->second.currency = currency;  // the row is made before it is locked
  if (it->second.mark == Mark::clean) it->second.mark = Mark::changed;
}

void commit_holds(World& world, const Origin& origin, ReservationRow& holds, const std::string& order_id) {
  holds.state = ReservationState::committed;
  holds.order_id = order_id;
  if (holds.mark == Mark::clean) holds.mark = Mark::changed;
  const auto& first = holds.lines.front().position;
  const auto* position = world.position(first);
  publish(world, origin, "reservation.committed", lane_of(first), position ? position->version : holds.lines.front().version, holds.id,
          render(holds));
}

}  // namespace

void Capture::store(World& world, const validation::Checked& judged, crossdock::Decision decision, std::vector<LineGrant> grants,
                    ReservationRow* holds, PositionDecision& positions) {
  positions.settle();
  OrderRow made = make_order(world, judged, decision);
  for (std::size_t i = 0; i < grants.size(); ++i) made.lines.push_back(make_line(judged, i, bodies[i], std::move(grants[i]), id));
  auto& order = world.add(std::move(made));
  count_exposure(world, order, judged.order.currency);
  if (order.customer_po) world.purchase_orders[{order.customer, *order.customer_po}].emplace_back(order.source, order.order_number);
  if (holds) commit_holds(world, origin, *holds, id);
  note(world, origin, id, order.source, "captured", order.order_number, to_text(decision));
  publish_order(world, origin, "order.captured", order);
  if (!order.holds.empty()) {
    note(world, origin, id, "hub", "held", order.holds.front().code);
    publish_order(world, origin, "order.held", order);
  }
  if (world.rules.release_automatically) release(world, origin, order, false);
  plan_release(order);
  reply = answer(order, 201);
}

}  // namespace crossdock::ledger
