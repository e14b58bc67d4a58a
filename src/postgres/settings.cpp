#include "postgres/settings.hpp"

#include "postgres/raw.hpp"

namespace crossdock::postgres {
namespace {

using std::chrono::milliseconds;

void put(std::string& out, std::string_view key, std::string_view value) {
  if (!out.empty()) out += ' ';
  out += key;
  out += "='";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  out += '\'';
}

void option(std::string& options, std::string_view name, std::string_view value) {
  if (!options.empty()) options += ' ';
  options.append("-c ").append(name).append("=").append(value);
}

/// The forms in which Rows and CopiedRow read values, then the limits, then what the connection string itself asks for.
std::string session_options(const Settings& settings, std::string_view own) {
  std::string options;
  option(options, "timezone", "UTC");
  option(options, "datestyle", "ISO");
  option(options, "bytea_output", "hex");
  option(options, "client_min_messages", "warning");
  option(options, "statement_timeout", std::to_string(settings.statement_timeout.count()));
  option(options, "lock_timeout", std::to_string(settings.lock_timeout.count()));
  option(options, "idle_in_transaction_session_timeout", std::to_string(settings.idle_in_transaction.count()));
  if (settings.few_keys) {
    for (const char* plan : {"enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"}) option(options, plan, "off");
    option(options, "plan_cache_mode", "force_generic_plan");
  }
  if (!own.empty()) options.append(" ").append(own);
  return options;
}

}  // namespace

Settings Settings::as(std::string_view role) const {
  Settings copy = *this;
  if (!role.empty()) copy.application_name.append("/").append(role);
  return copy;
}

Result<std::string> connection_string(const Settings& settings) {
  const auto parsed = raw::parse(settings.connection);
  if (!parsed) return parsed.fault();
  const auto& given = *parsed;
  std::string out;
  for (const auto& [key, value] : given) {
    if (key != "options") put(out, key, value);
  }
  const auto by_default = [&](std::string_view key, const std::string& value) {
    if (!given.contains(std::string(key))) put(out, key, value);
  };
  by_default("application_name", settings.application_name);
  by_default("connect_timeout", std::to_string((settings.connect_timeout.count() + 999) / 1'000));
  by_default("tcp_user_timeout", std::to_string(settings.tcp_user_timeout.count()));
  by_default("keepalives_idle", "10");  // an idle LISTEN notices a half-open connection by these alone
  by_default("keepalives_interval", "5");
  by_default("keepalives_count", "2");
  by_default("client_encoding", "UTF8");
  const auto own = given.find("options");
  put(out, "options", session_options(settings, own == given.end() ? std::string_view() : own->second));
  return out;
}

std::vector<std::string> passwords(std::string_view connection) {
  std::vector<std::string> out;
  const auto parsed = raw::parse(connection);
  if (!parsed) return out;
  for (const char* key : {"password", "sslpassword"})
    if (const auto found = parsed->find(key); found != parsed->end()) out.push_back(found->second);
  return out;
}

std::string redacted(std::string_view connection) {
  const auto parsed = raw::parse(connection);
  if (!parsed) return "(unreadable connection string)";
  std::string out;
  for (const auto& [key, value] : *parsed) {
    if (key != "password" && key != "sslpassword") put(out, key, value);
  }
  return out;
}

}  // namespace crossdock::postgres
