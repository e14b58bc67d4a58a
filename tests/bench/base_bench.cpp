// The JSON reader beside nlohmann and simdjson on the bodies that matter: an availability check of three lines and an order of 2 kB.
// "visit" reads every name and value. Ours copies the body into its buffer and looks for duplicate names, which the other two do not.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <nlohmann/json.hpp>

#include "crossdock/base/id.hpp"
#include "crossdock/base/json.hpp"

namespace {

using crossdock::json::Document;
using crossdock::json::View;

const std::string check = R"({"lines":[{"sku":"A-100","quantity":"12","date":"2026-12-01","locations":["DC-EAST","DC-WEST"]},)"
                          R"({"sku":"A-200","quantity":"3.5","date":"2026-12-01","locations":["DC-EAST","DC-WEST"]},)"
                          R"({"sku":"B-7/RED","quantity":"40","date":"2026-12-04","locations":["DC-EAST"]}]})";

std::string make_order() {
  std::string text =
      R"({"source":"shop","order_number":"W-2026-004711","customer":"C-1001","customer_po":"PO \"77\"","currency":"EUR","ordered_at":)"
      R"("2026-11-23T10:00:00.123Z","ship_to":{"name":"M\u00fcller & S\u00f6hne GmbH","street":"Hafenstraße 12","postal_code":"20457",)"
      R"("city":"Hamburg","country":"DE"},"shipping_method":"STD","requested_ship_date":"2026-12-01","lines":[)";
  for (int i = 1; i <= 12; ++i) {
    const std::string n = std::to_string(i);
    text += (i > 1 ? ",{" : "{") + std::string(R"("line":)") + n + R"(,"sku":"SKU-)" + n + R"(00","quantity":")" + n +
            R"(.5","uom":"EA","unit_price":"19.99","requested_ship_date":"2026-12-01","ext":{"gift":true}})";
  }
  return text + R"(],"ext":{"campaign":"autumn","score":0.87}})";
}
const std::string order = make_order();

std::size_t visit(View v) {
  if (v.size() == 0) return v.text().size();
  std::size_t sum = 0;
  for (View child : v.children()) sum += child.key().size() + visit(child);
  return sum;
}

void ours(benchmark::State& state, const std::string& text, bool traverse) {
  Document document;
  std::size_t sum = 0;
  for (auto _ : state) {
    if (document.parse_copy(text)) state.SkipWithError("refused");
    if (traverse) sum += visit(document.root());
    benchmark::DoNotOptimize(sum);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void nlohmann_dom(benchmark::State& state, const std::string& text) {
  for (auto _ : state) benchmark::DoNotOptimize(nlohmann::json::parse(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

std::size_t visit(simdjson::ondemand::value value) {
  std::size_t sum = 0;
  switch (value.type()) {
    case simdjson::ondemand::json_type::object:
      for (auto field : value.get_object()) {
        sum += std::string_view(field.unescaped_key()).size();
        sum += visit(field.value());
      }
      return sum;
    case simdjson::ondemand::json_type::array:
      for (auto element : value.get_array()) sum += visit(element.value());
      return sum;
    case simdjson::ondemand::json_type::string:
      return std::string_view(value.get_string()).size();
    default:
      return value.raw_json_token().size();
  }
}

void simdjson_on_demand(benchmark::State& state, const std::string& text) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(text);
  std::size_t sum = 0;
  for (auto _ : state) {
    auto document = parser.iterate(padded);
    sum += visit(document.get_value());
    benchmark::DoNotOptimize(sum);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void canonical(benchmark::State& state, const std::string& text) {
  Document document;
  std::string out;
  for (auto _ : state) {
    if (document.parse_copy(text)) state.SkipWithError("refused");
    out.clear();
    append_canonical(document.root(), out);
    benchmark::DoNotOptimize(out.data());
  }
}

void decimal_round_trip(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    crossdock::Decimal::parse("12345.678").value.append_to(out);
    benchmark::DoNotOptimize(out.data());
  }
}

void id(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(crossdock::new_id());
}

void instant_text(benchmark::State& state) {
  std::string out;
  const auto at = crossdock::Instant::now();
  for (auto _ : state) {
    out.clear();
    at.append_to(out);
    benchmark::DoNotOptimize(out.data());
  }
}

BENCHMARK_CAPTURE(ours, check_parse, check, false);
BENCHMARK_CAPTURE(ours, check_parse_and_visit, check, true);
BENCHMARK_CAPTURE(simdjson_on_demand, check_parse_and_visit, check);
BENCHMARK_CAPTURE(nlohmann_dom, check_parse, check);
BENCHMARK_CAPTURE(ours, order_parse, order, false);
BENCHMARK_CAPTURE(ours, order_parse_and_visit, order, true);
BENCHMARK_CAPTURE(simdjson_on_demand, order_parse_and_visit, order);
BENCHMARK_CAPTURE(nlohmann_dom, order_parse, order);
BENCHMARK_CAPTURE(canonical, order_parse_and_canonical, order);
BENCHMARK(decimal_round_trip);
BENCHMARK(id);
BENCHMARK(instant_text);

}  // namespace
