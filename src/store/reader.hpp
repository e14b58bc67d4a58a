// Questions to the store on a few threads, each with its own connection: GET calls, lists, timelines.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ledger/rows.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

/// What list calls filter by; empty members do not.
struct OrderFilter {
  std::string order_number, source, customer_po, status;
  std::string after;  ///< the last id of the page before
  std::size_t limit = 50;
  std::vector<std::string> sources;  ///< only these may be seen; empty: all
};

struct JournalStep {
  Instant at;
  std::string system, step, document, actor, detail;
};

/// Typed questions, run inside a transaction.
std::vector<std::string> find_orders(postgres::Transaction& transaction, const OrderFilter& filter);
std::vector<JournalStep> timeline_of(postgres::Transaction& transaction, const std::string& order_id);
std::optional<ledger::ShipmentRow> find_shipment(postgres::Transaction& transaction, const std::string& id);
/// A committed one is told as consumed once it is: of its order nothing is committed any more, nor shipped and not yet seen to leave, where
/// it held stock, and something has left there (a cancelled order's stays committed). Told, not stored: it cannot go stale, and neither
/// shipments nor movements have to look for reservations.
std::optional<ledger::ReservationRow> find_reservation(postgres::Transaction& transaction, const std::string& id);
std::optional<ledger::MasterRow> find_master(postgres::Transaction& transaction, const ledger::MasterId& id);
/// Of what a check needs from the store: pending exposure and earlier uses of a purchase order number.
struct CustomerFacts {
  Decimal pending;
  std::vector<std::pair<std::string, std::string>> purchase_orders;
};
CustomerFacts customer_facts(postgres::Transaction& transaction, const std::string& customer,
                             const std::optional<std::string>& customer_po);
std::optional<ledger::IdempotencyRow> find_key(postgres::Transaction& transaction, const ledger::IdempotencyId& id);

/// What a person must look at, newest first.
struct ExceptionRow {
  std::int64_t id = 0;
  Instant at;
  std::string kind, reason, detail, origin;
};
std::vector<ExceptionRow> exceptions(postgres::Transaction& transaction, int limit);

/// What was done, by whom, newest first: the journal over all orders.
struct AuditRow {
  std::int64_t id = 0;
  JournalStep step;
  std::string order_id;  ///< empty: of no order
  std::string correlation_id;
};
/// At most `limit` of those before `before`.
std::vector<AuditRow> audit(postgres::Transaction& transaction, std::int64_t before, std::int64_t limit);

class Reader {
 public:
  using Question = std::function<void(postgres::Transaction&)>;
  using Answered = std::function<void(std::optional<postgres::Failure>)>;

  Reader(const postgres::Settings& database, std::size_t threads, std::size_t queue = 10'000);
  ~Reader();
  /// Any thread. `question` runs in a transaction (again after a failure that may pass), then `answered` is called on the same thread.
  void ask(Question question, Answered answered);
  void stop();

 private:
  struct Job {
    Question question;
    Answered answered;
  };
  void run(postgres::Connection connection);

  std::size_t queue_limit_;
  std::mutex lock_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace crossdock::store
