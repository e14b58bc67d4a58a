// The hub: owns memory, writers, feeds and publisher; answers the API's calls.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "crossdock/model/documents.hpp"
#include "crossdock/runtime/task.hpp"
#include "hub/answers.hpp"
#include "hub/in_flight.hpp"
#include "hub/intake.hpp"
#include "hub/memory.hpp"
#include "hub/publisher.hpp"
#include "hub/sealer.hpp"
#include "hub/settings.hpp"
#include "hub/sweeper.hpp"
#include "hub/writers.hpp"
#include "ledger/capture.hpp"
#include "observe/metrics.hpp"
#include "postgres/notify.hpp"
#include "runtime/loops.hpp"
#include "store/reader.hpp"

namespace crossdock::hub {

/// Which writer decides: each is one thread with its own connection, so that a bulk load of master data never stands before an order.
enum class Line { orders, reservations, documents };

/// What /readyz says.
struct Health {
  bool loaded = false;                ///< false before the first load: not ready
  std::vector<std::string> degraded;  ///< what is away, in words: "postgres", "kafka", "projection is 4 s old", "feed x has a data gap"
};

/// Life: construct; start() loads and begins; stop() in order. The loops run from before start() until after stop().
class Hub {
 public:
  Hub(Settings settings, runtime::Loops& loops);
  ~Hub();

  /// Loads memory, then starts feeds, publisher and sweeps. A fault (unavailable) when the database cannot be read.
  Outcome start();
  /// Feeds first, then what waits is decided, then published, all within the deadline: what still waits for the database then is cut.
  /// `at` is told which part is being waited for.
  void stop(Deadline deadline, const std::function<void(const char* part)>& at = {});
  /// Calls of the database end by then; also while start() runs, from any thread.
  const std::shared_ptr<postgres::Curfew>& curfew() const { return settings_.database.curfew; }

  /// Decides a request on its line; called on a loop, answers on it. When it answers Done, the request's reply stands and is durable.
  /// Faults: unavailable with code `overloaded`, `not_ready` (the database is away or not durable) or `deadline_exceeded` (the decision may
  /// still come: the same Idempotency-Key finds it), `request_in_progress` (a request with its key is under way and has not ended within
  /// 2 s), broken with code `internal`.
  Task<Outcome> decide(std::shared_ptr<ledger::Request> request, Line line, Deadline deadline);
  /// The same for many at once, in their order (imports, events).
  Task<Outcome> decide_all(std::vector<std::shared_ptr<ledger::Request>> requests, Line line, Deadline deadline);
  /// Asks the store; `question` runs on a reader's thread and fills what its closure points to, which must outlive the call's deadline
  /// (hold it by shared_ptr). Faults as decide().
  Task<Outcome> ask(store::Reader::Question question, Deadline deadline);

  /// Waits, a second at most, until memory has all that any instance has committed before this call. Before something is said not to
  /// exist: what was just stored through another instance does. False: it may be absent still.
  Task<bool> catch_up(Deadline deadline);

  /// All order checks; changes nothing. `only_of`: whose reservations the order may name; empty: anybody's.
  Task<Result<Validation>> validate(OrderRequest order, std::string correlation_id, std::string only_of, Deadline deadline);
  /// The request of a capture with everything checked that needs no lock. Its origin and key are the caller's to set; then decide() it.
  Task<std::shared_ptr<ledger::Capture>> prepare(OrderRequest order, Deadline deadline);

  const HubMemory& memory() const { return memory_; }
  const Settings& settings() const { return settings_; }
  const promise::AvailabilityRules& availability() const { return settings_.checks.availability; }
  Health health() const;
  /// How much waits for a line's writer, and how much may. Cheap: a call's head asks for it.
  struct Waiting {
    std::size_t used = 0, limit = 1;
  };
  Waiting waiting(Line line) const;
  /// Prometheus gauges and counters of the hub are registered by the constructor (observe/metrics.hpp).

 private:
  store::Shared shared();
  Writers& writer(Line line);
  Task<validation::Checked> check(const OrderRequest& order, const validation::Answers& answers, Deadline deadline);
  Task<validation::Answers> ask_others(const OrderRequest& order, Deadline deadline);
  void watch();

  Settings settings_;
  runtime::Loops& loops_;
  HubMemory memory_;
  store::Shared shared_;
  std::atomic<bool> loaded_{false};
  KeysInFlight keys_;
  std::unique_ptr<postgres::Notifier> notifier_;
  std::unique_ptr<store::Follower> follower_;
  std::unique_ptr<Writers> orders_, reservations_, documents_;
  std::unique_ptr<store::Reader> reader_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<Sweeper> sweeper_;
  std::unique_ptr<Sealer> sealer_;
  std::vector<std::unique_ptr<Asker>> askers_;  ///< one a loop
  std::unique_ptr<postgres::Listener> listener_;
  std::vector<metrics::Registry::Watch> watches_;
};

}  // namespace crossdock::hub
