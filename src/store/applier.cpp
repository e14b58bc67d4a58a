#include "store/applier.hpp"

#include "store/apply_parts.hpp"
#include "store/change.hpp"
#include "store/headers.hpp"
#include "store/loader.hpp"
#include "store/outbox.hpp"
#include "store/rows.hpp"

namespace crossdock::store {

using namespace ledger;
using namespace postgres;

namespace {

void put_keys(Transaction& tx, const World& world) {
  TextArray client, call, key, headers, body;
  BytesArray fingerprint;
  IntegerArray status;
  for (const auto& [id, row] : world.keys) {
    if (row.mark != Mark::created) continue;
    client.add(id.client), call.add(id.call), key.add(id.key);
    fingerprint.add(bytes_of(row.fingerprint)), status.add(row.reply.status);
    headers.add(header_lines(row.reply.headers)), body.add(row.reply.body);
  }
  if (key.empty()) return;
  tx.send("put_keys", client, call, key, fingerprint, status, headers, body);
}

void put_master(Transaction& tx, const World& world, Mark mark, const char* statement) {
  TextArray kind, id, body;
  IntegerArray version;
  for (const auto& [key, row] : world.master)
    if (row.mark == mark) kind.add(key.kind), id.add(key.id), version.add(row.version), body.add(row.body);
  if (kind.empty()) return;
  tx.send(statement, kind, id, version, body);
}

/// Positions are written where they lie: they were locked there by this transaction, so nothing moves them, and their key need not be
/// looked for again (5 of 11 us).
std::uint64_t place_of(const PositionRow& row) {
  if (row.stored_at != 0) return row.stored_at;
  throw Error({FailureKind::other, {}, "position " + row.key.sku + " at " + row.key.location + " was not loaded under its lock", false});
}

void put_promises(Transaction& tx, const World& world) {
  PlaceArray place;
  TextArray demand;
  IntegerArray version;
  InstantArray expiry;
  for (const auto& [key, row] : world.positions) {
    if (row.mark == Mark::clean) continue;
    place.add(place_of(row)), version.add(row.version), demand.add(row.profile.demand.text()), expiry.add(row.earliest_expiry);
  }
  if (!place.empty()) tx.send("promise_positions", place, version, demand, expiry);
}

void put_positions(Transaction& tx, const World& world) {
  if (world.only_promises) return put_promises(tx, world);
  PlaceArray place;
  TextArray supply, demand, owner, snap_id, suspect;
  IntegerArray version, snap_epoch, snap_sequence, last_epoch, last_sequence, moves, marks;
  DecimalArray on_hand, unavailable, safety, snap_on_hand, snap_unavailable;
  IntegerArray folded_epoch, folded_sequence, folded;
  InstantArray expiry, snap_as_of, gap_since, folded_until;
  for (const auto& [key, row] : world.positions) {
    if (row.mark == Mark::clean) continue;
    place.add(place_of(row)), version.add(row.version);
    on_hand.add(row.profile.on_hand), unavailable.add(row.profile.unavailable), safety.add(row.profile.safety_stock);
    supply.add(row.profile.supply.text()), demand.add(row.profile.demand.text()), expiry.add(row.earliest_expiry), owner.add(row.owner);
    snap_epoch.add(row.snapshot.epoch), snap_sequence.add(row.snapshot.number), snap_id.add(row.snapshot_id),
        snap_as_of.add(row.snapshot_as_of);
    last_epoch.add(row.last.epoch), last_sequence.add(row.last.number), moves.add(row.moves), gap_since.add(row.gap_since);
    suspect.add(row.suspect), marks.add(row.marks), snap_on_hand.add(row.snapshot_on_hand), snap_unavailable.add(row.snapshot_unavailable);
    folded_epoch.add(row.folded_to.epoch), folded_sequence.add(row.folded_to.number), folded_until.add(row.folded_until);
    folded.add(row.folded);
  }
  if (place.empty()) return;
  tx.send("update_positions", place, version, on_hand, unavailable, safety, supply, demand, expiry, owner, snap_epoch, snap_sequence,
          snap_id, snap_as_of, last_epoch, last_sequence, moves, gap_since, suspect, snap_on_hand, snap_unavailable, marks, folded_epoch,
          folded_sequence, folded_until, folded);
}

void put_movements(Transaction& tx, const World& world) {
  TextArray sku, location, discriminator, id, source, reason;
  IntegerArray epoch, sequence;
  InstantArray at;
  DecimalArray delta, unavailable;
  for (const auto& [key, row] : world.movements) {
    if (row.mark != Mark::created) continue;
    sku.add(key.position.sku), location.add(key.position.location), epoch.add(key.sequence.epoch), sequence.add(key.sequence.number);
    discriminator.add(key.discriminator), id.add(row.id), source.add(row.source), at.add(row.occurred_at);
    delta.add(row.delta), unavailable.add(row.unavailable_delta), reason.add(row.reason);
  }
  if (sku.empty()) return;
  tx.send("insert_movements", sku, location, epoch, sequence, discriminator, id, source, at, delta, unavailable, reason);
}

void delete_movements(Transaction& tx, const World& world) {
  TextArray sku, location, discriminator;
  IntegerArray epoch, sequence;
  for (const auto& [key, row] : world.movements) {
    if (row.mark != Mark::gone) continue;
    sku.add(key.position.sku), location.add(key.position.location), epoch.add(key.sequence.epoch), sequence.add(key.sequence.number);
    discriminator.add(key.discriminator);
  }
  if (!sku.empty()) tx.send("delete_movements", sku, location, epoch, sequence, discriminator);
}

void put_exposures(Transaction& tx, const World& world) {
  TextArray customer, currency;
  DecimalArray amount;
  for (const auto& [name, row] : world.exposures)
    if (row.mark != Mark::clean) customer.add(name), amount.add(row.amount), currency.add(row.currency);
  if (!customer.empty()) tx.send("put_exposures", customer, amount, currency);
}

void put_stock_feeds(Transaction& tx, const World& world, Mark mark, const char* statement) {
  TextArray location, source, feed, topic;
  InstantArray at;
  for (const auto& [code, row] : world.stock_feeds)
    if (row.mark == mark) location.add(code), source.add(row.source), feed.add(row.feed), topic.add(row.topic), at.add(row.at);
  if (location.empty()) return;
  if (mark == Mark::changed) tx.send("lock_stock_feeds", location);  // an update alone would not lock in order
  tx.send(statement, location, source, feed, topic, at);
}

void put_journal(Transaction& tx, const World& world) {
  if (world.journal.empty()) return;
  InstantArray at;
  UuidArray order;
  TextArray system, step, document, actor, detail, correlation;
  for (const auto& entry : world.journal) {
    at.add(world.now);
    if (entry.order_id.empty())
      order.add_null();
    else
      order.add(entry.order_id);
    system.add(entry.system), step.add(entry.step), document.add(entry.document), actor.add(entry.actor), detail.add(entry.detail);
    correlation.add(entry.correlation_id);
  }
  tx.send("journal", at, order, system, step, document, actor, detail, correlation);
}

void put_waiting(Transaction& tx, const World& world) {
  if (!world.waiting_done.empty()) {
    IntegerArray ids;
    for (auto id : world.waiting_done) ids.add(id);
    tx.send("waiting_done", ids);
  }
  if (world.waiting.empty()) return;
  TextArray want_kind, want_key, kind, feed, topic;
  InstantArray until;
  IntegerArray partition, offset;
  BytesArray key, headers, body;
  for (const auto& row : world.waiting) {
    want_kind.add(row.want_kind), want_key.add(row.want_key), until.add(row.until), kind.add(row.kind), feed.add(row.feed),
        topic.add(row.topic);
    partition.add(row.partition), offset.add(row.offset), key.add(row.record_key), headers.add(pack(row.headers)), body.add(row.body);
  }
  tx.send("waiting", want_kind, want_key, until, kind, feed, topic, partition, offset, key, headers, body);
}

void put_exceptions(Transaction& tx, const World& world) {
  if (world.exceptions.empty()) return;
  TextArray kind, reason, detail, origin;
  BytesArray body;
  for (const auto& entry : world.exceptions)
    kind.add(entry.kind), reason.add(entry.reason), detail.add(entry.detail), origin.add(entry.origin), body.add(entry.body);
  tx.send("exceptions", kind, reason, detail, origin, body);
}

}  // namespace

void apply(Transaction& tx, World& world) {
  put_master(tx, world, Mark::created, "insert_master");
  put_master(tx, world, Mark::changed, "update_master");
  put_keys(tx, world);
  put_orders(tx, world);
  put_positions(tx, world);
  put_movements(tx, world);
  delete_movements(tx, world);
  put_reservations(tx, world);
  put_shipments(tx, world);
  put_exposures(tx, world);
  put_stock_feeds(tx, world, Mark::created, "insert_stock_feeds");
  put_stock_feeds(tx, world, Mark::changed, "update_stock_feeds");
  put_waiting(tx, world);
  put_exceptions(tx, world);
  put_journal(tx, world);
  put_outgoing(tx, world.outgoing);
  if (auto body = encode_change(world); !body.empty()) tx.send("change", body);
}

}  // namespace crossdock::store
