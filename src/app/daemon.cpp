#include "app/daemon.hpp"

#include <csignal>
#include <cstdio>
#include <thread>

#include "app/exit.hpp"
#include "app/migrations.hpp"
#include "app/wiring.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "postgres/durability.hpp"

namespace crossdock::app {

namespace {

using namespace std::chrono_literals;

log::Level level_of(LogLevel chosen) {
  switch (chosen) {
    case LogLevel::debug:
      return log::Level::debug;
    case LogLevel::warning:
      return log::Level::warning;
    case LogLevel::error:
      return log::Level::error;
    case LogLevel::info:
      break;
  }
  return log::Level::info;
}

/// Signals are taken by sigwait alone: blocked before any thread is made, so that all inherit it.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

/// Waits up to `time` for one of them; 0: none came.
int signal_within(const sigset_t& set, std::chrono::milliseconds time) {
  timespec limit{static_cast<time_t>(time.count() / 1000), static_cast<long>(time.count() % 1000) * 1'000'000};
  int signal = sigtimedwait(&set, nullptr, &limit);
  return signal > 0 ? signal : 0;
}

bool ends(int signal) { return signal == SIGTERM || signal == SIGINT; }

/// Migrates and checks the database. A database that is away is waited for; what a person must mend ends the start.
std::optional<int> prepare_database(const postgres::Settings& database, bool migrate_itself, const sigset_t& signals) {
  for (;;) {
    auto prepared = migrate_itself ? bring_up_to_date(database) : check_up_to_date(database);
    if (prepared) return {};
    const auto& fault = prepared.fault();
    log::warning("start.database", {{"code", fault.code()}, {"message", fault.message()}});
    if (!fault.worth_retrying()) {
      std::fprintf(stderr, "crossdock: %s\n", fault.message().c_str());
      return exit_failed;
    }
    if (ends(signal_within(signals, 1s))) return exit_ok;
  }
}

std::optional<int> check_durability(const postgres::Settings& database) {
  postgres::Connection connection(database, "start");
  auto unsafe = postgres::unsafe_settings(connection);
  if (!unsafe) return {};  // away again: the hub's own start waits for it
  for (const auto& setting : *unsafe) {
    log::error("start.unsafe_database", {{"setting", setting.name}, {"value", setting.value}, {"wanted", setting.wanted}});
    std::fprintf(stderr, "crossdock: the database has %s=%s; an accepted order could be lost. Set it to %s.\n", setting.name.c_str(),
                 setting.value.c_str(), setting.wanted.c_str());
  }
  if (unsafe->empty()) return {};
  return exit_failed;
}

std::optional<int> start_hub(hub::Hub& hub, const sigset_t& signals) {
  for (;;) {
    auto started = hub.start();
    if (started) return {};
    log::warning("start.hub", {{"code", started.fault().code()}, {"message", started.fault().message()}});
    if (!started.fault().worth_retrying()) return exit_failed;
    if (ends(signal_within(signals, 1s))) return exit_ok;
  }
}

std::optional<int> start_server(http::Server& server, const char* which) {
  auto started = server.start();
  if (started) return {};
  log::error("start.listen", {{"listener", which}, {"message", started.fault().message()}});
  std::fprintf(stderr, "crossdock: %s listener: %s\n", which, started.fault().message().c_str());
  return exit_unavailable;
}

std::string base_of(const http::Settings& settings, unsigned short port) {
  bool v6 = settings.address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + settings.address + "]" : settings.address) + ":" + std::to_string(port);
}

/// Where the listeners ended up: a reload serves at the same ports.
struct Places {
  unsigned short api = 0, admin = 0;
};

/// SIGHUP applies the folder if it checks: the new settings, or none and the log says why.
std::optional<Settings> reloaded(const RunOptions& options) {
  auto loaded = load(options.folder, config::process_environment, options.flags);
  for (const auto& problem : loaded.problems)
    log::warning("reload.problem",
                 {{"file", problem.file}, {"line", problem.line}, {"column", problem.column}, {"message", problem.message}});
  if (loaded.usable()) return std::move(loaded.settings);
  log::error("reload.refused", {{"message", "the folder does not check; nothing was changed"}});
  return {};
}

/// Until it is to end (nothing), or to go on with other settings.
std::optional<Settings> wait_for_end(const RunOptions& options, const sigset_t& signals) {
  for (;;) {
    int signal = signal_within(signals, 1h);
    if (ends(signal)) return {};
    if (signal != SIGHUP) continue;
    if (auto settings = reloaded(options)) return settings;
  }
}

void say_ready(const http::Settings& api, const http::Settings& admin, Places& places, const http::Server& api_server,
               const http::Server& admin_server) {
  bool first = places.api == 0;
  places = {api_server.port(), admin_server.port()};
  if (!first) return;
  std::printf("crossdock ready api=%s admin=%s\n", base_of(api, places.api).c_str(), base_of(admin, places.admin).c_str());
  std::fflush(stdout);
}

/// Database, memory, then the API. Nothing: all serve. A code: the start ends with it.
std::optional<int> begin(const Settings& settings, const RunOptions& options, const sigset_t& signals, hub::Hub& hub,
                         http::Server& api_server) {
  auto database = database_settings(settings);
  if (auto code = prepare_database(database, options.migrate, signals)) return code;
  if (auto code = check_durability(database)) return code;
  if (auto code = start_hub(hub, signals)) return code;
  return start_server(api_server, "api");
}

/// One life of the hub, from start to stop. `next` is set when it ended to go on with other settings. The admin listener is there from the
/// first moment, so that a start that waits for its database can be looked at.
int serve(const Settings& settings, const RunOptions& options, const sigset_t& signals, Places& places, std::optional<Settings>& next) {
  auto cores = std::max(1U, std::thread::hardware_concurrency());
  runtime::Loops loops(settings.loops > 0 ? static_cast<std::size_t>(settings.loops) : cores,
                       [](std::size_t loop, const std::string& what) { log::error("loop.escaped", {{"loop", loop}, {"message", what}}); });
  hub::Hub hub(hub_settings(settings), loops);
  api::Api api(hub, api_settings(settings));
  auto api_place = server_settings(settings, settings.listen.api), admin_place = server_settings(settings, settings.listen.admin);
  if (places.api != 0 && api_place.port == 0) api_place.port = places.api;
  if (places.admin != 0 && admin_place.port == 0) admin_place.port = places.admin;
  http::Server api_server(loops, api_place, api.api_router(), api.api_hooks());
  http::Server admin_server(loops, admin_place, api.admin_router(), api.admin_hooks());
  std::optional<int> code = start_server(admin_server, "admin");
  loops.start();
  if (!code) code = begin(settings, options, signals, hub, api_server);
  if (!code) {
    say_ready(api_place, admin_place, places, api_server, admin_server);
    log::info("ready", {{"instance", hub.settings().instance}});
    next = wait_for_end(options, signals);
  }
  Deadline budget = Deadline::in(settings.drain);
  log::info("stopping", {{"budget_ms", settings.drain}});
  api.drain();
  bool whole = api_server.stop(budget);
  hub.stop(budget.or_sooner(std::max<Clock::duration>(budget.left(), 1s)));
  admin_server.stop(Deadline::in(1s));
  loops.stop();
  loops.join();
  log::info("stopped", {{"all_answered", whole}});
  return code.value_or(exit_ok);
}

int serve_on(Settings settings, const RunOptions& options, const sigset_t& signals) {
  Places places;
  for (;;) {
    std::optional<Settings> next;
    int code = serve(settings, options, signals, places, next);
    if (!next) return code;
    settings = std::move(*next);
    log::set_level(level_of(settings.log.level));
    log::info("reload.applied");
  }
}

}  // namespace

int run(const RunOptions& options) {
  auto signals = block_signals();
  auto loaded = load(options.folder, config::process_environment, options.flags);
  if (!loaded.problems.empty()) std::fputs(config::render(loaded.problems, config::Format::text, isatty(2) != 0).c_str(), stderr);
  if (!loaded.usable()) return exit_configuration;
  log::start({loaded.settings.instance, level_of(loaded.settings.log.level), 2, 8192, {}});
  metrics::add_process_metrics(metrics::registry(), CROSSDOCK_VERSION);
  int code = serve_on(std::move(loaded.settings), options, signals);
  log::stop();
  return code;
}

}  // namespace crossdock::app
