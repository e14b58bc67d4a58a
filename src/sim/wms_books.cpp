#include "sim/wms_books.hpp"

#include <algorithm>

#include "crossdock/base/id.hpp"

namespace crossdock::sim {

namespace {

std::optional<Decimal> decimal_of(json::View object, std::string_view name) {
  const auto member = object.find(name);
  if (!member) return {};
  const auto parsed = Decimal::parse(member->text());
  return parsed ? std::optional(parsed.value) : std::nullopt;
}

std::string string_of(json::View object, std::string_view name) {
  const auto member = object.find(name);
  return member && member->is(json::Kind::string) ? std::string(member->text()) : std::string();
}

int whole_of(json::View object, std::string_view name) {
  const auto value = decimal_of(object, name);
  return value ? static_cast<int>(value->units() / Decimal::one) : 0;
}

std::optional<WarehouseOrder> read_order(json::View body) {
  WarehouseOrder order;
  order.id = string_of(body, "id");
  order.location = string_of(body, "location");
  if (const auto of = body.find("order")) {
    order.order = string_of(*of, "id");
    order.order_source = string_of(*of, "source");
    order.order_number = string_of(*of, "order_number");
  }
  const auto lines = body.find("lines");
  if (order.id.empty() || order.location.empty() || order.order.empty() || !lines || lines->size() == 0) return {};
  for (const auto view : lines->children()) {
    const auto quantity = decimal_of(view, "quantity");
    WarehouseOrderLine line{whole_of(view, "line"), whole_of(view, "order_line"), string_of(view, "sku"), quantity.value_or(Decimal()), {}};
    if (line.order_line == 0 || line.sku.empty() || !line.quantity.positive()) return {};
    order.lines.push_back(std::move(line));
  }
  return order;
}

}  // namespace

WmsBooks::WmsBooks(std::string name, const std::vector<std::string>& locations, const Catalogue& catalogue, std::uint64_t seed)
    : name_(std::move(name)), dice_(seed ^ lot_of(name_)) {
  for (const auto& location : locations) {
    const auto it = catalogue.stock.find(location);
    if (it == catalogue.stock.end()) continue;
    for (const auto& [sku, pieces] : it->second) shelves_[{location, sku}] = {Decimal::of(pieces), Decimal::of(pieces), {}, 0};
  }
}

std::vector<Told> WmsBooks::snapshots(Instant now) {
  std::vector<Told> told;
  told.reserve(shelves_.size());
  for (const auto& [place, shelf] : shelves_) told.push_back(snapshot(place, now));
  return told;
}

std::vector<Told> WmsBooks::recount(std::size_t shelves, Instant now) {
  std::vector<Told> told;
  std::uniform_int_distribution<std::size_t> any(0, shelves_.size() - 1);
  for (std::size_t i = 0; i < shelves && !shelves_.empty(); ++i) {
    const auto place = std::next(shelves_.begin(), static_cast<std::ptrdiff_t>(any(dice_)))->first;
    told.push_back(snapshot(place, now));
  }
  return told;
}

std::vector<Told> WmsBooks::damage(std::size_t shelves, Instant now) {
  std::vector<Told> told;
  for (auto& [place, shelf] : shelves_) {
    if (told.size() == shelves) break;
    if (shelf.on_hand < Decimal::of(100) || shelf.unavailable.positive() || !chance(0.1)) continue;
    told.push_back(movement(place, {}, Decimal::of(2), "status_change", nullptr, 0, now));
  }
  return told;
}

WmsBooks::Taken WmsBooks::take(std::string_view event, std::string_view body, std::string& id) {
  if (!event.empty() && !events_.emplace(event).second) return ++seen_twice_, Taken::twice;
  json::Document document;
  std::optional<WarehouseOrder> order;
  if (!document.parse_copy(body)) order = read_order(document.root());
  if (!order) return ++unreadable_, Taken::unreadable;
  const auto ours = std::any_of(shelves_.begin(), shelves_.end(), [&](const auto& shelf) { return shelf.first.first == order->location; });
  if (!ours) return Taken::elsewhere;
  id = order->id;
  if (orders_.contains(id)) return ++seen_twice_, Taken::twice;
  const bool large = std::any_of(order->lines.begin(), order->lines.end(), [](const auto& line) { return line.quantity > Decimal::of(1); });
  if (large && chance(0.25)) order->parts_left = 2;
  orders_.emplace(id, std::move(*order));
  return Taken::fresh;
}

std::vector<Told> WmsBooks::pick(const std::string& id, Instant now) {
  std::vector<Told> told;
  const auto it = orders_.find(id);
  if (it == orders_.end() || it->second.closed) return told;
  auto& order = it->second;
  Shipment shipment;
  shipment.number = name_ + "-S" + std::to_string(++number_);
  shipment.warehouse_order = order.id;
  shipment.order = order.order;
  shipment.location = order.location;
  shipment.shipped_at = now;
  const bool last = --order.parts_left <= 0;
  for (auto& line : order.lines) pick_line(order, line, last, shipment, told);
  order.closed = last;
  if (shipment.lines.empty()) return told;
  // The document before its movements or after them: the hub may rely on neither.
  told.insert(chance(0.5) ? told.begin() : told.end(), tell(shipment));
  shipments_.push_back(std::move(shipment));
  return told;
}

void WmsBooks::pick_line(WarehouseOrder& order, WarehouseOrderLine& line, bool last, Shipment& shipment, std::vector<Told>& told) {
  const Place place{order.location, line.sku};
  const auto shelf = shelves_.find(place);
  const auto now = shipment.shipped_at;
  auto there = shelf == shelves_.end() ? Decimal() : shelf->second.on_hand - shelf->second.unavailable;
  const auto rest = line.quantity - line.shipped;
  if (!last && rest <= Decimal::of(1)) return;
  auto wanted = last ? rest : Decimal::of(static_cast<std::int64_t>(rest.units() / Decimal::one / 2));
  if (last && there.positive() && chance(0.02)) {  // the shelf holds less than the books say: counted, then short
    const auto lost = std::min(there, Decimal::of(1) + Decimal::of(static_cast<std::int64_t>(dice_() % 3)));
    told.push_back(movement(place, -lost, {}, "count", nullptr, 0, now));
    there -= lost;
    if (wanted + lost > there || chance(0.5)) wanted = std::max(Decimal(), wanted - lost);
  } else if (last && there > rest + rest + rest + Decimal::of(50) && chance(0.01)) {  // one piece too many goes into the box
    wanted += Decimal::of(1);
  }
  const auto sent = std::max(Decimal(), std::min(wanted, there));
  std::string disposition;
  if (last) disposition = sent >= rest ? "complete" : chance(0.5) ? "short_cancel" : "short_backorder";
  line.shipped += sent;
  if (disposition.empty() && !sent.positive()) return;
  shipment.lines.push_back({line.order_line, line.sku, sent, disposition});
  if (!sent.positive()) return;
  told.push_back(movement(place, -sent, {}, "ship", &shipment, static_cast<int>(shipment.lines.size()), now));
}

bool WmsBooks::open(const std::string& id) const {
  const auto it = orders_.find(id);
  return it != orders_.end() && !it->second.closed;
}

Decimal WmsBooks::on_hand(const std::string& location, const std::string& sku) const {
  const auto it = shelves_.find({location, sku});
  return it == shelves_.end() ? Decimal() : it->second.on_hand;
}

Told WmsBooks::snapshot(const Place& place, Instant now) {
  auto& shelf = shelves_[place];
  // A count takes a number of its own: where numbers are dense, a snapshot is one of them.
  Told told{Told::Where::inventory, place.first + "|" + place.second, new_id(), "crossdock.inventory.snapshot.v1", {}};
  json::Writer out(told.body);
  out.begin_object().key("kind").string("snapshot").key("id").string(told.id).key("source").string(name_);
  out.key("location").string(place.first).key("sku").string(place.second).key("epoch").integer(1).key("sequence").integer(++shelf.sequence);
  out.key("as_of").instant(now).key("on_hand").decimal(shelf.on_hand).key("unavailable").decimal(shelf.unavailable);
  out.key("netted").string("none").end_object();
  return told;
}

Told WmsBooks::movement(const Place& place, Decimal delta, Decimal unavailable_delta, std::string_view reason, const Shipment* shipment,
                        int line, Instant now) {
  auto& shelf = shelves_[place];
  shelf.on_hand += delta;
  shelf.unavailable += unavailable_delta;
  Told told{Told::Where::inventory, place.first + "|" + place.second, new_id(), "crossdock.inventory.movement.v1", {}};
  json::Writer out(told.body);
  out.begin_object().key("kind").string("movement").key("id").string(told.id).key("source").string(name_);
  out.key("location").string(place.first).key("sku").string(place.second).key("epoch").integer(1).key("sequence").integer(++shelf.sequence);
  out.key("occurred_at").instant(now).key("delta").decimal(delta).key("unavailable_delta").decimal(unavailable_delta);
  out.key("reason").string(reason);
  if (shipment) {
    out.key("reference").begin_object().key("kind").string("shipment").key("source").string(name_);
    out.key("number").string(shipment->number).key("line").integer(line).end_object();
  }
  out.end_object();
  return told;
}

Told WmsBooks::tell(const Shipment& shipment) const {
  Told told{Told::Where::shipments, shipment.order, new_id(), "crossdock.shipment.v1", {}};
  json::Writer out(told.body);
  out.begin_object().key("source").string(name_).key("shipment_number").string(shipment.number);
  out.key("order").begin_object().key("id").string(shipment.order).end_object();
  out.key("warehouse_order").string(shipment.warehouse_order).key("location").string(shipment.location);
  out.key("carrier").string("RMAIL").key("tracking_number").string("T" + shipment.number);
  out.key("shipped_at").instant(shipment.shipped_at).key("lines").begin_array();
  for (const auto& line : shipment.lines) {
    out.begin_object().key("order_line").integer(line.order_line).key("sku").string(line.sku).key("quantity").decimal(line.quantity);
    out.key("uom").string("EA");
    if (!line.disposition.empty()) out.key("disposition").string(line.disposition);
    out.end_object();
  }
  out.end_array().end_object();
  return told;
}

std::string WmsBooks::books(std::string_view more_members) const {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("name").string(name_).key("seen_twice").integer(static_cast<std::int64_t>(seen_twice_));
  out.key("unreadable").integer(static_cast<std::int64_t>(unreadable_)).key("more").raw(more_members.empty() ? "{}" : more_members);
  out.key("stock").begin_array();
  for (const auto& [place, shelf] : shelves_) {
    out.begin_object().key("location").string(place.first).key("sku").string(place.second).key("on_hand").decimal(shelf.on_hand);
    out.key("unavailable")
        .decimal(shelf.unavailable)
        .key("opening")
        .decimal(shelf.opening)
        .key("sequence")
        .integer(shelf.sequence)
        .end_object();
  }
  out.end_array().key("orders").begin_array();
  for (const auto& [id, order] : orders_) {
    out.begin_object().key("id").string(id).key("order").string(order.order).key("order_number").string(order.order_number);
    out.key("location").string(order.location).key("closed").boolean(order.closed).key("lines").begin_array();
    for (const auto& line : order.lines) {
      out.begin_object().key("order_line").integer(line.order_line).key("sku").string(line.sku).key("quantity").decimal(line.quantity);
      out.key("shipped").decimal(line.shipped).end_object();
    }
    out.end_array().end_object();
  }
  out.end_array().key("shipments").begin_array();
  for (const auto& shipment : shipments_) {
    out.begin_object().key("number").string(shipment.number).key("warehouse_order").string(shipment.warehouse_order);
    out.key("order").string(shipment.order).key("location").string(shipment.location).key("shipped_at").instant(shipment.shipped_at);
    out.key("lines").begin_array();
    for (const auto& line : shipment.lines) {
      out.begin_object().key("order_line").integer(line.order_line).key("sku").string(line.sku).key("quantity").decimal(line.quantity);
      if (!line.disposition.empty()) out.key("disposition").string(line.disposition);
      out.end_object();
    }
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return text;
}

}  // namespace crossdock::sim
