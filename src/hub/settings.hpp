// What the hub is built from; app fills it from the configuration.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/base/bucket.hpp"
#include "kafka/settings.hpp"
#include "ledger/rules.hpp"
#include "ledger/stock.hpp"
#include "postgres/settings.hpp"
#include "store/sweep.hpp"
#include "validation/rules.hpp"

namespace crossdock::hub {

/// A feed of a system on a Kafka topic.
struct FeedSettings {
  std::string system, name;
  std::string topic;
  bool from_earliest = true;
  bool takes_inventory = true, takes_shipments = true;
  ledger::Numbering numbering = ledger::Numbering::growing;
  bool any_source = false;
  bool any_location = true;
  std::vector<std::string> locations;
  std::chrono::milliseconds parent_wait{std::chrono::minutes(15)};
  std::chrono::milliseconds clock_skew{0};
  std::string full_name() const { return system + "." + name; }
};

/// A question that a system answers over HTTP.
struct AnswerSettings {
  std::string base_url;
  std::string path;  ///< with :names
  std::vector<std::pair<std::string, std::string>> query;
  std::string token;
  std::chrono::milliseconds timeout{500};
  std::string system;
  int in_flight = 8;         ///< of all questions to the system
  std::optional<Rate> rate;  ///< the same; none: unlimited
  int open_after = 5;
  std::chrono::milliseconds window{10'000};
  std::chrono::milliseconds probe_after{5'000};
};

/// Where the audit's chain has come to is written outside the database, signed, so that who may rewrite the database is found out.
struct AuditSettings {
  std::string heads;                                          ///< a file that lines are appended to; empty: the log alone has them
  std::string key;                                            ///< Ed25519, private, PEM; empty: not signed
  std::chrono::milliseconds every{std::chrono::minutes(10)};  ///< at least between two
};

struct Settings {
  std::string instance;
  postgres::Settings database;
  kafka::Cluster kafka;
  std::string group = "crossdock";
  bool create_topics = true;
  int topic_partitions = 6;
  int topic_replication = 1;
  ledger::Rules rules;
  validation::Rules checks;
  std::vector<FeedSettings> feeds;
  std::optional<AnswerSettings> credit, shipping_method;
  store::Retention retention;
  AuditSettings audit;
  std::chrono::milliseconds lease{6'000};        ///< of lanes; partitions have kafka's session time-out of the same length
  std::chrono::milliseconds look_every{10'000};  ///< whether the topics of feeds are still the ones that were read
  std::chrono::milliseconds sweep{250};          ///< between two sweeps, unless the first left some
  std::size_t readers = 2;
  std::size_t order_writers = 2;  ///< one decides while the other waits for the database; two of reservations cost more than they gave
};

/// How long a transaction that decides may say nothing before it is ended: an instance that was frozen inside one so gives up its locks
/// before its lease has run out, and its successor need not wait. Between stages the database sees to it; in the middle of a pipeline,
/// where it waits for the rest without a limit, the other instances do (Sweeper).
inline std::chrono::milliseconds most_silence(const Settings& settings) { return settings.lease * 2 / 3; }

/// The database's settings for a connection that decides.
inline postgres::Settings deciding(const Settings& settings) {
  auto database = settings.database;
  database.idle_in_transaction = std::min(database.idle_in_transaction, most_silence(settings));
  return database;
}

/// The same for one whose batches name every row by its key.
inline postgres::Settings deciding_by_keys(const Settings& settings) {
  auto database = deciding(settings);
  database.few_keys = true;
  return database;
}

}  // namespace crossdock::hub
