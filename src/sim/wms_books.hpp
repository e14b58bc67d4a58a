// A warehouse's own books: what lies on its shelves, what it was told to send, what it sent. Every change to them makes the records that
// tell the hub. Pure; one thread.
#pragma once
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/json.hpp"
#include "crossdock/base/time.hpp"
#include "sim/catalogue.hpp"

namespace crossdock::sim {

/// One CloudEvent to be sent.
struct Told {
  enum class Where { inventory, shipments } where = Where::inventory;
  std::string key;
  std::string id;
  std::string type;
  std::string body;
};

struct WarehouseOrderLine {
  int line = 0;
  int order_line = 0;
  std::string sku;
  Decimal quantity;
  Decimal shipped;
};

struct WarehouseOrder {
  std::string id;
  std::string order;  ///< the hub's id of it
  std::string order_source, order_number;
  std::string location;
  std::vector<WarehouseOrderLine> lines;
  int parts_left = 1;  ///< shipments still to come
  bool closed = false;
};

struct ShipmentLine {
  int order_line = 0;
  std::string sku;
  Decimal quantity;
  std::string disposition;  ///< empty: the rest of the line stays open
};

struct Shipment {
  std::string number;
  std::string warehouse_order;
  std::string order;
  std::string location;
  Instant shipped_at;
  std::vector<ShipmentLine> lines;
};

class WmsBooks {
 public:
  WmsBooks(std::string name, const std::vector<std::string>& locations, const Catalogue& catalogue, std::uint64_t seed);

  /// A snapshot of every shelf.
  std::vector<Told> snapshots(Instant now);
  /// Counts some shelves again: snapshots that stand between movements.
  std::vector<Told> recount(std::size_t shelves, Instant now);
  /// Finds some pieces damaged on so many shelves that have plenty: they stay, but are not available.
  std::vector<Told> damage(std::size_t shelves, Instant now);

  enum class Taken { fresh, twice, elsewhere, unreadable };
  /// What the hub says is to be sent; `event` is its ce_id. `id` is set to the warehouse order's.
  Taken take(std::string_view event, std::string_view body, std::string& id);
  /// Picks an order, or its next part: stock goes down, a shipment is made. Shelves may turn out shorter than the books; the dice decide.
  std::vector<Told> pick(const std::string& id, Instant now);
  /// Whether there is more of it to pick.
  bool open(const std::string& id) const;

  std::string books(std::string_view more_members = {}) const;
  const std::map<std::string, WarehouseOrder>& orders() const { return orders_; }
  const std::vector<Shipment>& shipments() const { return shipments_; }
  Decimal on_hand(const std::string& location, const std::string& sku) const;

 private:
  struct Shelf {
    Decimal opening, on_hand, unavailable;
    std::int64_t sequence = 0;
  };
  using Place = std::pair<std::string, std::string>;  // location, sku

  bool chance(double share) { return std::uniform_real_distribution<double>(0, 1)(dice_) < share; }
  Told snapshot(const Place& place, Instant now);
  Told movement(const Place& place, Decimal delta, Decimal unavailable_delta, std::string_view reason, const Shipment* shipment, int line,
                Instant now);
  /// Decides what goes out of one line, and puts it into the shipment and the records.
  void pick_line(WarehouseOrder& order, WarehouseOrderLine& line, bool last, Shipment& shipment, std::vector<Told>& told);
  Told tell(const Shipment& shipment) const;

  std::string name_;
  std::map<Place, Shelf> shelves_;
  std::map<std::string, WarehouseOrder> orders_;
  std::set<std::string, std::less<>> events_;
  std::vector<Shipment> shipments_;
  std::mt19937_64 dice_;
  std::int64_t number_ = 0;
  std::size_t seen_twice_ = 0, unreadable_ = 0;
};

}  // namespace crossdock::sim
