// The rows that decisions are made on: what the store loads under lock and writes back. Plain data, quantities in the base unit.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/id.hpp"
#include "crossdock/base/mistakes.hpp"
#include "crossdock/base/time.hpp"
#include "crossdock/model/order.hpp"
#include "crossdock/model/reservation.hpp"
#include "promise/profile.hpp"

namespace crossdock::ledger {

using promise::PositionKey;

/// How a row must be written back. Of movements alone one may go.
enum class Mark : std::uint8_t { clean, changed, created, gone };

/// A place in a position's stream of events: ordered by epoch, then sequence.
struct Sequence {
  std::int64_t epoch = 0;
  std::int64_t number = -1;
  friend auto operator<=>(const Sequence&, const Sequence&) = default;
};

struct PositionRow {
  PositionKey key;
  promise::Profile profile;
  std::int64_t version = 0;
  std::optional<Instant> earliest_expiry;
  std::string owner;
  Sequence snapshot;  ///< of the last snapshot; {0, -1} before the first
  std::string snapshot_id;
  std::optional<Instant> snapshot_as_of;
  Decimal snapshot_on_hand, snapshot_unavailable;  ///< what it made of the position, before the movements above it
  Sequence last;                                   ///< the highest seen
  std::int64_t moves = 0;                          ///< movements counted since the snapshot
  /// The lateness horizon (fold.hpp): movements up to here are in the base and their rows are gone, whatever comes again up to here is
  /// too late to count. Of the hub's own movements: up to that time.
  Sequence folded_to;
  std::optional<Instant> folded_until;
  std::int64_t folded = 0;  ///< of `moves`, those that were folded
  std::optional<Instant> gap_since;
  std::string suspect;
  std::int64_t marks = 0;       ///< how often it became suspect or ceased to be: orders what memory hears of one version
  std::uint64_t stored_at = 0;  ///< where its row lies while it is locked: the store's own; 0: it is not stored
  Mark mark = Mark::clean;
  /// Marks it as suspect; an empty `why` ends that. Its quantities and its version stay.
  void suspected(std::string why) {
    if (why.empty() != suspect.empty()) ++marks;
    suspect = std::move(why);
  }
  friend bool operator==(const PositionRow&, const PositionRow&) = default;
};

/// A movement that the hub made itself stands among snapshots by its time: this epoch keeps it apart from the owner's own sequence.
constexpr std::int64_t implied_epoch = -1;

struct MovementKey {
  PositionKey position;
  Sequence sequence;
  std::string discriminator;
  friend auto operator<=>(const MovementKey&, const MovementKey&) = default;
};

struct MovementRow {
  MovementKey key;
  std::string id;
  std::string source;
  Instant occurred_at;
  Decimal delta;
  Decimal unavailable_delta;
  std::string reason;
  Mark mark = Mark::clean;
  Instant seen_at{};  ///< when the store got it; known only where the oldest are asked for
  bool implied() const { return key.sequence.epoch == implied_epoch; }
  /// Whether it stands above the position's snapshot, and so is part of its stock.
  bool counts(const PositionRow& position) const {
    if (!implied()) return key.sequence > position.snapshot;
    return !position.snapshot_as_of || occurred_at >= *position.snapshot_as_of;
  }
};

struct CommitmentRow {
  std::string order_id;
  int line = 0;
  int number = 0;  ///< from 1 within the line
  PositionKey position;
  Date date;
  Decimal quantity;  ///< still committed
  Decimal effected;  ///< of it, the stock effect came before the shipment: no demand any more
  std::int64_t version = 0;
  std::string warehouse_order;  ///< empty: not yet given to a warehouse
  Mark mark = Mark::clean;
  Decimal demand() const { return quantity - effected; }
};

struct LineRow {
  int line = 0;
  int place = 0;
  std::string sku;
  std::string body;  ///< the line as requested, completed: JSON of model's OrderLineRequest
  std::string base_uom;
  Fraction factor;
  Decimal ordered, over_shipped, open, committed, backordered, awaited, consumed, cancelled;
  Decimal shorted;  ///< of cancelled: what a warehouse's short_cancel ended
  std::vector<CommitmentRow> commitments;
  Mark mark = Mark::clean;
  Decimal shipped() const { return awaited + consumed; }
};

/// An order that is promised something of a position, by its newest promise there.
struct PromisedRow {
  std::int64_t version = 0;  ///< of the position, as granted
  OrderRef order;
};

/// Demand of a position that a warehouse has been told to send.
struct AtWarehouseRow {
  Instant told_at;
  std::string state;  ///< of the warehouse order
  Decimal quantity;
};

struct WarehouseOrderLineRow {
  int line = 0;
  int order_line = 0;
  std::string sku;
  Decimal quantity;
  Decimal shipped;
};

struct WarehouseOrderRow {
  std::string id;
  std::string order_id;
  std::string location;
  int sequence = 0;
  std::string state;
  Date ship_date;
  Instant created_at;
  std::vector<WarehouseOrderLineRow> lines;
  Mark mark = Mark::clean;
};

struct OrderRow {
  std::string id;
  std::string source;
  std::string order_number;
  Sha256 fingerprint{};
  std::int64_t revision = 0;
  OrderStatus order_status{};
  FulfilmentStatus fulfilment_status{};
  FinancialStatus financial_status{};
  std::string customer;
  std::optional<std::string> customer_po;
  std::string head;     ///< JSON of the request without its lines, completed
  std::string verdict;  ///< JSON members decision, findings, checks, without the braces' outside
  std::vector<Hold> holds;
  Decimal exposure;
  Instant created_at, updated_at;
  std::optional<Date> release_due;
  std::vector<LineRow> lines;
  std::vector<WarehouseOrderRow> warehouse_orders;
  Mark mark = Mark::clean;
};

struct ReservationLineRow {
  int line = 0;
  PositionKey position;
  Date date;  ///< on which its demand stands
  Fraction factor;
  Decimal requested;
  Decimal granted;
  std::int64_t version = 0;
  std::string uom;                 ///< as asked; empty: none was given
  std::optional<Date> asked_date;  ///< as asked
};

struct ReservationRow {
  std::string id;
  ReservationState state = ReservationState::created;
  Instant expires_at;
  std::optional<std::string> reference;
  std::string policy;
  std::string client;
  std::string order_id;  ///< whose commitments it became; empty before
  std::string ext;       ///< JSON of the caller; empty: none
  Instant created_at;
  std::vector<ReservationLineRow> lines;
  Mark mark = Mark::clean;
  /// `only_of`: the client that asks; empty: one that may see all.
  bool visible_to(const std::string& only_of) const { return only_of.empty() || only_of == client; }
  bool live() const { return state == ReservationState::created || state == ReservationState::updated; }
};

struct ShipmentRow {
  std::string id;
  std::string source;
  std::string number;
  Sha256 fingerprint{};
  std::string order_id;
  std::string location;
  Instant shipped_at;
  std::string body;  ///< the document as GET answers it
  Instant created_at;
  Mark mark = Mark::clean;
};

/// A shipped line, or a part of one, whose stock effect has not been seen in full. Written back: quantity zero means gone.
struct AwaitedRow {
  std::string source, number;
  int line = 0;  ///< its place in the shipment, from 1
  int part = 0;
  std::string order_id;
  int order_line = 0;
  PositionKey position;
  Date date;
  Instant shipped_at;
  Decimal quantity;
  Decimal demand;
  Mark mark = Mark::clean;
};

/// What a movement's reference names.
struct EffectKey {
  std::string kind;  ///< shipment, warehouse_order, order
  std::string source, number;
  int line = 0;  ///< 0: the reference names none
  PositionKey position;
  friend auto operator<=>(const EffectKey&, const EffectKey&) = default;
};

struct EarlyEffectRow {
  EffectKey key;
  Decimal quantity;  ///< zero means gone
  Instant seen_at;
  Mark mark = Mark::clean;
};

struct IdempotencyId {
  std::string client, call, key;
  friend auto operator<=>(const IdempotencyId&, const IdempotencyId&) = default;
};

/// Why a request was refused: what a problem (RFC 9457) says of it. The API gives it its bytes.
struct Refusal {
  std::string code;
  std::string detail;
  Mistakes errors;
  std::string members;  ///< further JSON members of the problem, without the braces around them; may be empty
};

/// An answer. Of a success `body` has the bytes as they go out, and `headers` ETag, Location and the like; else `refusal` says why.
struct Reply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::optional<Refusal> refusal;

