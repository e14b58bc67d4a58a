// Writing rows: one statement a row, one array parameter a column. Reading them: a result, binary COPY. Needs CROSSDOCK_POSTGRES_URL.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "crossdock/base/id.hpp"
#include "postgres/connection.hpp"
#include "postgres/snapshot.hpp"

namespace crossdock::postgres {
namespace {

Settings settings() {
  Settings out;
  const char* url = std::getenv("CROSSDOCK_POSTGRES_URL");
  out.connection = url ? url : "";
  return out;
}

/// A connection with a fresh table, or nothing and a skipped bench.
std::optional<Connection> prepared(benchmark::State& state) {
  Connection setup(settings(), "bench");
  const auto made = transact(setup, [](Transaction& t) {
    t.execute("drop table if exists bench_line");
    t.execute("create table bench_line (id uuid primary key, sku text not null, quantity numeric(18,6) not null, ship date not null)");
  });
  if (!made) {
    state.SkipWithError("no database: set CROSSDOCK_POSTGRES_URL");
    return {};
  }
  return Connection(settings(), "bench",
                    {{"one", "insert into bench_line values ($1, $2, $3, $4)"},
                     {"many", "insert into bench_line select * from unnest($1::uuid[], $2::text[], $3::numeric[], $4::date[])"}});
}

const Decimal quantity = Decimal::parse("12.5").value;
const Date ship = Date::parse("2026-11-24").value();

void RowByRow(benchmark::State& state) {
  auto connection = prepared(state);
  if (!connection) return;
  for (auto _ : state) {
    const auto done = transact(*connection, [&](Transaction& t) {
      for (std::int64_t i = 0; i < state.range(0); ++i) t.run("one", new_id(), "SKU-00042", quantity, ship);
    });
    if (!done) return state.SkipWithError(done.failure().message.c_str());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(RowByRow)->Arg(1)->Arg(32)->Arg(256)->UseRealTime();

void Unnest(benchmark::State& state) {
  auto connection = prepared(state);
  if (!connection) return;
  UuidArray ids;
  TextArray skus;
  DecimalArray quantities;
  DateArray dates;
  for (auto _ : state) {
    ids.clear(), skus.clear(), quantities.clear(), dates.clear();
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      ids.add(new_id());
      skus.add("SKU-00042");
      quantities.add(quantity);
      dates.add(ship);
    }
    const auto done = transact(*connection, [&](Transaction& t) { t.run("many", ids, skus, quantities, dates); });
    if (!done) return state.SkipWithError(done.failure().message.c_str());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Unnest)->Arg(1)->Arg(32)->Arg(256)->Arg(2'048)->UseRealTime();

/// The builders alone, without a server.
void BuildArrays(benchmark::State& state) {
  TextArray skus;
  DecimalArray quantities;
  for (auto _ : state) {
    skus.clear(), quantities.clear();
    for (int i = 0; i < 256; ++i) {
      skus.add("SKU \"quoted\" 00042");
      quantities.add(quantity);
    }
    benchmark::DoNotOptimize(skus.bytes().data());
    benchmark::DoNotOptimize(quantities.bytes().data());
  }
  state.SetItemsProcessed(state.iterations() * 512);
}
BENCHMARK(BuildArrays);

constexpr const char* large =
    "select i::int8, 'SKU-' || i, (i * 1.25)::numeric(18,6), '2026-11-24'::date from generate_series(1, 200000) i";

void ReadResult(benchmark::State& state) {
  auto connection = prepared(state);
  if (!connection) return;
  for (auto _ : state) {
    Decimal sum;
    const auto done = transact(*connection, [&](Transaction& t) {
      for (const auto row : t.execute(large))
        sum += row.decimal(2) + Decimal::of(row.integer(0) + row.date(3).days + static_cast<int>(row[1].size()));
    });
    if (!done) return state.SkipWithError(done.failure().message.c_str());
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * 200'000);
}
BENCHMARK(ReadResult)->UseRealTime()->Unit(benchmark::kMillisecond);

void ReadCopy(benchmark::State& state) {
  if (!prepared(state)) return;
  for (auto _ : state) {
    Decimal sum;
    auto snapshot = Snapshot::open(settings(), "bench");
    if (!snapshot) return state.SkipWithError(snapshot.failure().message.c_str());
    const auto done = snapshot->copy(large, [&](const CopiedRow& row) {
      sum += row.decimal(2) + Decimal::of(row.integer(0) + row.date(3).days + static_cast<int>(row.text(1).size()));
    });
    if (!done) return state.SkipWithError(done.failure().message.c_str());
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * 200'000);
}
BENCHMARK(ReadCopy)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crossdock::postgres
