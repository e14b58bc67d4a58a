// What the handles point at, and the families that the page is made of. Inside the room only.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "observe/metrics.hpp"

namespace crossdock::metrics {
namespace detail {

/// Bucket counts in stripes, each stripe in cache lines of its own; the sum beside them.
struct HistogramCells {
  explicit HistogramCells(Buckets upper_bounds);
  struct alignas(64) Stripe {
    std::unique_ptr<std::atomic<std::uint64_t>[]> counts;  // one more than bounds: +Inf
    std::atomic<double> sum{0};
  };
  Buckets bounds;
  Stripe stripe[stripes];
  std::uint64_t count(std::size_t bucket) const;
  double sum() const;
};

/// A value that is asked. The Watch holds it strongly, the family weakly.
struct Watched {
  std::function<double()> read;
};

}  // namespace detail

enum class Type { counter, gauge, histogram };

struct Series {
  Labels labels;
  std::variant<std::shared_ptr<detail::CounterCells>, std::shared_ptr<detail::GaugeCell>, std::shared_ptr<detail::HistogramCells>,
               std::weak_ptr<detail::Watched>>
      value;
};

struct Family {
  std::string help;
  Type type = Type::counter;
  std::map<Labels, Series> series;
};

struct Registry::State {
  mutable std::mutex mutex;
  std::map<std::string, Family> families;
};

/// The text page; in exposition.cpp, the one file that knows prometheus-cpp.
std::string page(const std::map<std::string, Family>& families);

}  // namespace crossdock::metrics
