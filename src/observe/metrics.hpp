// Metrics: counters, gauges and histograms whose handles are taken once and cost a relaxed atomic add to use.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace crossdock::metrics {

/// Names and values. Values come from closed sets (a call, a system, a code), never from data such as an order number: a family holds at
/// most 256 series, what comes later is counted in the one series whose label values are all "other".
using Labels = std::vector<std::pair<std::string, std::string>>;

namespace detail {
inline constexpr unsigned stripes = 8;
/// Threads spread over stripes, so that two loops do not fight for one cache line.
unsigned stripe();
struct alignas(64) Cell {
  std::atomic<std::uint64_t> value{0};
};
struct CounterCells {
  Cell cell[stripes];
};
struct GaugeCell {
  std::atomic<double> value{0};
};
struct HistogramCells;
void observe(HistogramCells& cells, double value) noexcept;
}  // namespace detail

/// Only grows. Copying the handle is cheap; a default-made one counts into the void.
class Counter {
 public:
  Counter() = default;
  explicit Counter(std::shared_ptr<detail::CounterCells> cells) : cells_(std::move(cells)) {}
  void add(std::uint64_t n = 1) const noexcept {
    if (cells_) cells_->cell[detail::stripe()].value.fetch_add(n, std::memory_order_relaxed);
  }
  std::uint64_t value() const;

 private:
  std::shared_ptr<detail::CounterCells> cells_;
};

/// Goes up and down.
class Gauge {
 public:
  Gauge() = default;
  explicit Gauge(std::shared_ptr<detail::GaugeCell> cell) : cell_(std::move(cell)) {}
  void set(double value) const noexcept {
    if (cell_) cell_->value.store(value, std::memory_order_relaxed);
  }
  void add(double delta) const noexcept {
    if (cell_) cell_->value.fetch_add(delta, std::memory_order_relaxed);
  }
  double value() const { return cell_ ? cell_->value.load(std::memory_order_relaxed) : 0; }

 private:
  std::shared_ptr<detail::GaugeCell> cell_;
};

/// A distribution over fixed buckets, in base units: seconds, bytes, or a plain count.
class Histogram {
 public:
  Histogram() = default;
  explicit Histogram(std::shared_ptr<detail::HistogramCells> cells) : cells_(std::move(cells)) {}
  void observe(double value) const noexcept {
    if (cells_) detail::observe(*cells_, value);
  }
  template <class R, class P>
  void observe(std::chrono::duration<R, P> taken) const noexcept {
    observe(std::chrono::duration<double>(taken).count());
  }
  std::uint64_t count() const;

 private:
  std::shared_ptr<detail::HistogramCells> cells_;
};

using Buckets = std::vector<double>;
Buckets latency_buckets();  ///< 50 us to 10 s
Buckets count_buckets();    ///< 1, 2, 5, ... 10,000

/// Keeps all series and writes the page. One per process as a rule: `registry()`; tests make their own. Any thread.
/// Names begin with crossdock_, counters end with _total; a name or label against the grammar, or used twice with another type, throws
/// std::logic_error: it is a mistake of the program, met at start.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// The handle of a series; the same name and labels give the same series. Takes a lock: take handles once, not per request.
  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram histogram(const std::string& name, const std::string& help, const Buckets& buckets, const Labels& labels = {});
  /// A gauge (or, named _total, a counter) that is asked when the page is made. Must not block. It lives until the Watch is dropped.
  class Watch;
  [[nodiscard]] Watch watch(const std::string& name, const std::string& help, const Labels& labels, std::function<double()> read);

  /// The page in Prometheus' text format 0.0.4.
  std::string text() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Keeps a watched value in its registry: hold it as the last member of what it reads.
class Registry::Watch {
 public:
  Watch() = default;
  explicit Watch(std::shared_ptr<void> entry) : entry_(std::move(entry)) {}

 private:
  std::shared_ptr<void> entry_;
};

/// The process's own registry.
Registry& registry();
inline Counter counter(const std::string& name, const std::string& help, const Labels& labels = {}) {
  return registry().counter(name, help, labels);
}
inline Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {}) {
  return registry().gauge(name, help, labels);
}
inline Histogram histogram(const std::string& name, const std::string& help, const Buckets& buckets = latency_buckets(),
                           const Labels& labels = {}) {
  return registry().histogram(name, help, buckets, labels);
}
/// Adds crossdock_process_* (CPU, memory, descriptors, threads, start time) and crossdock_build_info to a registry.
void add_process_metrics(Registry& registry, const std::string& version);

}  // namespace crossdock::metrics
