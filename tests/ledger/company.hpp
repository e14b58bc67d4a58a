// A small company that does random things, one seed a life: reservations, orders, shipments, stock, time.
#pragma once
#include <random>

#include "asks.hpp"
#include "books.hpp"

namespace crossdock::ledger {

class Company {
 public:
  explicit Company(unsigned seed) : random(seed) { open_stock(); }

  Books books;
  std::mt19937 random;
  std::vector<std::string> orders, holds;  ///< ids that were made
  int numbers = 0;

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }
  PositionKey key() { return {pick(0, 1) ? "A" : "B", pick(0, 1) ? "E" : "W"}; }
  std::optional<Date> some_date() { return pick(0, 2) ? std::optional(books.today() + pick(0, 6)) : std::nullopt; }

  /// The next thing that somebody asks for. Never null.
  std::shared_ptr<Request> next() {
    switch (pick(0, 12)) {
      case 0:
      case 1:
        return reserve();
      case 2:
      case 3:
      case 4:
        return capture();
      case 5:
        return touch_hold();
      case 6:
        return expire_due();
      case 7:
        return count();
      case 8:
        return move();
      case 9:
        return ship();
      case 10:
        return touch_order();
      case 11:
        return supply();
      default:
        return release_due();
    }
  }
  /// Remembers what was made.
  void seen(const Request& request) {
    if (request.reply.status != 201) return;
    if (const auto* capture = dynamic_cast<const Capture*>(&request)) orders.push_back(capture->id);
    if (const auto* reserve = dynamic_cast<const Reserve*>(&request)) holds.push_back(reserve->id);
  }
  void pass_time() { books.now = books.now + std::int64_t{pick(0, 9) ? pick(1, 300) : 86'400} * 1'000'000; }

  std::shared_ptr<Reserve> reserve() {
    std::vector<std::tuple<PositionKey, Decimal, std::optional<Date>>> lines;
    for (int n = pick(1, 3); n > 0; --n) lines.emplace_back(key(), qty(pick(1, 12)), some_date());
    return reserve_of(lines, pick(0, 1) ? ReservationPolicy::per_line : ReservationPolicy::all_or_nothing,
                      std::chrono::seconds(pick(1, 900)));
  }
  std::shared_ptr<Capture> capture() {
    std::vector<WantLine> lines;
    for (int n = pick(1, 3); n > 0; --n) {
      auto where = key();
      lines.push_back({where.sku, qty(pick(1, 15)), pick(0, 1) ? std::optional(where.location) : std::nullopt, some_date()});
    }
    std::optional<std::string> hold;
    if (!holds.empty() && pick(0, 1)) hold = holds[static_cast<std::size_t>(pick(0, static_cast<int>(holds.size()) - 1))];
    auto made = capture_of("S-" + std::to_string(++numbers), lines, static_cast<OnShortage>(pick(0, 2)), hold);
    made->checked.order.ship_complete = pick(0, 3) == 0;
    made->head = head_of(made->checked.order);
    if (pick(0, 5) == 0) {
      made->checked.credit_counts = true;
      made->checked.total = qty(100);
    }
    return made;
  }
  std::shared_ptr<Request> touch_hold() {
    if (holds.empty()) return reserve();
    const auto& id = holds[static_cast<std::size_t>(pick(0, static_cast<int>(holds.size()) - 1))];
    if (pick(0, 1)) {
      auto request = std::make_shared<ReleaseReservation>();
      request->id = id;
      return request;
    }
    auto request = std::make_shared<ExtendReservation>();
    request->id = id;
    request->ttl = std::chrono::seconds(pick(1, 900));
    return request;
  }
  std::shared_ptr<Request> expire_due() {
    auto request = std::make_shared<ExpireReservations>();
    for (const auto& [id, row] : books.reservations)
      if (pick(0, 2)) request->ids.push_back(id);  // whatever their state: the request judges
    return request;
  }
  std::shared_ptr<StockEvent> count() {
    auto where = key();
    auto request = snapshot_of(where, ++sequence_, qty(pick(0, 60)), books.now + -pick(0, 60) * 1'000'000LL);
    request->event.netted = static_cast<Netted>(pick(0, 2));
    return request;
  }
  std::shared_ptr<StockEvent> move() {
    auto request = movement_of(key(), ++sequence_ - (pick(0, 3) ? 0 : pick(0, 5)), qty(pick(-8, 12)), books.now);
    if (!request->event.delta.negative() || pick(0, 2) == 0) return request;
    request->event.reason = MovementReason::ship;
    if (pick(0, 1))
      request->event.reference = reference_to(ReferenceKind::shipment, "wms", "SH-" + std::to_string(pick(1, shipped_ + 2)), pick(1, 2));
    else
      request->event.reference = reference_to(ReferenceKind::order, "shop", "S-" + std::to_string(pick(1, numbers + 1)));
    return request;
  }
  std::shared_ptr<Request> ship() {
    if (orders.empty()) return capture();
    const auto& order = books.orders.at(orders[static_cast<std::size_t>(pick(0, static_cast<int>(orders.size()) - 1))]);
    std::vector<ShipWant> lines;
    for (const auto& line : order.lines) {
      std::optional<ShipDisposition> disposition;
      if (pick(0, 1)) disposition = static_cast<ShipDisposition>(pick(0, 2));
      lines.push_back({line.line, qty(pick(0, 9)), disposition});
    }
    auto request =
        ship_of("SH-" + std::to_string(++shipped_), order.id, pick(0, 1) ? "E" : "W", lines, books.now + -pick(0, 60) * 1'000'000LL);
    request->effect = static_cast<ShipEffect>(pick(0, 2));
    if (!order.warehouse_orders.empty() && pick(0, 1)) request->document.warehouse_order = order.warehouse_orders[0].id;
    return request;
  }
  std::shared_ptr<Request> touch_order() {
    if (orders.empty()) return capture();
    auto setup = [this](auto request) {
      request->id = orders[static_cast<std::size_t>(pick(0, static_cast<int>(orders.size()) - 1))];
      request->precondition.given = request->precondition.any = true;
      return request;
    };
    if (pick(0, 2) == 0) return setup(std::make_shared<ReleaseOrder>());
    if (pick(0, 1)) {
      auto request = setup(std::make_shared<PutHold>());
      request->code = "check";
      return request;
    }
    auto request = setup(std::make_shared<LiftHold>());
    request->code = "check";
    return request;
  }
  std::shared_ptr<Request> supply() {
    auto request = std::make_shared<PutMaster>();
    Supply supply;
    supply.number = "PO-" + std::to_string(pick(1, 3));
    for (int n = pick(1, 2); n > 0; --n) {
      SupplyLine line;
      line.line = n;
      line.sku = key().sku;
      line.location = key().location;
      line.quantity = qty(pick(1, 30));
      line.date = books.today() + pick(0, 8);
      supply.lines.push_back(line);
    }
    request->id = {"supply", supply.number};
    request->body = to_json(supply);
    request->source.system = "erp";
    request->shares = shares_of("supply", request->body);
    return request;
  }
  std::shared_ptr<Request> release_due() {
    auto request = std::make_shared<ReleaseDue>();
    request->ids = orders;
    return request;
  }

 private:
  void open_stock() {
    for (const char* sku : {"A", "B"})
      for (const char* location : {"E", "W"}) {
        auto snapshot = snapshot_of({sku, location}, 1, qty(pick(0, 40)), books.now + -3'600'000'000LL);
        books.decide(*snapshot);
      }
    sequence_ = 1;
  }
  std::int64_t sequence_ = 0;
  int shipped_ = 0;
};

}  // namespace crossdock::ledger
