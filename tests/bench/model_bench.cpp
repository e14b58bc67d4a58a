// Decoding of the bodies that matter, beside the parse alone (the limit) and nlohmann's tree (which checks nothing).
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include "crossdock/model/codec.hpp"
#include "crossdock/model/documents.hpp"
#include "crossdock/model/envelope.hpp"

namespace {

using namespace crossdock;

const std::string check = R"({"lines":[{"sku":"A-100","quantity":"12","date":"2026-12-01","locations":["DC-EAST","DC-WEST"]},)"
                          R"({"sku":"A-200","quantity":"3.5","date":"2026-12-01","locations":["DC-EAST","DC-WEST"]},)"
                          R"({"sku":"B-7/RED","quantity":"40","date":"2026-12-04","locations":["DC-EAST"]}]})";

std::string make_order(int lines) {
  std::string text =
      R"({"source":"webshop","order_number":"W-100234","customer":"C-1001","customer_po":"PO-77","currency":"USD","order_date":"2026-11-23",)"
      R"("requested_date":"2026-12-01","cancel_after":null,"priority":5,"ship_complete":false,"terms":"N30","ship_to":{"code":null,)"
      R"("name":"Hoboken Hardware","street":["1 Main St"],"city":"Hoboken","region":"NJ","postal_code":"07030","country":"US"},)"
      R"("bill_to":null,"shipping_method":"GROUND","on_shortage":"reject","accept_changes":false,"reservation":null,)"
      R"("totals":{"goods":"119.40"},"lines":[)";
  for (int i = 1; i <= lines; ++i)
    text +=
        (i > 1 ? ",{" : "{") + std::string(R"("line":)") + std::to_string(i) +
        R"(,"sku":"A-100","quantity":"12","uom":"EA","unit_price":"9.95","location":"DC-EAST","requested_date":null,"customer_sku":null})";
  return text + "]}";
}
const std::string order = make_order(5);
const std::string reservation =
    R"({"reference":"cart-881","ttl_seconds":900,"policy":"all_or_nothing","lines":[{"sku":"A-100","quantity":"5","location":"DC-EAST","date":null}]})";
const std::string movement =
    R"({"kind":"movement","id":"0192f0c1-0000-7000-8000-000000000001","source":"wms_east","location":"DC-EAST","sku":"A-100","epoch":1,)"
    R"("sequence":1822,"occurred_at":"2026-11-23T10:00:00.000Z","delta":"-12","unavailable_delta":"0","reason":"ship",)"
    R"("reference":{"kind":"shipment","source":"wms_east","number":"S-77","line":1}})";

void parse_only(benchmark::State& state, const std::string& text) {
  json::Document document;
  for (auto _ : state)
    if (document.parse_copy(text)) state.SkipWithError("refused");
}

template <class T>
void parse_and_decode(benchmark::State& state, const std::string& text) {
  json::Document parsed;
  for (auto _ : state) {
    T document;
    Mistakes mistakes;
    if (parsed.parse_copy(text) || !decode(parsed.root(), document, mistakes)) state.SkipWithError("refused");
    benchmark::DoNotOptimize(&document);
  }
}

void nlohmann_tree(benchmark::State& state, const std::string& text) {
  for (auto _ : state) benchmark::DoNotOptimize(nlohmann::json::parse(text));
}

template <class T>
void write(benchmark::State& state, const std::string& text) {
  const T document = std::get<0>(decode_body<T>(text));
  std::string out;
  for (auto _ : state) {
    out.clear();
    json::Writer writer(out);
    encode(document, writer);
    benchmark::DoNotOptimize(out.data());
  }
}

template <class T>
void print(benchmark::State& state, const std::string& text) {
  const T document = std::get<0>(decode_body<T>(text));
  for (auto _ : state) benchmark::DoNotOptimize(fingerprint(document));
}

void envelope(benchmark::State& state) {
  Event event;
  event.id = event.subject = event.partitionkey = event.correlationid = "0192f0c1-0000-7000-8000-000000000001";
  event.type = "crossdock.inventory.movement.v1";
  event.source = "wms_east";
  event.body = movement;
  const RecordHeaders headers = headers_of(event);
  for (auto _ : state) benchmark::DoNotOptimize(decode_cloudevent(headers, event.partitionkey, event.body));
}

constexpr auto check_decode = parse_and_decode<AvailabilityRequest>;
constexpr auto order_decode = parse_and_decode<OrderRequest>;
constexpr auto order_write = write<OrderRequest>;
constexpr auto order_fingerprint = print<OrderRequest>;
constexpr auto reservation_decode = parse_and_decode<ReservationRequest>;
constexpr auto reservation_fingerprint = print<ReservationRequest>;
constexpr auto event_decode = parse_and_decode<InventoryEvent>;

BENCHMARK_CAPTURE(parse_only, check, check);
BENCHMARK_CAPTURE(check_decode, ours, check);
BENCHMARK_CAPTURE(nlohmann_tree, check, check);
BENCHMARK_CAPTURE(parse_only, order, order);
BENCHMARK_CAPTURE(order_decode, ours, order);
BENCHMARK_CAPTURE(nlohmann_tree, order, order);
BENCHMARK_CAPTURE(order_write, ours, order);
BENCHMARK_CAPTURE(order_fingerprint, ours, order);
BENCHMARK_CAPTURE(parse_only, reservation, reservation);
BENCHMARK_CAPTURE(reservation_decode, ours, reservation);
BENCHMARK_CAPTURE(reservation_fingerprint, ours, reservation);
BENCHMARK_CAPTURE(parse_only, movement, movement);
BENCHMARK_CAPTURE(event_decode, ours, movement);
BENCHMARK(envelope);

}  // namespace
