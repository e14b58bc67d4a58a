// An order's figures and statuses, and what is common to everything that changes an order.
#pragma once
#include <string>
#include <string_view>

#include "ledger/world.hpp"

namespace crossdock::ledger {

LineRow* line_of(OrderRow& order, int line);
const LineRow* line_of(const OrderRow& order, int line);
/// Whether it is worth parsing: documents that we wrote have no blanks between their tokens. Deeper inside it may stand, too.
inline bool mentions(std::string_view document, std::string_view member) { return document.find(member) != std::string_view::npos; }
/// The unit in which the line's quantities are answered.
std::string uom_of(const LineRow& line);
LineStatus status_of(const LineRow& line);

/// Sets fulfilment status and, when nothing is left to ship, closes the order. Answers whether it closed now.
bool follow_quantities(OrderRow& order);
/// One more revision, by this decision.
void revise(World& world, OrderRow& order);
/// The same, but only if `change` answers that it changed something; else the order stays as it was.
template <class Change>
bool revise_if(World& world, OrderRow& order, Change change) {
  auto revision = order.revision;
  auto updated_at = order.updated_at;
  auto mark = order.mark;
  revise(world, order);
  if (change()) return true;
  order.revision = revision;
  order.updated_at = updated_at;
  order.mark = mark;
  return false;
}
/// 200 or 201 with the order, its ETag and, for 201, its Location.
Reply answer(const OrderRow& order, int status);

/// Asks for an order by id with its positions once its lines are known.
void ask_order(const World& world, Needs& needs, const std::string& id);
/// Asks for the order of that number, if there is one.
void ask_numbered(const World& world, Needs& needs, const SourceNumber& number);

/// Gives commitments to warehouses: all not yet given whose ship date is within release_ahead (`all`: whatever the date). One warehouse
/// order a location and ship date. Makes the order released, with its events. Answers whether anything was given.
bool release(World& world, const Origin& origin, OrderRow& order, bool all);
/// When the next release is due, from what is not yet given.
void plan_release(OrderRow& order);
/// Whether it may go: accepted or released, no hold, and whole if it ships complete.
bool releasable(const OrderRow& order);

/// Condition of a call with If-Match: none of the other members matter when it is absent (428).
struct Precondition {
  std::optional<std::int64_t> revision;  ///< as If-Match says
  bool given = false;
  bool any = false;  ///< If-Match: *
};
/// POST holds, DELETE holds/{code}, release.
class ChangeOrder : public KeyedRequest {
 public:
  std::string id;
  Precondition precondition;
  std::string_view meets_on() const override { return id; }

 protected:
  void ask_more(const World& world, Needs& needs) const override;
  void decide_new(World& world) final;
  virtual void change(World& world, OrderRow& order) = 0;
};

class PutHold final : public ChangeOrder {
 public:
  std::string code;
  std::optional<std::string> reason;

 protected:
  void change(World& world, OrderRow& order) override;
};

class LiftHold final : public ChangeOrder {
 public:
  std::string code;
  std::optional<std::string> reason;

 protected:
  void change(World& world, OrderRow& order) override;
};

class ReleaseOrder final : public ChangeOrder {
 public:
  std::optional<std::string> reason;

 protected:
  void change(World& world, OrderRow& order) override;
};

/// The sweep's request: orders whose ship date has come near.
class ReleaseDue final : public Request {
 public:
  std::vector<std::string> ids;
  void ask(const World& world, Needs& needs) const override;
  void decide(World& world) override;
};

}  // namespace crossdock::ledger
