#include "observe/metrics.hpp"

#include <algorithm>
#include <stdexcept>

#include "observe/cells.hpp"

namespace crossdock::metrics {
namespace detail {

unsigned stripe() {
  static std::atomic<unsigned> next{0};
  thread_local const unsigned mine = next.fetch_add(1, std::memory_order_relaxed) % stripes;
  return mine;
}

HistogramCells::HistogramCells(Buckets upper_bounds) : bounds(std::move(upper_bounds)) {
  for (Stripe& s : stripe) s.counts = std::make_unique<std::atomic<std::uint64_t>[]>(bounds.size() + 1);
}

std::uint64_t HistogramCells::count(std::size_t bucket) const {
  std::uint64_t n = 0;
  for (const Stripe& s : stripe) n += s.counts[bucket].load(std::memory_order_relaxed);
  return n;
}

double HistogramCells::sum() const {
  double total = 0;
  for (const Stripe& s : stripe) total += s.sum.load(std::memory_order_relaxed);
  return total;
}

void observe(HistogramCells& cells, double value) noexcept {
  const auto bucket = std::lower_bound(cells.bounds.begin(), cells.bounds.end(), value) - cells.bounds.begin();
  HistogramCells::Stripe& mine = cells.stripe[stripe()];
  mine.counts[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  mine.sum.fetch_add(value, std::memory_order_relaxed);
}

}  // namespace detail

namespace {

constexpr std::size_t most_series = 256;

bool snake_case(const std::string& name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), fits);
}

void must(bool holds, const std::string& name, const char* rule) {
  if (!holds) throw std::logic_error("metric " + name + ": " + rule);
}

void check(const std::string& name, const std::string& help, Type type, const Labels& labels) {
  must(snake_case(name) && name.starts_with("crossdock_"), name, "a name is snake_case and begins with crossdock_");
  must(type != Type::counter || name.ends_with("_total"), name, "a counter ends with _total");
  must(type == Type::counter || !name.ends_with("_total"), name, "only a counter ends with _total");
  must(!name.ends_with("_ms") && !name.ends_with("_milliseconds"), name, "seconds are the base unit");
  must(!help.empty(), name, "a help text is needed");
  for (const auto& [label, value] : labels)
    must(snake_case(label) && label != "le" && label != "quantile" && !label.starts_with("__"), name, "a label is snake_case and not le");
}

Labels sorted(Labels labels) {
  std::sort(labels.begin(), labels.end());
  return labels;
}

Labels others(Labels labels) {
  for (auto& [label, value] : labels) value = "other";
  return labels;
}

/// The series of that name and labels, made by `make` when it is new.
template <class Make>
Series& series_of(std::map<std::string, Family>& families, const std::string& name, const std::string& help, Type type, Labels labels,
                  Make make) {
  check(name, help, type, labels);
  labels = sorted(std::move(labels));
  const auto [at, fresh] = families.try_emplace(name, Family{help, type, {}});
  Family& family = at->second;
  must(family.type == type, name, "was registered as another type");
  if (!family.series.empty()) {
    const Labels& known = family.series.begin()->first;
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    must(std::equal(known.begin(), known.end(), labels.begin(), labels.end(), same), name, "has other labels elsewhere");
  }
  if (!family.series.contains(labels) && family.series.size() >= most_series) labels = others(labels);
  const auto [place, made] = family.series.try_emplace(labels);
  if (made) place->second = Series{labels, make()};
  return place->second;
}

template <class T>
const std::shared_ptr<T>& as(const Series& series, const std::string& name) {
  const auto* value = std::get_if<std::shared_ptr<T>>(&series.value);
  must(value != nullptr, name, "is watched elsewhere");
  return *value;
}

}  // namespace

std::uint64_t Counter::value() const {
  std::uint64_t sum = 0;
  if (cells_)
    for (const detail::Cell& cell : cells_->cell) sum += cell.value.load(std::memory_order_relaxed);
  return sum;
}

std::uint64_t Histogram::count() const {
  std::uint64_t sum = 0;
  if (cells_)
    for (std::size_t i = 0; i <= cells_->bounds.size(); ++i) sum += cells_->count(i);
  return sum;
}

Buckets latency_buckets() {
  return {0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}
Buckets count_buckets() { return {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}; }

Registry::Registry() : state_(std::make_shared<State>()) {}
Registry::~Registry() = default;

Counter Registry::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard hold(state_->mutex);
  const auto make = [] { return std::make_shared<detail::CounterCells>(); };
  return Counter(as<detail::CounterCells>(series_of(state_->families, name, help, Type::counter, labels, make), name));
}

Gauge Registry::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard hold(state_->mutex);
  const auto make = [] { return std::make_shared<detail::GaugeCell>(); };
  return Gauge(as<detail::GaugeCell>(series_of(state_->families, name, help, Type::gauge, labels, make), name));
}

Histogram Registry::histogram(const std::string& name, const std::string& help, const Buckets& buckets, const Labels& labels) {
  must(!buckets.empty() && std::is_sorted(buckets.begin(), buckets.end()), name, "buckets grow");
  const std::lock_guard hold(state_->mutex);
  const auto make = [&] { return std::make_shared<detail::HistogramCells>(buckets); };
  return Histogram(as<detail::HistogramCells>(series_of(state_->families, name, help, Type::histogram, labels, make), name));
}

Registry::Watch Registry::watch(const std::string& name, const std::string& help, const Labels& labels, std::function<double()> read) {
  const std::lock_guard hold(state_->mutex);
  auto watched = std::make_shared<detail::Watched>(detail::Watched{std::move(read)});
  const Type type = name.ends_with("_total") ? Type::counter : Type::gauge;
  Series& series = series_of(state_->families, name, help, type, labels, [] { return std::weak_ptr<detail::Watched>(); });
  must(std::holds_alternative<std::weak_ptr<detail::Watched>>(series.value), name, "is set elsewhere");
  series.value = std::weak_ptr<detail::Watched>(watched);
  return Watch(std::move(watched));
}

std::string Registry::text() const {
  const std::lock_guard hold(state_->mutex);
  return page(state_->families);
}

Registry& registry() {
  static Registry* const process = new Registry;  // never destroyed: handles in statics outlive main
  return *process;
}

}  // namespace crossdock::metrics
