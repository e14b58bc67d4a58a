#include "hub/memory.hpp"

#include "crossdock/model/codec.hpp"
#include "crossdock/model/master.hpp"

namespace crossdock::hub {

namespace {
template <class T>
bool put(promise::Catalog& catalog, std::int64_t version, const std::string& body) {
  auto decoded = decode_body<T>(body, json::Limits{16U << 20, 64});
  auto* document = std::get_if<T>(&decoded);
  if (document) catalog.put(*document, version);
  return document != nullptr;
}
}  // namespace

void HubMemory::position(const promise::PositionKey& key, const promise::PositionValue& value) {
  std::lock_guard hold(feeding_);
  projection_.apply(key, value);
}

void HubMemory::master(const std::string& kind, const std::string& id, std::int64_t version, const std::string& body) {
  (void)id;
  std::lock_guard hold(feeding_);
  bool good = true;
  if (kind == "item") good = put<Item>(catalog_, version, body);
  if (kind == "customer") good = put<Customer>(catalog_, version, body);
  if (kind == "location") good = put<Location>(catalog_, version, body);
  if (kind == "price") good = put<Price>(catalog_, version, body);
  if (kind == "shipping_method") good = put<ShippingMethod>(catalog_, version, body);
  if (!good) ++damaged_;
}

void HubMemory::stock_feed(const ledger::StockFeedRow& row) {
  std::lock_guard hold(feeding_);
  auto& known = feeds_[row.location];
  Instant newest = std::max(known.at, row.at);
  known = row;
  known.at = newest;
  mark(known);
}

void HubMemory::mark(const ledger::StockFeedRow& row) {
  Instant at = row.at;
  if (auto topic = topics_.find(row.topic); topic != topics_.end()) at = std::max(at, topic->second);
  projection_.watermarks().set(row.source, row.location, at);
}

void HubMemory::topic_fresh(const std::string& topic, Instant at) {
  std::lock_guard hold(feeding_);
  topics_[topic] = at;
  for (const auto& [location, row] : feeds_)
    if (row.topic == topic) mark(row);
}

void HubMemory::clear() {
  std::lock_guard hold(feeding_);
  catalog_.clear();
  projection_.clear();
  feeds_.clear();
}

void HubMemory::current(Instant at, Clock::time_point asked) {
  clock_.heard(at, asked);
  projection_.set_current(at);
}

}  // namespace crossdock::hub
