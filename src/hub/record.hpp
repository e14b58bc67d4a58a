// One record of a feed on its way: from its bytes to a request, or to the reason why it is none.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "crossdock/model/incoming.hpp"
#include "hub/memory.hpp"
#include "hub/settings.hpp"
#include "ledger/shipment.hpp"
#include "ledger/stock.hpp"
#include "store/cursor.hpp"

namespace crossdock::hub {

/// Why a record cannot be used.
struct Unusable {
  std::string reason;  ///< low cardinality: cd_reason
  std::string detail;
};

struct Record {
  ledger::FeedOrigin from;                    ///< moved into the request, if it became one: see origin()
  std::shared_ptr<ledger::StockEvent> stock;  ///< one of the two, or
  std::shared_ptr<ledger::Ship> ship;
  std::optional<Unusable> unusable;           ///< this
  std::int64_t timestamp_ms = -1;             ///< the broker's, or the producer's
  std::shared_ptr<ledger::MarkSuspect> mark;  ///< of an unusable one whose position can be told

  const ledger::FeedOrigin& origin() const { return stock ? stock->from : ship ? ship->from : from; }
  ledger::Request* request() const;
  /// After the decision: what became of it; an invalid one is dead, with its reason.
  ledger::Outcome outcome() const;
  Unusable why() const;
  /// For the position that it is about, when it cannot be used after all; may be null.
  std::shared_ptr<ledger::MarkSuspect> suspect() const;
};

/// Reads a record. Pure but for ids and what memory knows.
Record read_record(const FeedSettings& feed, ledger::FeedOrigin from, const HubMemory& memory);

/// Builds the request of an inventory event; shared by feeds and POST /v1/inventory/events.
std::shared_ptr<ledger::StockEvent> stock_event(InventoryEvent event, ledger::FeedOrigin from, const HubMemory& memory);
/// Builds the request of a shipment; shared by feeds and POST /v1/shipments.
std::shared_ptr<ledger::Ship> shipment(ShipmentRequest document, ledger::FeedOrigin from, const HubMemory& memory);

/// Puts a record that cannot be used into its dead letters (same key, body, headers, plus cd_ headers), or, if it came from no topic, to
/// the exceptions.
void bury(ledger::World& world, const ledger::FeedOrigin& from, const Unusable& why);
void tally(store::Tally& tally, ledger::Outcome outcome, std::int64_t by = 1);

}  // namespace crossdock::hub
