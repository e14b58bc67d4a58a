// Capture of an order: identity, promises under lock, decision, durable record.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ledger/grant.hpp"
#include "ledger/order.hpp"
#include "validation/check.hpp"
#include "validation/credit.hpp"

namespace crossdock::ledger {

/// POST /v1/orders. What needs no lock was checked before (`checked`); what does is checked here.
class Capture final : public KeyedRequest {
 public:
  std::string id;       ///< of the order to make
  std::string only_of;  ///< the client whose reservation it may take; empty: anybody's
  Sha256 content{};     ///< fingerprint of the order as asked
  validation::Checked checked;
  validation::CreditBasis credit;  ///< judged again here if checked.credit_counts
  const validation::Rules* rules = nullptr;
  std::string head;                 ///< JSON of the completed order without its lines
  std::vector<std::string> bodies;  ///< JSON of each completed line
  bool only_promises() const override { return true; }
  std::string_view meets_on() const override { return checked.order.customer; }  ///< its exposure's row

 protected:
  void ask_more(const World& world, Needs& needs) const override;
  void decide_new(World& world) override;

 private:
  bool known(World& world);
  ReservationRow* reservation(World& world, bool& refused);
  void judge_under_lock(const World& world, validation::Checked& judged) const;
  void refuse(World& world, const validation::Checked& judged, crossdock::Decision decision, const std::vector<const Finding*>& reasons);
  void store(World& world, const validation::Checked& judged, crossdock::Decision decision, std::vector<LineGrant> grants,
             ReservationRow* holds, PositionDecision& positions);
  OrderRow make_order(World& world, const validation::Checked& judged, crossdock::Decision decision) const;
};

/// The completed order without its lines, as the row keeps it.
std::string head_of(const OrderRequest& order);
/// {"decision":…,"findings":[…],"checks":[…]}.
std::string verdict_of(const std::vector<Finding>& findings, const std::vector<Check>& checks, crossdock::Decision decision);

}  // namespace crossdock::ledger
