// The availability check in memory: 100,000 items at 4 locations; and what a position costs in bytes.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <random>

#include "promise/check.hpp"

namespace crossdock::promise {
namespace {

constexpr int items = 100'000, places = 4;

std::string sku_of(int i) { return "SKU-" + std::to_string(100'000 + i); }

struct Company {
  Catalog catalog;
  Projection projection{catalog.places()};
  AvailabilityRules rules;
  Instant now = *Instant::parse("2026-11-23T15:00:00Z");
  std::size_t catalog_bytes = 0, projection_bytes = 0;

  /// `dated`: every so many positions have a supply and two demands; 0: none.
  explicit Company(int dated) {
    const auto before = mallinfo2().uordblks;
    for (int p = 0; p < places; ++p) {
      Location location;
      location.code = "DC-" + std::to_string(p);
      location.priority = 10 * p;
      location.time_zone = "America/New_York";
      catalog.put(location, 1);
      projection.watermarks().set("wms", location.code, now + -1'000'000);
    }
    for (int i = 0; i < items; ++i) {
      Item item;
      item.sku = sku_of(i);
      item.base_uom = "EA";
      catalog.put(item, 1);
    }
    const auto between = mallinfo2().uordblks;
    const Date today = *Date::parse("2026-11-23");
    for (int i = 0; i < items * places; ++i) {
      PositionValue value;
      value.version = 1;
      value.owner = "wms";
      value.profile.on_hand = Decimal::of(i % 97);
      if (dated != 0 && i % dated == 0) {
        value.profile.supply.add(today + 7, Decimal::of(40));
        value.profile.demand.add(today + 3, Decimal::of(3));
        value.profile.demand.add(today + 9, Decimal::of(5));
      }
      projection.apply({sku_of(i / places), "DC-" + std::to_string(i % places)}, value);
    }
    projection.set_current(now);
    catalog_bytes = between - before;
    projection_bytes = mallinfo2().uordblks - between;
  }
};

Company& company(int dated) {
  static Company without(0);
  static Company with(4);
  return dated ? with : without;
}

/// Three lines of random items, as the API's parser hands them in.
void check_three_lines(benchmark::State& state) {
  auto& all = company(static_cast<int>(state.range(0)));
  std::mt19937 random(1);
  std::vector<std::string> skus;
  for (int i = 0; i < 30'000; ++i) skus.push_back(sku_of(std::uniform_int_distribution<int>(0, items - 1)(random)));
  std::string out;
  std::size_t next = 0;
  for (auto _ : state) {
    AskedLine lines[3];
    for (auto& line : lines) {
      line.sku = skus[next++ % skus.size()];
      line.quantity = Decimal::of(5);
    }
    out.clear();
    benchmark::DoNotOptimize(check_into(out, lines, all.catalog, all.projection, all.now, all.rules).size());
  }
  state.counters["bytes_out"] = static_cast<double>(out.size());
}
BENCHMARK(check_three_lines)->ArgName("dated")->Arg(0)->Arg(1);

/// The same by two threads at once: what the shards' locks cost.
BENCHMARK(check_three_lines)->ArgName("dated")->Arg(0)->Threads(2);

void apply_position(benchmark::State& state) {
  auto& all = company(0);
  std::int64_t version = 2;
  int i = 0;
  for (auto _ : state) {
    PositionValue value;
    value.version = version++;
    value.owner = "wms";
    value.profile.on_hand = Decimal::of(i % 97);
    benchmark::DoNotOptimize(all.projection.apply({sku_of(i++ % items), "DC-1"}, value));
  }
}
BENCHMARK(apply_position);

void footprint(benchmark::State& state) {
  auto& all = company(0);
  for (auto _ : state) benchmark::DoNotOptimize(all.projection.as_of());
  state.counters["bytes_per_position"] = static_cast<double>(all.projection_bytes) / (items * places);
  state.counters["bytes_per_item"] = static_cast<double>(all.catalog_bytes) / items;
}
BENCHMARK(footprint)->Iterations(1);

/// 100,000 positions, each of its own item.
void load_100k(benchmark::State& state) {
  for (auto _ : state) {
    Projection projection(std::make_shared<Numbering>());
    const auto before = mallinfo2().uordblks;
    for (int i = 0; i < items; ++i) {
      PositionValue value;
      value.version = 1;
      value.owner = "wms";
      value.profile.on_hand = Decimal::of(i % 97);
      projection.apply({sku_of(i), "DC-1"}, value);
    }
    state.counters["MiB"] = static_cast<double>(mallinfo2().uordblks - before) / 1048576;
  }
}
BENCHMARK(load_100k)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crossdock::promise
