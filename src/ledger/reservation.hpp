// Reservations: soft holds with a time limit. Grant, release, extend, expiry.
#pragma once
#include <chrono>

#include "ledger/world.hpp"

namespace crossdock::ledger {

struct HoldLine {
  PositionKey position;
  Decimal quantity;  ///< in the base unit
  Fraction factor;   ///< base units per unit of the answer
  std::string uom;   ///< as asked; empty: the base unit was meant
  std::string base_uom;
  std::optional<Date> date;  ///< as asked
};

/// POST /v1/reservations.
class Reserve final : public KeyedRequest {
 public:
  std::string id;  ///< of the reservation to make
  std::optional<std::string> reference;
  ReservationPolicy policy = ReservationPolicy::all_or_nothing;
  std::chrono::seconds ttl{900};
  std::string ext;  ///< JSON of the caller; empty: none
  std::vector<HoldLine> lines;
  bool only_promises() const override { return true; }

 protected:
  void ask_more(const World& world, Needs& needs) const override;
  void decide_new(World& world) override;

 private:
  void refuse(const World& world, const std::vector<Decimal>& available);
};

/// POST /v1/reservations/{id}/release.
class ReleaseReservation final : public KeyedRequest {
 public:
  std::string id;
  std::string only_of;  ///< the client whose reservation it must be, for all others there is none; empty: anybody's
  bool only_promises() const override { return true; }

 protected:
  void ask_more(const World& world, Needs& needs) const override;
  void decide_new(World& world) override;
};

/// POST /v1/reservations/{id}/extend: the time limit counts from now.
class ExtendReservation final : public KeyedRequest {
 public:
  std::string id;
  std::string only_of;  ///< as of a release
  std::chrono::seconds ttl{900};
  bool only_promises() const override { return true; }

 protected:
  void ask_more(const World& world, Needs& needs) const override;
  void decide_new(World& world) override;
};

/// The sweep's request: ends holds whose time is over (and does nothing to others).
class ExpireReservations final : public Request {
 public:
  std::vector<std::string> ids;
  bool only_promises() const override { return true; }
  void ask(const World& world, Needs& needs) const override;
  void decide(World& world) override;
};

/// Asks for a reservation and, once its lines are known, for their positions.
void ask_reservation(const World& world, Needs& needs, const std::string& id);
/// Takes a live hold out of its positions' demand. The state is the caller's to set.
void free_holds(ReservationRow& reservation, PositionDecision& decision);
/// Ends a due hold: expired, with its event.
void expire(World& world, ReservationRow& reservation);
/// The document as GET answers it.
std::string render(const ReservationRow& reservation);

}  // namespace crossdock::ledger
