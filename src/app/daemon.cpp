#include "app/daemon.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "app/exit.hpp"
#include "app/life.hpp"
#include "app/signals.hpp"
#include "app/wiring.hpp"
#include "kafka/settings.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"

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

std::string base_of(const http::Settings& settings, unsigned short port) {
  bool v6 = settings.address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + settings.address + "]" : settings.address) + ":" + std::to_string(port);
}

/// Batches make and free arrays of megabytes: memory that goes back to the kernel each time comes back as page faults.
void keep_memory() {
  constexpr int mebibyte = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, 4 * mebibyte);
  mallopt(M_TRIM_THRESHOLD, 64 * mebibyte);
  mallopt(M_TOP_PAD, mebibyte);
}

/// SIGHUP applies the folder if it checks: the new settings, or none and the log says why.
std::optional<Settings> reloaded(const RunOptions& options) {
  auto loaded = load(options.folder, config::process_environment, options.flags);
  hide_secrets(loaded.settings);
  for (const auto& problem : loaded.problems)
    log::warning("reload.problem",
                 {{"file", problem.file}, {"line", problem.line}, {"column", problem.column}, {"message", problem.message}});
  if (loaded.usable()) return std::move(loaded.settings);
  log::error("reload.refused", {{"message", "the folder does not check; nothing was changed"}});
  return {};
}

/// The daemon from its start to its end: one life after the other, the next one beside the last until it serves.
class Daemon {
 public:
  Daemon(const RunOptions& options, Signals& signals) : options_(options), signals_(signals) {}
  ~Daemon() { join_retired(); }
  int run(const Settings& settings);

 private:
  void reload();
  static void end_retired(Life& life);
  void join_retired();

  const RunOptions& options_;
  Signals& signals_;
  std::shared_ptr<Life> life_;
  std::thread retired_;
};

int Daemon::run(const Settings& settings) {
  signals_.budget(settings.drain);
  life_ = std::make_shared<Life>(settings);
  auto code = life_->begin(options_.migrate, signals_);
  if (!code) {
    std::printf("crossdock ready api=%s admin=%s\n", base_of(server_settings(settings, settings.listen.api), life_->api_port()).c_str(),
                base_of(server_settings(settings, settings.listen.admin), life_->admin_port()).c_str());
    std::fflush(stdout);
    log::info("ready", {{"instance", life_->instance()}});
    for (;;) {
      auto wanted = signals_.wait(1h);
      if (wanted == Signals::Wanted::end) break;
      if (wanted == Signals::Wanted::reload) reload();
    }
  }
  auto budget = signals_.ending() ? signals_.end() : Deadline::in(life_->drain());
  log::info("stopping", {{"budget_ms", std::chrono::duration_cast<std::chrono::milliseconds>(budget.left())}});
  life_->say_draining();
  bool whole = life_->end(budget, [this](const char* part) { signals_.at(part); });
  signals_.at("the life before the last reload");
  join_retired();
  log::info("stopped", {{"all_answered", whole}});
  return code.value_or(exit_ok);
}

/// Builds the new life beside the old one, which serves on; when the new one accepts calls, the old one ends at leisure. Whatever goes
/// wrong on the way changes nothing.
void Daemon::reload() {
  auto settings = reloaded(options_);
  if (!settings) return;
  join_retired();
  auto next = std::make_shared<Life>(*settings);
  if (auto begun = next->begin_beside(*life_, options_.migrate, signals_); !begun) {
    log::error("reload.refused", {{"code", begun.fault().code()}, {"message", begun.fault().message() + "; nothing was changed"}});
    return;
  }
  auto old = std::exchange(life_, std::move(next));
  old->retire();
  signals_.budget(settings->drain);
  log::set_level(level_of(settings->log.level));
  log::info("reload.applied");
  log::info("ready", {{"instance", life_->instance()}});
  retired_ = std::thread([old = std::move(old)] { end_retired(*old); });  // the last owner: it goes with the thread
}

void Daemon::end_retired(Life& life) {
  bool whole = life.end(Deadline::in(life.drain()), [](const char*) {});
  log::info("reload.drained", {{"instance", life.instance()}, {"all_answered", whole}});
}

void Daemon::join_retired() {
  if (retired_.joinable()) retired_.join();
}

/// As many descriptors as the machine allows: a connection is one, and the usual soft limit of 1,024 is for programs that use select().
void raise_open_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int run(const RunOptions& options) {
  keep_memory();
  Signals signals;
  raise_open_files();
  auto loaded = load(options.folder, config::process_environment, options.flags);
  hide_secrets(loaded.settings);
  if (!loaded.problems.empty()) std::fputs(config::render(loaded.problems, config::Format::text, isatty(2) != 0).c_str(), stderr);
  if (!loaded.usable()) return exit_configuration;
  log::start({loaded.settings.instance, level_of(loaded.settings.log.level), 2, 8192, {}});
  metrics::add_process_metrics(metrics::registry(), CROSSDOCK_VERSION);
  int code = Daemon(options, signals).run(loaded.settings);
  if (kafka::left_behind() > 0) log::warning("stop.left_behind", {{"kafka_handles", kafka::left_behind()}});
  log::stop();
  if (kafka::left_behind() > 0) std::_Exit(code);  // their threads must not meet the destructors of statics
  return code;
}

}  // namespace crossdock::app
