#include "api/metrics.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <variant>

#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "observe/thinned.hpp"

namespace crossdock::api {

namespace {

/// Handles by route and status class, taken once for each.
class Meters {
 public:
  explicit Meters(std::string_view listener) : listener_(listener) {}

  void count(const http::Observation& seen) {
    const auto& meter = of(seen.request.route, seen.status / 100);
    meter.requests.add();
    meter.seconds.observe(seen.duration);
  }

 private:
  struct Meter {
    metrics::Counter requests;
    metrics::Histogram seconds;
  };

  const Meter& of(const http::Route* route, int status_class) {
    auto key = std::pair(route, status_class);
    {
      std::shared_lock hold(lock_);
      auto it = meters_.find(key);
      if (it != meters_.end()) return it->second;
    }
    std::string label = route ? std::string(http::method_name(route->method)) + " " + route->pattern : "none";
    metrics::Labels labels{{"listener", listener_}, {"route", label}};
    metrics::Labels with_status = labels;
    with_status.emplace_back("status", std::to_string(status_class) + "xx");
    Meter meter{metrics::counter("crossdock_http_requests_total", "Requests answered.", with_status),
                metrics::histogram("crossdock_http_request_seconds", "From a request's first byte to its answer.",
                                   metrics::latency_buckets(), labels)};
    std::unique_lock hold(lock_);
    return meters_.try_emplace(key, std::move(meter)).first->second;
  }

  std::string listener_;
  std::shared_mutex lock_;
  std::map<std::pair<const http::Route*, int>, Meter> meters_;
};

/// What answers from memory, and says yes, is told to those who debug only: it may come 100,000 times a second.
bool worth_telling(const http::Observation& seen) {
  const bool fast = seen.request.route && std::holds_alternative<http::FastHandler>(seen.request.route->handler);
  return seen.status >= 400 || (seen.request.route && !fast);
}

/// `plenty` thins what is told at info.
void tell(const http::Observation& seen, log::Thinned& plenty) {
  auto level = seen.status >= 500 ? log::Level::warning : worth_telling(seen) ? log::Level::info : log::Level::debug;
  if (!log::enabled(level)) return;
  const auto unsaid = level == log::Level::info ? plenty.admit() : std::optional<std::uint64_t>(0);
  if (!unsaid) return;
  log::event(level, "http.answered",
             {{"method", seen.request.method_text},
              {"route", seen.request.route ? seen.request.route->pattern : std::string("none")},
              {"status", seen.status},
              {"code", seen.code},
              {"duration_ms", seen.duration},
              {"correlation_id", seen.request.correlation_id},
              {"peer", seen.request.peer},
              {"unsaid", *unsaid}});
}

}  // namespace

std::function<void(const http::Observation&)> observer(std::string_view listener) {
  auto meters = std::make_shared<Meters>(listener);
  auto plenty = std::make_shared<log::Thinned>(500);
  return [meters, plenty](const http::Observation& seen) {
    meters->count(seen);
    tell(seen, *plenty);
  };
}

namespace {

/// What goes wrong below HTTP. Each is counted; of a kind one line a second is written, or whoever opens connections fills the log.
class Troubles {
 public:
  void tell(std::string_view event, std::string_view detail) {
    std::uint64_t unsaid = 0;
    {
      std::lock_guard hold(lock_);
      auto [it, fresh] = kinds_.try_emplace(std::string(event));
      Kind& kind = it->second;
      if (fresh)
        kind.counter = metrics::counter("crossdock_http_trouble_total",
                                        "What went wrong below HTTP: accept_paused, connection_refused, ...", {{"what", it->first}});
      kind.counter.add();
      auto now = Clock::now();
      if (!fresh && now - kind.said < std::chrono::seconds(1)) {
        ++kind.unsaid;
        return;
      }
      kind.said = now;
      unsaid = std::exchange(kind.unsaid, 0);
    }
    log::error("http.trouble", {{"what", event}, {"message", detail}, {"unsaid", static_cast<std::int64_t>(unsaid)}});
  }

 private:
  struct Kind {
    metrics::Counter counter;
    Clock::time_point said;
    std::uint64_t unsaid = 0;
  };
  std::mutex lock_;
  std::map<std::string, Kind> kinds_;
};

}  // namespace

void tell_trouble(std::string_view event, std::string_view detail) {
  static Troubles troubles;
  troubles.tell(event, detail);
}

}  // namespace crossdock::api
