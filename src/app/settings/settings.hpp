// What an installation has chosen: plain structs, filled by load.hpp. hub and api are handed the parts they need.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/bucket.hpp"
#include "crossdock/base/decimal.hpp"
#include "crossdock/base/secret.hpp"

namespace crossdock::app {

using std::chrono::milliseconds;

struct Listen {
  std::string api = "127.0.0.1:8080";  ///< host:port; port 0 is a free one
  std::string admin = "127.0.0.1:8081";
};

struct Postgres {
  Secret url;
  int connections = 8;
};

struct Topics {
  bool create = true;
  int partitions = 6;
  int replication = 1;
};

struct Kafka {
  std::string brokers;  ///< host:port,host:port
  Topics topics;
  std::string group = "crossdock";
};

enum class LogLevel { debug, info, warning, error };
struct LogSettings {
  LogLevel level = LogLevel::info;
};

enum class Authentication { none, api_key };

enum class Scope {
  orders_read,
  orders_write,
  availability_read,
  reservations_read,
  reservations_write,
  shipments_read,
  shipments_write,
  inventory_read,
  inventory_write,
  master_read,
  master_write,
  admin,
};

/// Some names, or all: `[webshop, edi]` or `any`.
struct Selection {
  bool any = false;
  std::vector<std::string> names;
  bool holds(std::string_view name) const { return any || std::find(names.begin(), names.end(), name) != names.end(); }
};

struct Client {
  Secret api_key_hash;  ///< SHA-256 of the key, 64 lower-case hex digits
  std::vector<Scope> scopes;
  Selection sources;              ///< whom it may speak for
  Selection locations{true, {}};  ///< whose stock it may report
  std::optional<Rate> rate;       ///< none: limits.rate
};

enum class Unanswered { accept, hold, reject, indeterminate, last_known };
/// What a check does when the system that should answer does not.
struct Without {
  Unanswered use = Unanswered::indeterminate;
  milliseconds max_age{std::chrono::minutes(15)};    ///< of the last known answer
  Unanswered otherwise = Unanswered::indeterminate;  ///< when that is older or there is none
};

enum class Severity { info, hold, reject, indeterminate };
enum class WhenStale { serve, conservative, deny };

enum class WhenIndeterminate { hold, refuse };

/// Who answers a check: the store, the memory, or a system's answer (`erp.credit`).
struct Origin {
  enum class Kind { store, memory, system };
  Kind kind = Kind::store;
  std::string system;  ///< of Kind::system
  std::string answer;
  std::string text() const;
  friend bool operator==(const Origin&, const Origin&) = default;
};

struct Check {
  bool enabled = true;
  Origin from;
  std::optional<Severity> severity;  ///< of all its findings; none: each one's own
};

/// A check that a system may answer.
struct AskedCheck : Check {
  milliseconds timeout{500};
  Without without;
  WhenIndeterminate when_indeterminate = WhenIndeterminate::hold;
};

struct PriceCheck : Check {
  Decimal tolerance;  ///< a fraction: 0.5% is 0.005
};

struct ShipToCheck : Check {
  std::vector<std::string> restricted_countries;
};

struct AtpCheck : Check {
  AtpCheck() { from.kind = Origin::Kind::memory; }
  milliseconds stale_after{std::chrono::minutes(2)};
  WhenStale when_stale = WhenStale::serve;
  WhenIndeterminate when_indeterminate = WhenIndeterminate::hold;
};

/// The order checks, by their names in `checks[]` of an answer.
struct Checks {
  Check customer, customer_po, item, dates, terms, currency, totals;
  AskedCheck credit, shipping_method;
  PriceCheck price;
  ShipToCheck ship_to;
  AtpCheck atp;
};

enum class Release { automatic, manual };
struct Capture {
  Release release = Release::automatic;
  milliseconds release_ahead{std::chrono::hours(48)};
  Checks checks;
};

enum class AtpMethod { cumulative_lookahead };
enum class Sourcing { priority, fewest_splits };
enum class Supply { ignore, count };
struct Availability {
  AtpMethod method = AtpMethod::cumulative_lookahead;
  std::vector<Sourcing> sourcing{Sourcing::priority, Sourcing::fewest_splits};
  Supply past_due_supply = Supply::ignore;
  Supply unconfirmed_supply = Supply::ignore;
  milliseconds stale_after{std::chrono::minutes(2)};  ///< age of a feed's watermark
  WhenStale when_stale = WhenStale::serve;
};

struct Limits {
  std::optional<Rate> rate;  ///< of a client that has none of its own; none: unlimited
  int in_flight = 1024;      ///< requests worked on at once; beyond it 503 overloaded
  int connections = 10000;
  int connections_per_address = 200;  ///< 0: unlimited
  milliseconds head_timeout{5000};
  milliseconds request_timeout{30000};
  milliseconds idle_timeout{60000};
};

struct Retention {
  milliseconds position_changes{std::chrono::minutes(15)};
  milliseconds idempotency_keys{std::chrono::hours(24 * 30)};
  milliseconds events{std::chrono::hours(24 * 7)};  ///< published ones
};

struct Audit {
  std::string heads;  ///< file of signed heads; empty: none
  Secret key;         ///< Ed25519, private, PEM
  milliseconds every{std::chrono::minutes(10)};
};

struct Publish {
  std::string topic_prefix = "crossdock.";
};

enum class SystemKind { erp, wms, oms, carrier, channel };
enum class Connector { none, http_json };
struct Options {
  std::optional<std::string> base_url;
  Secret token;
};

enum class Start { earliest, latest };
struct Topic {
  std::string topic;
  Start start = Start::earliest;
};

enum class Sequence { dense, growing, none };
enum class Accepts { inventory, shipments };
enum class SourceCheck { own, any };
struct Feed {
  Topic kafka;
  std::vector<Accepts> accepts{Accepts::inventory, Accepts::shipments};
  Sequence sequence = Sequence::growing;
  SourceCheck source = SourceCheck::own;  ///< own: a body's source must be this system's name
  milliseconds parent_wait{std::chrono::minutes(15)};
  milliseconds clock_skew{0};
};

struct Ask {
  std::string get;                           ///< a path with :names
  std::map<std::string, std::string> query;  ///< name -> text or :name
};
struct Answer {
  Ask ask;
  milliseconds timeout{500};
};

struct SystemLimits {
  int in_flight = 8;
  std::optional<Rate> rate;
};
struct Circuit {
  int open_after = 5;  ///< failures in a row
  milliseconds window{10000};
  milliseconds probe_after{5000};
};

struct System {
  std::string title;
  SystemKind kind = SystemKind::erp;
  Connector connector = Connector::none;
  Options options;
  Selection locations;  ///< whose events its feeds may bring
  std::map<std::string, Feed> feeds;
  std::map<std::string, Answer> answers;
  SystemLimits limits;
  Circuit circuit;
};

/// crossdock.yaml and systems/*.yaml.
struct Settings {
  std::string instance;  ///< empty: the host's name
  Listen listen;
  Postgres postgres;
  Kafka kafka;
  int loops = 0;  ///< event loops; 0: one per core
  milliseconds drain{std::chrono::seconds(30)};
  LogSettings log;
  Authentication authentication = Authentication::api_key;
  bool allow_unauthenticated_beyond_loopback = false;
  std::map<std::string, Client> clients;
  Capture capture;
  Availability availability;
  Limits limits;
  Retention retention;
  Audit audit;
  Publish publish;
  std::map<std::string, System> systems;
};

}  // namespace crossdock::app
