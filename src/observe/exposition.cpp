// The only file that knows prometheus-cpp: our cells as its families, its serializer for the page.
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <optional>

#include "observe/cells.hpp"

namespace crossdock::metrics {
namespace {

double total(const detail::CounterCells& cells) {
  std::uint64_t sum = 0;
  for (const detail::Cell& cell : cells.cell) sum += cell.value.load(std::memory_order_relaxed);
  return static_cast<double>(sum);
}

prometheus::ClientMetric::Histogram buckets(const detail::HistogramCells& cells) {
  prometheus::ClientMetric::Histogram out;
  for (std::size_t i = 0; i <= cells.bounds.size(); ++i) {
    out.sample_count += cells.count(i);
    const double bound = i < cells.bounds.size() ? cells.bounds[i] : std::numeric_limits<double>::infinity();
    out.bucket.push_back({out.sample_count, bound});
  }
  out.sample_sum = cells.sum();
  return out;
}

void put(prometheus::ClientMetric& out, Type type, double value) {
  if (type == Type::counter)
    out.counter.value = value;
  else
    out.gauge.value = value;
}

std::optional<prometheus::ClientMetric> sample(Type type, const Series& series) {
  prometheus::ClientMetric out;
  for (const auto& [name, value] : series.labels) out.label.push_back({name, value});
  if (const auto* counter = std::get_if<std::shared_ptr<detail::CounterCells>>(&series.value)) {
    put(out, type, total(**counter));
  } else if (const auto* gauge = std::get_if<std::shared_ptr<detail::GaugeCell>>(&series.value)) {
    put(out, type, (*gauge)->value.load(std::memory_order_relaxed));
  } else if (const auto* histogram = std::get_if<std::shared_ptr<detail::HistogramCells>>(&series.value)) {
    out.histogram = buckets(**histogram);
  } else {
    const auto watched = std::get<std::weak_ptr<detail::Watched>>(series.value).lock();
    if (!watched) return std::nullopt;
    put(out, type, watched->read());
  }
  return out;
}

prometheus::MetricType type_of(Type type) {
  switch (type) {
    case Type::counter:
      return prometheus::MetricType::Counter;
    case Type::gauge:
      return prometheus::MetricType::Gauge;
    case Type::histogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

class Cells final : public prometheus::Collectable {
 public:
  explicit Cells(const std::map<std::string, Family>& families) : families_(families) {}
  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> out;
    for (const auto& [name, family] : families_) {
      prometheus::MetricFamily made{name, family.help, type_of(family.type), {}};
      for (const auto& [labels, series] : family.series)
        if (auto metric = sample(family.type, series)) made.metric.push_back(std::move(*metric));
      if (!made.metric.empty()) out.push_back(std::move(made));
    }
    return out;
  }

 private:
  const std::map<std::string, Family>& families_;
};

}  // namespace

std::string page(const std::map<std::string, Family>& families) {
  const prometheus::TextSerializer serializer;
  const prometheus::Serializer& writer = serializer;
  return writer.Serialize(Cells(families).Collect());
}

}  // namespace crossdock::metrics
