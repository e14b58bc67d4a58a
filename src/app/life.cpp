#include "app/life.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "app/exit.hpp"
#include "app/migrations.hpp"
#include "app/wiring.hpp"
#include "observe/log.hpp"
#include "postgres/durability.hpp"

namespace crossdock::app {

namespace {

using namespace std::chrono_literals;

std::size_t loops_of(const Settings& settings) {
  return settings.loops > 0 ? static_cast<std::size_t>(settings.loops) : std::max(1U, std::thread::hardware_concurrency());
}

void told_loop(std::size_t loop, const std::string& what) { log::error("loop.escaped", {{"loop", loop}, {"message", what}}); }

Outcome prepare_database(const postgres::Settings& database, bool migrate_itself) {
  return migrate_itself ? bring_up_to_date(database) : check_up_to_date(database);
}

/// A fault when an accepted order could be lost. A database that is away is none: the hub's own start waits for it.
Outcome check_durability(const postgres::Settings& database) {
  postgres::Connection connection(database, "start");
  auto unsafe = postgres::unsafe_settings(connection);
  if (!unsafe || unsafe->empty()) return Done{};
  std::string why;
  for (const auto& setting : *unsafe) {
    log::error("start.unsafe_database", {{"setting", setting.name}, {"value", setting.value}, {"wanted", setting.wanted}});
    why += (why.empty() ? "" : "; ") + setting.name + "=" + setting.value + ", set it to " + setting.wanted;
  }
  return Fault(FaultKind::broken, "unsafe_database", "with the database as it is an accepted order could be lost: " + why);
}

/// Clients may not use up the descriptors that the database, Kafka and the systems need: some are kept back.
http::Settings api_server_settings(const Settings& settings) {
  auto api = server_settings(settings, settings.listen.api);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return api;
  auto allowed = static_cast<std::size_t>(files.rlim_cur);
  auto most = allowed - std::min<std::size_t>(256, allowed / 2);
  if (api.limits.connections <= most) return api;
  log::warning("start.descriptors", {{"connections", most}, {"wanted", api.limits.connections}, {"descriptors", allowed}});
  api.limits.connections = most;
  return api;
}

http::Settings admin_server_settings(const Settings& settings) {
  auto admin = server_settings(settings, settings.listen.admin);
  admin.name = "admin";
  return admin;
}

int said(const Fault& fault, int code) {
  std::fprintf(stderr, "crossdock: %s\n", fault.message().c_str());
  return code;
}

/// Tries until it is done. A database that is away is waited for; what a person must mend, or a SIGTERM, ends the start with a code.
template <class Work>
std::optional<int> until_done(const char* event, Signals& signals, Work work) {
  for (;;) {
    if (signals.ending()) return exit_ok;
    Outcome done = work();
    if (done) return {};
    log::warning(event, {{"code", done.fault().code()}, {"message", done.fault().message()}});
    if (!done.fault().worth_retrying()) return said(done.fault(), exit_failed);
    if (signals.wait(1s) == Signals::Wanted::end) return exit_ok;
  }
}

std::optional<int> start_first(http::Server& server, const char* which) {
  auto started = server.start();
  if (started) return {};
  log::error("start.listen", {{"listener", which}, {"message", started.fault().message()}});
  return said(Fault(FaultKind::broken, "listen_failed", std::string(which) + " listener: " + started.fault().message()), exit_unavailable);
}

}  // namespace

Life::Life(const Settings& settings)
    : drain_(settings.drain),
      loops_(loops_of(settings), told_loop),
      hub_(hub_settings(settings), loops_),
      api_(hub_, api_settings(settings)),
      api_server_(loops_, api_server_settings(settings), api_.api_router(), api_.api_hooks()),
      admin_server_(loops_, admin_server_settings(settings), api_.admin_router(), api_.admin_hooks()) {}

std::optional<int> Life::begin(bool migrate, Signals& signals) {
  signals.tell(hub_.curfew());
  const auto& database = hub_.settings().database;
  auto code = start_first(admin_server_, "admin");
  loops_.start();
  if (!code) code = until_done("start.database", signals, [&] { return prepare_database(database, migrate); });
  if (!code) code = until_done("start.database", signals, [&] { return check_durability(database); });
  if (!code) code = until_done("start.hub", signals, [&] { return hub_.start(); });
  if (!code) code = start_first(api_server_, "api");
  return code;
}

Outcome Life::begin_beside(Life& before, bool migrate, Signals& signals) {
  signals.tell(hub_.curfew());
  const auto& database = hub_.settings().database;
  // Nobody accepts on the new servers before their loops run.
  if (auto listens = api_server_.start(&before.api_server_); !listens) return listens;
  if (auto listens = admin_server_.start(&before.admin_server_); !listens) return listens;
  if (auto prepared = prepare_database(database, migrate); !prepared) return prepared;
  if (auto durable = check_durability(database); !durable) return durable;
  if (auto started = hub_.start(); !started) return started;
  loops_.start();
  return Done{};
}

void Life::retire() {
  // A client that keeps its connection may have a call on its way: it has this long for one more.
  api_server_.drain(Deadline::in(5s), 2s);
  admin_server_.drain(Deadline::in(5s), 2s);
}

bool Life::end(Deadline deadline, const std::function<void(const char*)>& at) {
  at("calls");
  // What the callers leave of the budget is the hub's, at least a third of it.
  const auto left = deadline.left();
  bool whole = api_server_.stop(Deadline::in(left * 2 / 3));
  hub_.stop(Deadline(deadline.at() - std::min<Clock::duration>(1s, left / 10)), at);
  at("admin calls");
  admin_server_.stop(deadline.or_sooner(1s));
  at("loops");
  loops_.stop();
  loops_.join();
  return whole;
}

}  // namespace crossdock::app
