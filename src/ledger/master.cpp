#include "ledger/master.hpp"

#include <algorithm>

#include "crossdock/model/codec.hpp"
#include "crossdock/model/master.hpp"
#include "ledger/events.hpp"
#include "ledger/render.hpp"

namespace crossdock::ledger {

namespace {

std::vector<StockShare> shares_of(const Item& item) {
  std::vector<StockShare> shares;
  for (const auto& safety : item.safety_stock) shares.push_back({PositionKey{item.sku, safety.location}, safety.quantity, {}});
  return shares;
}

std::vector<StockShare> shares_of(const Supply& supply) {
  std::vector<StockShare> shares;
  for (const auto& line : supply.lines) {
    if (!line.confirmed) continue;
    StockShare share{PositionKey{line.sku, line.location}, {}, {}};
    // Its owner cannot have more to come than was ordered.
    share.supply.add(line.date, std::min(line.open.value_or(line.quantity), line.quantity));
    shares.push_back(std::move(share));
  }
  return shares;
}

template <class T>
std::vector<StockShare> shares_in(const std::string& body) {
  auto decoded = decode_body<T>(body);
  if (auto* document = std::get_if<T>(&decoded)) return shares_of(*document);
  return {};
}

Source source_of(const std::string& body) {
  json::Document document;
  Source source;
  if (document.parse(body)) return source;
  Mistakes mistakes;
  if (auto view = document.root().find("source"); view && view->is(json::Kind::object)) decode(*view, source, mistakes);
  return source;
}

}  // namespace

std::string_view to_text(PutOutcome outcome) {
  switch (outcome) {
    case PutOutcome::created:
      return "created";
    case PutOutcome::updated:
      return "updated";
    case PutOutcome::unchanged:
      return "unchanged";
    case PutOutcome::older:
      return "older";
    case PutOutcome::invalid:
      break;
  }
  return "invalid";
}

std::vector<StockShare> shares_of(const std::string& kind, const std::string& body) {
  if (kind == "item") return shares_in<Item>(body);
  if (kind == "supply") return shares_in<Supply>(body);
  return {};
}

void PutMaster::ask(const World& world, Needs& needs) const {
  needs.master.insert(id);
  for (const auto& [reference, pointer] : references) needs.parents.insert(reference);
  for (const auto& share : shares) needs.new_positions.insert(share.key);
  auto stored = world.master.find(id);
  if (stored == world.master.end() || stored->second.version == 0) return;
  for (const auto& share : shares_of(id.kind, stored->second.body)) needs.new_positions.insert(share.key);
}

bool PutMaster::refused(World& world, const MasterRow* stored) {
  for (const auto& [reference, pointer] : references) {
    auto row = world.master.find(reference);
    if (reference == id || (row != world.master.end() && row->second.version > 0)) continue;
    errors.push_back({pointer, "unknown_reference", "There is no " + reference.kind + " " + reference.id + ".", {}});
  }
  if (!errors.empty()) {
    reply = Reply::refuse(422, "unknown_reference", "The document names what does not exist; see errors.", errors);
    return true;
  }
  bool there = stored && stored->version > 0;
  if (if_match && (*if_match == "*" ? !there : !there || etag(stored->version) != *if_match)) {
    reply = Reply::refuse(412, "precondition_failed", "The document has changed since; read it again.");
    return true;
  }
  return false;
}

void PutMaster::decide(World& world) {
  errors.clear();
  reply = Reply{};
  outcome = PutOutcome::invalid;
  auto& row = world.master.try_emplace(id, MasterRow{id, 0, {}, Mark::clean}).first->second;
  if (refused(world, &row)) return;
  bool there = row.version > 0;
  version = row.version;
  reply.status = there ? 200 : 201;
  if (there && row.body == body) {
    outcome = PutOutcome::unchanged;
  } else if (there && older_than(source, source_of(row.body))) {
    outcome = PutOutcome::older;
  } else {
    outcome = there ? PutOutcome::updated : PutOutcome::created;
    std::string before = std::move(row.body);
    row.body = body;
    version = ++row.version;
    row.mark = there && row.mark != Mark::created ? Mark::changed : Mark::created;
    share(world, before);
    note(world, origin, {}, source.system, id.kind + "." + std::string(to_text(outcome)), id.id);
  }
  reply.headers.emplace_back("ETag", etag(row.version));
  reply.body = row.body;
}

void PutMaster::share(World& world, const std::string& before) {
  PositionDecision decision(world);
  if (!before.empty())
    for (const auto& old : shares_of(id.kind, before)) {
      auto* position = decision.at(old.key);
      if (!position) continue;
      if (old.safety_stock) position->profile.safety_stock = {};
      for (const auto& [date, quantity] : old.supply.entries()) position->profile.supply.add(date, -quantity);
    }
  for (const auto& now : shares) {
    auto* position = decision.at(now.key);
    if (!position) continue;
    if (now.safety_stock) position->profile.safety_stock = *now.safety_stock;
    for (const auto& [date, quantity] : now.supply.entries()) position->profile.supply.add(date, quantity);
  }
  for (const auto& key : decision.settle())
    publish_adjusted(world, origin, *world.position(key), id.kind == "item" ? "safety_stock" : "supply");
}

}  // namespace crossdock::ledger
