#include "ledger/reservation.hpp"

#include <algorithm>

#include "crossdock/model/trace.hpp"
#include "ledger/events.hpp"
#include "ledger/render.hpp"

namespace crossdock::ledger {

namespace {

Mistake short_line(std::size_t index, Decimal available, std::int64_t version, const HoldLine& line) {
  std::string figures = "available " + from_base(available, line.factor).quantity.text() + ", version " + std::to_string(version);
  return Mistake{"/lines/" + std::to_string(index), "insufficient_stock", std::move(figures), {}};
}

void remember_expiry(PositionRow& position, Instant at) {
  if (!position.earliest_expiry || at < *position.earliest_expiry) position.earliest_expiry = at;
}

void publish_reservation(World& world, const Origin& origin, std::string_view name, const ReservationRow& row) {
  const auto& first = row.lines.front();
  const auto* position = world.position(first.position);
  publish(world, origin, name, lane_of(first.position), position ? position->version : first.version, row.id, render(row));
}

Reply answer(const ReservationRow& row, int status) {
  Reply reply;
  reply.status = status;
  reply.body = render(row);
  if (status == 201) reply.headers.emplace_back("Location", "/v1/reservations/" + row.id);
  return reply;
}

/// The row if it may still be changed; else the refusal stands in `reply`.
ReservationRow* live_or_refuse(World& world, const std::string& id, const std::string& only_of, Reply& reply) {
  auto* row = world.reservation(id);
  if (!row || !row->visible_to(only_of)) {
    row = nullptr;
    reply = Reply::refuse(404, "not_found", "There is no reservation " + id + ".");
  } else if (!row->live()) {
    reply = Reply::refuse(409, "reservation_not_open", "The reservation is " + std::string(to_text(row->state)) + "; make a new one.");
    row = nullptr;
  }
  return row;
}

}  // namespace

void ask_reservation(const World& world, Needs& needs, const std::string& id) {
  needs.reservations.insert(id);
  auto known = world.reservations.find(id);
  if (known == world.reservations.end()) return;
  for (const auto& line : known->second.lines) needs.positions.insert(line.position);
}

void free_holds(ReservationRow& reservation, PositionDecision& decision) {
  for (const auto& line : reservation.lines) {
    if (line.granted.is_zero()) continue;
    if (auto* position = decision.at(line.position)) {
      position->profile.demand.add(line.date, -line.granted);
      decision.version_made(line.position);
    }
  }
  if (reservation.mark == Mark::clean) reservation.mark = Mark::changed;
}

void expire(World& world, ReservationRow& reservation) {
  PositionDecision decision(world);
  free_holds(reservation, decision);
  decision.settle();
  reservation.state = ReservationState::expired;
  Origin origin{"crossdock", new_id(), reservation.id, traceparent_after("")};
  publish_reservation(world, origin, "reservation.expired", reservation);
  note(world, origin, reservation.order_id, "hub", "reservation.expired", reservation.id);
}

void Reserve::ask_more(const World&, Needs& needs) const {
  for (const auto& line : lines) needs.positions.insert(line.position);
}

void Reserve::decide_new(World& world) {
  PositionDecision decision(world);
  std::vector<Decimal> available;
  ReservationRow row;
  row.id = id;
  row.expires_at = world.now + std::chrono::duration_cast<std::chrono::microseconds>(ttl).count();
  row.reference = reference;
  row.policy = to_text(policy);
  row.client = origin.client;
  row.ext = ext;
  row.created_at = world.now;
  row.mark = Mark::created;
  bool all = true;
  for (const auto& line : lines) {
    auto* position = decision.at(line.position);
    Date today = world.today(line.position.location);
    Date date = std::max(line.date.value_or(today), today);
    Decimal can = position ? promise::atp(position->profile, today, date, world.rules.sourcing.atp) : Decimal();
    Decimal granted = min(can, line.quantity);
    available.push_back(can);
    all = all && granted == line.quantity;
    ReservationLineRow held{static_cast<int>(row.lines.size()) + 1,
                            line.position,
                            date,
                            line.factor,
                            line.quantity,
                            granted,
                            position ? position->version : 0,
                            {},
                            {}};
    held.uom = line.uom;
    held.asked_date = line.date;
    if (granted.positive()) {
      position->profile.demand.add(date, granted);
      remember_expiry(*position, row.expires_at);
      held.version = decision.version_made(line.position);
    }
    row.lines.push_back(std::move(held));
  }
  world.came_short = world.came_short || !all;
  if (!all && policy == ReservationPolicy::all_or_nothing) {
    decision.undo();
    refuse(world, available);
    return;
  }
  // A refused line of a position on which another line was granted rests on the version that this decision made.
  auto made = decision.settle();
  for (auto& line : row.lines)
    if (std::binary_search(made.begin(), made.end(), line.position)) line.version = world.position(line.position)->version;
  reply = answer(row, 201);
  publish_reservation(world, origin, "reservation.created", row);
  note(world, origin, {}, "hub", "reservation.created", id);
  world.reservations.insert_or_assign(id, std::move(row));
}

void Reserve::refuse(const World& world, const std::vector<Decimal>& available) {
  Mistakes errors;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (available[i] >= lines[i].quantity) continue;
    auto position = world.positions.find(lines[i].position);
    std::int64_t version = position == world.positions.end() ? 0 : position->second.version;
    Mistake mistake = short_line(i, available[i], version, lines[i]);
    mistake.members.emplace_back("available", '"' + from_base(available[i], lines[i].factor).quantity.text() + '"');
    mistake.members.emplace_back("version", std::to_string(version));
    errors.push_back(std::move(mistake));
  }
  reply = Reply::refuse(409, "insufficient_stock", "Not every line can be held; ask for less, for another date, or with policy per_line.",
                        std::move(errors));
}

void ReleaseReservation::ask_more(const World& world, Needs& needs) const { ask_reservation(world, needs, id); }

void ReleaseReservation::decide_new(World& world) {
  auto* row = live_or_refuse(world, id, only_of, reply);
  if (!row) return;
  PositionDecision decision(world);
  free_holds(*row, decision);
  decision.settle();
  row->state = ReservationState::released;
  reply = answer(*row, 200);
  publish_reservation(world, origin, "reservation.released", *row);
  note(world, origin, row->order_id, "hub", "reservation.released", id);
}

void ExtendReservation::ask_more(const World& world, Needs& needs) const { ask_reservation(world, needs, id); }

void ExtendReservation::decide_new(World& world) {
  auto* row = live_or_refuse(world, id, only_of, reply);
  if (!row) return;
  row->expires_at = world.now + std::chrono::duration_cast<std::chrono::microseconds>(ttl).count();
  row->state = ReservationState::updated;
  if (row->mark == Mark::clean) row->mark = Mark::changed;
  for (const auto& line : row->lines) {
    auto* position = world.position(line.position);
    if (!position || line.granted.is_zero()) continue;
    remember_expiry(*position, row->expires_at);
    if (position->mark == Mark::clean) position->mark = Mark::changed;
  }
  reply = answer(*row, 200);
  note(world, origin, {}, "hub", "reservation.updated", id);
}

void ExpireReservations::ask(const World& world, Needs& needs) const {
  for (const auto& id : ids) ask_reservation(world, needs, id);
}

void ExpireReservations::decide(World& world) {
  if (!world.clock_believed) return;
  for (const auto& id : ids) {
    auto* row = world.reservation(id);
    if (row && row->live() && row->expires_at <= world.now) expire(world, *row);
  }
}

}  // namespace crossdock::ledger