  static Reply refuse(int status, std::string code, std::string detail, Mistakes errors = {}) {
    Reply reply;
    reply.status = status;
    reply.refusal = Refusal{std::move(code), std::move(detail), std::move(errors), {}};
    return reply;
  }
};

struct IdempotencyRow {
  IdempotencyId id;
  Sha256 fingerprint{};
  Reply reply;
  Mark mark = Mark::clean;
};

struct MasterId {
  std::string kind, id;
  friend auto operator<=>(const MasterId&, const MasterId&) = default;
};

struct MasterRow {
  MasterId id;
  std::int64_t version = 0;  ///< 0: not stored yet
  std::string body;
  Mark mark = Mark::clean;
};

struct ExposureRow {
  std::string customer;
  Decimal amount;
  std::string currency;
  Mark mark = Mark::clean;
};

struct StockFeedRow {
  std::string location;
  std::string source;
  std::string feed;
  std::string topic;
  Instant at;
  Mark mark = Mark::clean;
};

/// One step of an order's or a document's life, for timeline and audit.
struct JournalEntry {
  std::string order_id;  ///< empty: of no order
  std::string system, step, document, actor, detail, correlation_id;
};

/// What the CloudEvents headers of an event say; they are written when it is published.
struct Envelope {
  std::string type;  ///< crossdock.order.captured.v1
  std::string id;    ///< a UUID
  std::string subject;
  std::int64_t sequence = 0;
  std::string correlation_id, causation_id, traceparent;
  Instant at;
};

/// A record for Kafka: an event, or a dead letter with its bytes as they came.
struct Outgoing {
  std::int64_t id = 0;  ///< of its row, once it is stored
  std::string topic;
  std::string lane;                                          ///< what keeps order: the key's text
  std::optional<std::string> key;                            ///< bytes; none for a dead letter without a key
  std::optional<Envelope> envelope;                          ///< of an event: its body is a document that we wrote, not somebody's bytes
  std::vector<std::pair<std::string, std::string>> headers;  ///< of a dead letter
  std::optional<std::string> body;                           ///< none is a tombstone
};

struct WaitingRow {
  std::int64_t id = 0;
  std::string want_kind, want_key;
  Instant until;
  std::string kind;  ///< inventory, shipment
  std::string feed, topic;
  int partition = 0;
  std::int64_t offset = 0;
  std::optional<std::string> record_key;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct ExceptionEntry {
  std::string kind, reason, detail, origin, body;
};

}  // namespace crossdock::ledger
