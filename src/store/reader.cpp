#include "store/reader.hpp"

#include "crossdock/base/deadline.hpp"
#include "store/loader.hpp"
#include "store/rows.hpp"
#include "store/statements.hpp"

namespace crossdock::store {

using namespace postgres;

namespace {

std::vector<Statement> reader_statements() {
  auto all = load_statements();
  all.push_back(
      {"find_orders",
       "select id from sales_order where ($1 = '' or order_number = $1) and ($2 = '' or source = $2) and ($3 = '' or customer_po = $3) "
       "and ($4 = '' or order_status = $4) and ($5::uuid is null or id > $5::uuid) and (cardinality($7::text[]) = 0 or source = "
       "any($7::text[])) order by id limit $6"});
  all.push_back({"timeline", "select at, system, step, document, actor, detail from journal where order_id = $1::uuid order by id"});
  all.push_back(
      {"shipment_by_id",
       "select id, source, number, fingerprint, order_id, location, shipped_at, body, created_at from shipment where id = $1::uuid"});
  // Its places are those that it held at. What was shipped from one and awaits nothing there has been seen to leave; what was freed has
  // not.
  all.push_back(
      {"reservation_consumed",
       "with place as (select distinct r.order_id, l.sku, l.location from reservation r join reservation_line l on l.reservation_id = r.id "
       "and l.granted > 0 where r.id = $1::uuid) select not exists (select 1 from place p join commitment c on (c.order_id, c.sku, "
       "c.location) = (p.order_id, p.sku, p.location) and c.quantity > 0) and not exists (select 1 from place p join awaited_effect w on "
       "(w.order_id, w.sku, w.location) = (p.order_id, p.sku, p.location) and w.quantity > 0) and exists (select 1 from place p join "
       "shipment s on (s.order_id, s.location) = (p.order_id, p.location) cross join lateral jsonb_array_elements(s.body::jsonb -> "
       "'lines') "
       "e join order_line o on o.order_id = p.order_id and o.sku = p.sku and o.line = (e ->> 'order_line')::integer where (e ->> "
       "'quantity')::numeric > 0)"});
  all.push_back({"exceptions_newest", "select id, at, kind, reason, detail, origin from exception order by id desc limit $1"});
  all.push_back(
      {"audit_newest",
       "select id, at, system, step, document, actor, detail, coalesce(order_id::text, ''), correlation_id from journal where id < $1 "
       "order by id desc limit $2"});
  all.push_back({"pending", "select amount from pending_exposure where customer = $1"});
  all.push_back(
      {"po_uses", "select source, order_number from sales_order where customer = $1 and customer_po = $2 and order_status <> 'cancelled'"});
  return all;
}

}  // namespace

std::vector<std::string> find_orders(Transaction& tx, const OrderFilter& filter) {
  TextArray sources;
  for (const auto& source : filter.sources) sources.add(source);
  std::optional<std::string> after;
  if (!filter.after.empty()) after = filter.after;
  std::vector<std::string> ids;
  for (auto row :
       tx.run("find_orders", filter.order_number, filter.source, filter.customer_po, filter.status, after, filter.limit, sources))
    ids.push_back(row.text(0));
  return ids;
}

std::vector<JournalStep> timeline_of(Transaction& tx, const std::string& order_id) {
  std::vector<JournalStep> steps;
  for (auto row : tx.run("timeline", order_id))
    steps.push_back({row.instant(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5)});
  return steps;
}

std::optional<ledger::ShipmentRow> find_shipment(Transaction& tx, const std::string& id) {
  auto rows = tx.run("shipment_by_id", id);
  if (rows.empty()) return {};
  return shipment_from(rows[0]);
}

std::optional<ledger::ReservationRow> find_reservation(Transaction& tx, const std::string& id) {
  auto rows = read_reservations(tx, {id});
  if (rows.empty()) return {};
  auto& row = rows.front();
  if (row.state == ReservationState::committed && tx.run("reservation_consumed", id)[0].boolean(0)) row.state = ReservationState::consumed;
  return std::move(row);
}

std::optional<ledger::MasterRow> find_master(Transaction& tx, const ledger::MasterId& id) {
  TextArray kind, key;
  kind.add(id.kind), key.add(id.id);
  auto rows = tx.run("master_read", kind, key);
  if (rows.empty()) return {};
  return ledger::MasterRow{id, rows[0].integer(2), rows[0].text(3), ledger::Mark::clean};
}

CustomerFacts customer_facts(Transaction& tx, const std::string& customer, const std::optional<std::string>& customer_po) {
  CustomerFacts facts;
  auto pending = tx.run("pending", customer);
  if (!pending.empty()) facts.pending = pending[0].decimal(0);
  if (customer_po)
    for (auto row : tx.run("po_uses", customer, *customer_po)) facts.purchase_orders.emplace_back(row.text(0), row.text(1));
  return facts;
}

std::optional<ledger::IdempotencyRow> find_key(Transaction& tx, const ledger::IdempotencyId& id) {
  TextArray client, call, key;
  client.add(id.client), call.add(id.call), key.add(id.key);
  auto rows = tx.run("keys", client, call, key);
  if (rows.empty()) return {};
  return key_from(rows[0]);
}

std::vector<ExceptionRow> exceptions(Transaction& tx, int limit) {
  std::vector<ExceptionRow> rows;
  for (auto row : tx.run("exceptions_newest", limit))
    rows.push_back({row.integer(0), row.instant(1), row.text(2), row.text(3), row.text(4), row.text(5)});
  return rows;
}

std::vector<AuditRow> audit(Transaction& tx, std::int64_t before, std::int64_t limit) {
  std::vector<AuditRow> rows;
  for (auto row : tx.run("audit_newest", before, limit))
    rows.push_back(
        {row.integer(0), {row.instant(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)}, row.text(7), row.text(8)});
  return rows;
}

Reader::Reader(const Settings& database, std::size_t threads, std::size_t queue) : queue_limit_(queue) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this, database] { run(Connection(database, "reader", reader_statements())); });
}

Reader::~Reader() { stop(); }

void Reader::ask(Question question, Answered answered) {
  bool refused = false;
  {
    std::lock_guard hold(lock_);
    refused = stopping_ || queue_.size() >= queue_limit_;
    if (!refused) queue_.push_back({std::move(question), answered});
  }
  if (refused)
    answered(Failure{FailureKind::lost, "", "too many questions wait for the database", false});
  else
    wake_.notify_one();
}

void Reader::stop() {
  {
    std::lock_guard hold(lock_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Reader::run(Connection connection) {
  for (;;) {
    Job job;
    {
      std::unique_lock hold(lock_);
      wake_.wait(hold, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    std::optional<Failure> failure;
    // Once more after a lost connection: it may have been idle while the server restarted.
    for (int attempt = 0; attempt < 2; ++attempt) {
      auto done = transact(connection, [&](Transaction& tx) { job.question(tx); }, Isolation::repeatable_read_read_only);
      failure = done ? std::nullopt : std::optional<Failure>(done.failure());
      if (!failure || (failure->kind != FailureKind::lost && failure->kind != FailureKind::retry)) break;
    }
    job.answered(failure);
  }
}

}  // namespace crossdock::store
