#include "observe/log.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "crossdock/base/deadline.hpp"
#include "observe/line.hpp"
#include "observe/writer.hpp"

namespace crossdock::log {
namespace detail {
std::atomic<Level> threshold{Level::info};
}

namespace {

constexpr std::array<std::string_view, 5> words{"debug", "info", "warning", "error", "off"};

/// The process's log. Shared to write a line, exclusive to change what it is made with.
struct Log {
  std::shared_mutex mutex;
  Redaction redaction;
  std::string instance;
  std::unique_ptr<Writer> writer;
  std::function<void(std::string_view)> sink;
  std::mutex sink_mutex;
  std::atomic<std::uint64_t> dropped{0};  // of writers that are gone, and of lines written without one
  std::atomic<std::uint64_t> reported{0};
  std::atomic<Clock::time_point> next_report{Clock::time_point::min()};
};

// Never destroyed: a static's destructor elsewhere may still log.
Log& the_log() {
  static Log* const log = new Log;
  return *log;
}

std::uint64_t dropped_now(const Log& log) { return log.dropped.load(std::memory_order_relaxed) + (log.writer ? log.writer->dropped() : 0); }

void put(Log& log, const std::string& line) {
  if (log.sink) {
    const std::lock_guard hold(log.sink_mutex);
    log.sink(line);
  } else if (log.writer) {
    log.writer->write(line);
  } else if (!write_all(2, line, std::chrono::milliseconds(100))) {
    log.dropped.fetch_add(1, std::memory_order_relaxed);
  }
}

/// Lines that were lost are themselves said, at most once a second.
void report_dropped(Log& log) {
  const auto time = Clock::now();
  if (time < log.next_report.load(std::memory_order_relaxed)) return;
  log.next_report.store(time + std::chrono::seconds(1), std::memory_order_relaxed);
  const std::uint64_t now = dropped_now(log);
  std::uint64_t before = log.reported.load(std::memory_order_relaxed);
  if (now <= before || !log.reported.compare_exchange_strong(before, now, std::memory_order_relaxed)) return;
  put(log, Line::text(Instant::now(), Level::warning, "log.dropped", log.instance, {{"lines", now - before}}, log.redaction));
}

}  // namespace

std::string_view word(Level level) { return words[static_cast<std::size_t>(level)]; }

std::optional<Level> level_named(std::string_view name) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == name) return static_cast<Level>(i);
  return std::nullopt;
}

void start(Options options) {
  stop();
  Log& log = the_log();
  const std::unique_lock hold(log.mutex);
  log.instance = std::move(options.instance);
  log.sink = std::move(options.sink);
  if (!log.sink) log.writer = std::make_unique<Writer>(options.fd, options.queue);
  set_level(options.level);
}

void stop(std::chrono::milliseconds budget) {
  Log& log = the_log();
  const std::unique_lock hold(log.mutex);
  log.sink = nullptr;
  if (!log.writer) return;
  log.writer->close(budget);
  log.dropped.fetch_add(log.writer->dropped(), std::memory_order_relaxed);
  log.writer.reset();
}

void set_level(Level level) { detail::threshold.store(level, std::memory_order_relaxed); }
Level level() { return detail::threshold.load(std::memory_order_relaxed); }

void hide(std::string secret) {
  Log& log = the_log();
  const std::unique_lock hold(log.mutex);
  log.redaction.add(std::move(secret));
}

void event(Level level, std::string_view name, std::initializer_list<Field> fields) {
  if (!enabled(level) || level == Level::off) return;
  Log& log = the_log();
  const std::shared_lock hold(log.mutex);
  put(log, Line::text(Instant::now(), level, name, log.instance, fields, log.redaction));
  report_dropped(log);
}

std::uint64_t dropped() {
  Log& log = the_log();
  const std::shared_lock hold(log.mutex);
  return dropped_now(log);
}

}  // namespace crossdock::log
