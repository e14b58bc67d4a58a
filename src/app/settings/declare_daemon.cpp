// crossdock.yaml: the daemon itself, its neighbours in the machine room, and who may call it.
#include "app/settings/declare.hpp"
#include "crossdock/base/signature.hpp"

namespace crossdock::app {
namespace {

using config::duration;
using config::integer;
using config::one_of;
using std::chrono::hours;

config::Typed<Listen> listen() {
  static const auto settings =
      config::Settings<Listen>("listen", "Where the daemon is called. Port 0 is a free one, which the ready line names.")
          .optional("api", &Listen::api, "What applications call. CROSSDOCK_API_LISTEN overrides it.", config::address())
          .example("0.0.0.0:8080")
          .optional("admin", &Listen::admin, "Health, metrics and operations. CROSSDOCK_ADMIN_LISTEN overrides it.", config::address());
  return settings.type();
}

config::Typed<Postgres> postgres() {
  static const auto settings =
      config::Settings<Postgres>("postgres", "The record of everything.")
          .required(
              "url", &Postgres::url, "Where the database is, as a URL or key=value words. CROSSDOCK_POSTGRES_URL overrides it.",
              config::readable_secret("postgres(ql)?://\\S+|[a-z_]+ *=.*", "postgresql://user@host:port/database, or key=value words"))
          .example("!env CROSSDOCK_POSTGRES_URL")
          .optional("connections", &Postgres::connections, "How many connections an instance keeps.", integer(2, 500));
  return settings.type();
}

config::Typed<Kafka> kafka() {
  static const auto topics = config::Settings<Topics>("topics", "The topics that the hub needs.")
                                 .optional("create", &Topics::create, "Whether missing topics are created.")
                                 .optional("partitions", &Topics::partitions, "Of a topic that is created.", integer(1, 1000))
                                 .optional("replication", &Topics::replication,
                                           "Copies of a topic that is created; 3 where there are three brokers.", integer(1, 10));
  static const auto settings =
      config::Settings<Kafka>("kafka", "The log between the hub and the systems.")
          .required("brokers", &Kafka::brokers, "Where to find the cluster. CROSSDOCK_KAFKA_BROKERS overrides it.",
                    config::text_like(R"([A-Za-z0-9._-]+:[0-9]{1,5}(,[A-Za-z0-9._-]+:[0-9]{1,5})*)", "host:port, or several with commas"))
          .example("!env CROSSDOCK_KAFKA_BROKERS")
          .optional("topics", &Kafka::topics, "How topics are made.", topics.type())
          .optional("group", &Kafka::group, "The consumer group that the instances share.",
                    config::text_like("[A-Za-z0-9._-]{1,100}", "a group name"))
          .example("crossdock");
  return settings.type();
}

config::Typed<LogSettings> log() {
  static const auto level = one_of<LogLevel>({{"debug", LogLevel::debug, "everything"},
                                              {"info", LogLevel::info, "what happens"},
                                              {"warning", LogLevel::warning, "what should be looked at"},
                                              {"error", LogLevel::error, "what must be looked at"}});
  static const auto settings = config::Settings<LogSettings>("log", "JSON lines on standard error.")
                                   .optional("level", &LogSettings::level, "From which level on events are written.", level);
  return settings.type();
}

config::Typed<Limits> daemon_limits() {
  static const auto settings =
      config::Settings<Limits>("limits", "What one daemon takes on; beyond it callers are told to come again.")
          .optional("rate", &Limits::rate, "Requests of a client that has no rate of its own; unlimited when absent.", rate())
          .example("200/s")
          .optional("in_flight", &Limits::in_flight, "Requests worked on at once; beyond it 503 overloaded.", integer(1, 1'000'000))
          .optional("connections", &Limits::connections, "Open connections.", integer(1, 1'000'000))
          .optional("connections_per_address", &Limits::connections_per_address, "Open connections from one address; 0 is unlimited.",
                    integer(0, 1'000'000))
          .optional("head_timeout", &Limits::head_timeout, "How long a request's head may take to arrive.",
                    duration(milliseconds(100), hours(1)))
          .optional("request_timeout", &Limits::request_timeout, "How long a whole request may take to arrive.",
                    duration(milliseconds(100), hours(1)))
          .optional("idle_timeout", &Limits::idle_timeout, "How long a connection may be idle.", duration(milliseconds(100), hours(24)));
  return settings.type();
}

config::Typed<Retention> retention() {
  static const auto settings =
      config::Settings<Retention>("retention", "How long things are kept that are kept for a time.")
          .optional("position_changes", &Retention::position_changes,
                    "What keeps the instances' memories in step; an instance that slept longer reloads.",
                    duration(milliseconds(60'000), hours(24 * 30)))
          .optional("idempotency_keys", &Retention::idempotency_keys, "How long a repeated request gets the same answer.",
                    duration(hours(1), hours(24 * 3650)))
          .optional("events", &Retention::events, "Events that have been published.", duration(hours(1), hours(24 * 3650)));
  return settings.type();
}

config::Typed<Audit> audit() {
  static const auto settings =
      config::Settings<Audit>("audit", "How the audit is kept from being rewritten: where its chain has come to, outside the database.")
          .optional("heads", &Audit::heads,
                    "A file to which a signed line is appended: on another machine's disk, or one that keeps what is "
                    "appended. The log has them unsigned in any case.",
                    config::text_like("/.+", "an absolute path"))
          .example("/var/lib/crossdock/audit-heads.jsonl")
          .optional("key", &Audit::key, "What signs them: a private Ed25519 key in PEM, as openssl genpkey -algorithm ed25519 makes it.")
          .example("!secret file:/etc/crossdock/audit.pem")
          .optional("every", &Audit::every, "At least so long from one to the next.", duration(milliseconds(1'000), hours(24)));
  return settings.type();
}

config::Typed<Publish> publish() {
  static const auto settings =
      config::Settings<Publish>("publish", "What the hub says on Kafka.")
          .optional("topic_prefix", &Publish::topic_prefix, "Before the names of published topics: crossdock. and order.captured.v1.",
                    config::text_like("[a-z][a-z0-9_.-]{0,60}", "lower-case letters, digits, . _ and -"));
  return settings.type();
}

config::Typed<Authentication> authentication() {
  static const auto type = one_of<Authentication>({{"api_key", Authentication::api_key, "callers show a key whose hash is in clients"},
                                                   {"none", Authentication::none, "everybody may do everything: on loopback only"}});
  return type;
}

/// Anybody on the network could do anything: refused unless it is said to be meant.
void guard_listeners(const Settings& settings, config::Input& input) {
  if (settings.authentication != Authentication::none || settings.allow_unauthenticated_beyond_loopback) return;
  const auto guard = [&](const std::string& path, const std::string& address) {
    if (!loopback(address))
      input.problem(input.where(path), address + " is reached from other machines, and authentication is none",
                    "listen on 127.0.0.1, set authentication: api_key, or allow_unauthenticated_beyond_loopback: true");
  };
  guard("listen.api", settings.listen.api);
  guard("listen.admin", settings.listen.admin);
}

void want_audit_key(const Settings& settings, config::Input& input) {
  const auto& audit = settings.audit;
  if (!audit.heads.empty() && audit.key.empty())
    input.problem(input.where("audit.heads"), "heads that nobody signed prove nothing", "add audit.key: !secret file:PATH");
  if (audit.key.empty()) return;
  if (const auto key = SigningKey::from_pem(audit.key.reveal()); !key) input.problem(input.where("audit.key"), key.fault().message());
}

void want_clients(const Settings& settings, config::Input& input) {
  if (settings.authentication != Authentication::api_key || !settings.clients.empty()) return;
  input.problem(input.where("authentication"), "authentication is api_key and there are no clients: nobody could call",
                "add clients, or authentication: none on loopback", config::Weight::warning);
}

void want_different_keys(const Settings& settings, config::Input& input) {
  std::map<std::string, std::string> known;
  for (const auto& [name, client] : settings.clients) {
    if (client.api_key_hash.empty()) continue;
    const auto [first, fresh] = known.try_emplace(client.api_key_hash.reveal(), name);
    if (fresh) continue;
    config::Position at = input.where("clients." + name + ".api_key_hash");
    at.secret = true;
    input.problem(at, "the same key as client " + first->second, "one key, one client");
  }
}

}  // namespace

const config::Settings<Settings>& daemon_settings() {
  static const auto settings =
      config::Settings<Settings>("crossdock.yaml",
                                 "The daemon, its database and Kafka, who may call it, and the rules of orders and availability.")
          .optional("instance", &Settings::instance, "This daemon's name in logs and leases; the host's name when absent.", config::name())
          .example("hub-1")
          .optional("listen", &Settings::listen, "Where the daemon is called.", listen())
          .required("postgres", &Settings::postgres, "The database.", postgres())
          .example("{url: !env CROSSDOCK_POSTGRES_URL}")
          .required("kafka", &Settings::kafka, "The brokers.", kafka())
          .example("{brokers: !env CROSSDOCK_KAFKA_BROKERS}")
          .optional("loops", &Settings::loops, "Event loops; 0 is one per core.", integer(0, 256))
          .optional("drain", &Settings::drain, "How long a stop may take: what was accepted is finished first.",
                    duration(milliseconds(0), hours(1)))
          .optional("log", &Settings::log, "What is logged.", log())
          .optional("authentication", &Settings::authentication, "How callers show who they are.", authentication())
          .optional("allow_unauthenticated_beyond_loopback", &Settings::allow_unauthenticated_beyond_loopback,
                    "Lets the daemon listen beyond this machine without authentication: only behind a gateway that authenticates.")
          .optional("clients", &Settings::clients, "Who may call, and what for.",
                    config::map_of({"client", {}}, type_of(static_cast<const Client*>(nullptr))))
          .example(
              "  webshop:\n    api_key_hash: !secret file:/etc/crossdock/webshop.key.sha256\n    scopes: [orders.read, orders.write, "
              "availability.read]\n"
              "    sources: [webshop]\n    rate: 200/s")
          .optional("capture", &Settings::capture, "How orders are taken.")
          .optional("availability", &Settings::availability, "How promises are computed.")
          .optional("limits", &Settings::limits, "What the daemon takes on.", daemon_limits())
          .optional("retention", &Settings::retention, "How long things are kept.", retention())
          .optional("audit", &Settings::audit, "How the audit is kept from being rewritten.", audit())
          .optional("publish", &Settings::publish, "What is published.", publish())
          .rule(guard_listeners, {"listen", "authentication", "allow_unauthenticated_beyond_loopback"})
          .rule(want_audit_key, {"audit"})
          .rule(want_clients, {"authentication", "clients"})
          .rule(want_different_keys, {"authentication"});
  return settings;
}

}  // namespace crossdock::app
