// Master data of six kinds: whole documents, one by one or many at a time.
#include "ledger/master.hpp"

#include "api/inputs.hpp"
#include "api/state.hpp"
#include "crossdock/model/master.hpp"
#include "ledger/render.hpp"
#include "store/reader.hpp"

namespace crossdock::api {

namespace {

constexpr std::size_t most_records = 10'000;

using References = std::vector<std::pair<ledger::MasterId, std::string>>;

// What is particular to a kind: its word, its key, and what it refers to.
template <class T>
struct Kind;

template <>
struct Kind<Item> {
  static constexpr const char* word = "item";
  static std::string& key(Item& item) { return item.sku; }
  static constexpr const char* key_name = "sku";
  static References references(const Item& item) {
    References all;
    for (std::size_t i = 0; i < item.safety_stock.size(); ++i)
      all.push_back({{"location", item.safety_stock[i].location}, "/safety_stock/" + std::to_string(i) + "/location"});
    return all;
  }
};

template <>
struct Kind<Customer> {
  static constexpr const char* word = "customer";
  static std::string& key(Customer& customer) { return customer.number; }
  static constexpr const char* key_name = "number";
  static References references(const Customer&) { return {}; }
};

template <>
struct Kind<Location> {
  static constexpr const char* word = "location";
  static std::string& key(Location& location) { return location.code; }
  static constexpr const char* key_name = "code";
  static References references(const Location&) { return {}; }
};

template <>
struct Kind<Supply> {
  static constexpr const char* word = "supply";
  static std::string& key(Supply& supply) { return supply.number; }
  static constexpr const char* key_name = "number";
  static References references(const Supply& supply) {
    References all;
    for (std::size_t i = 0; i < supply.lines.size(); ++i) {
      std::string at = "/lines/" + std::to_string(i);
      all.push_back({{"item", supply.lines[i].sku}, at + "/sku"});
      all.push_back({{"location", supply.lines[i].location}, at + "/location"});
    }
    return all;
  }
};

template <>
struct Kind<Price> {
  static constexpr const char* word = "price";
  static std::string& key(Price& price) { return price.id; }
  static constexpr const char* key_name = "id";
  static References references(const Price& price) {
    References all{{{"item", price.sku}, "/sku"}};
    if (price.customer) all.push_back({{"customer", *price.customer}, "/customer"});
    return all;
  }
};

template <>
struct Kind<ShippingMethod> {
  static constexpr const char* word = "shipping_method";
  static std::string& key(ShippingMethod& method) { return method.code; }
  static constexpr const char* key_name = "code";
  static References references(const ShippingMethod&) { return {}; }
};

/// The request that stores a document. A document that names no source is its caller's.
template <class T>
std::shared_ptr<ledger::PutMaster> put_request(const http::Request& request, T document) {
  auto put = std::make_shared<ledger::PutMaster>();
  put->origin = origin_of(request);
  put->source = document.source.value_or(Source{caller_of(request).settings.name, {}, {}, {}});
  if (!document.source) document.source = put->source;
  put->id = {Kind<T>::word, Kind<T>::key(document)};
  put->references = Kind<T>::references(document);
  put->body = to_json(document);
  put->shares = ledger::shares_of(put->id.kind, put->body);
  return put;
}

template <class T>
Task<http::Response> put(Shared state, http::Request& request) {
  auto decoded = body_of<T>(request);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  auto document = std::get<T>(std::move(decoded));
  std::string key(request.param("key"));
  if (Kind<T>::key(document) != key) {
    Mistakes mistakes{
        {std::string("/") + Kind<T>::key_name, "not_allowed", "the path names " + key + "; the body must name the same", key}};
    co_return mistaken(request, std::move(mistakes));
  }
  auto storing = put_request(request, std::move(document));
  if (!request.headers.if_match.empty()) storing->if_match = std::string(request.headers.if_match);
  std::vector<std::shared_ptr<ledger::Request>> one{storing};
  auto deciding = state->hub.decide_all(std::move(one), hub::Line::documents, deadline_of(*state, request));
  Outcome decided = co_await std::move(deciding);
  if (!decided) co_return failed(request, decided.fault());
  co_return answer(request, storing->reply, false);
}

Task<http::Response> read(Shared state, http::Request& request, ledger::MasterId id) {
  auto row = std::make_shared<std::optional<ledger::MasterRow>>();
  auto asking = state->hub.ask([row, id](postgres::Transaction& tx) { *row = store::find_master(tx, id); }, deadline_of(*state, request));
  Outcome asked = co_await std::move(asking);
  if (!asked) co_return failed(request, asked.fault());
  if (!*row) co_return missing(request, (id.kind == "shipping_method" ? "shipping method" : id.kind) + " " + id.id);
  http::Response response(200, (*row)->body);
  response.with("ETag", ledger::etag((*row)->version));
  co_return response;
}

template <class T>
Task<http::Response> get(Shared state, http::Request& request) {
  auto reading = read(state, request, {Kind<T>::word, std::string(request.param("key"))});
  http::Response response = co_await std::move(reading);
  co_return response;
}

/// An item's number may hold a slash, which not every client escapes in a path.
Task<http::Response> get_item_by_query(Shared state, http::Request& request) {
  static const std::vector<std::string_view> known{"sku"};
  Mistakes mistakes;
  check_parameters(request.query(), known, mistakes);
  auto sku = request.query("sku");
  if (!sku || sku->empty()) mistakes.push_back({"/sku", "missing", "name the item: ?sku=", {}});
  if (!mistakes.empty()) co_return mistaken(request, std::move(mistakes));
  auto reading = read(state, request, {Kind<Item>::word, std::string(*sku)});
  http::Response response = co_await std::move(reading);
  co_return response;
}

struct ImportRecord {
  std::string id;
  Mistakes mistakes;
  std::shared_ptr<ledger::PutMaster> put;
};

template <class T>
ImportRecord import_record(const http::Request& request, json::View view) {
  ImportRecord record;
  if (view.is(json::Kind::object))
    if (auto id = view.find(Kind<T>::key_name); id && id->is(json::Kind::string)) record.id = id->text();
  T document;
  if (decode(view, document, record.mistakes)) record.put = put_request(request, std::move(document));
  return record;
}

bool is_ndjson(const http::Request& request) { return request.headers.content_type.find("ndjson") != std::string_view::npos; }

/// The records of a body: a JSON array, or one JSON text a line. A line that is no JSON is that record's own mistake.
template <class T>
std::optional<http::Response> import_records(http::Request& request, std::vector<ImportRecord>& records) {
  json::Document document;
  json::Limits limits{16U << 20, 64};
  if (is_ndjson(request)) {
    std::string_view rest = request.body;
    while (!rest.empty() && records.size() <= most_records) {
      auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      if (auto bad = document.parse(std::string(line), limits)) {
        ImportRecord record;
        record.mistakes.push_back({"", "malformed_json", "column " + std::to_string(bad->column) + ": " + bad->message, {}});
        records.push_back(std::move(record));
      } else {
        records.push_back(import_record<T>(request, document.root()));
      }
    }
  } else {
    if (auto bad = document.parse(std::move(request.body), limits)) return malformed(request, *bad);
    if (!document.root().is(json::Kind::array)) return mistaken(request, {{"", "wrong_type", "a JSON array of documents is wanted", {}}});
    if (document.root().size() <= most_records)
      for (json::View view : document.root().children()) records.push_back(import_record<T>(request, view));
    else
      records.resize(most_records + 1);
  }
  if (records.size() > most_records) return mistaken(request, {{"", "out_of_range", "at most 10000 records a call", {}}});
  return {};
}

void write_result(json::Writer& writer, std::size_t index, const ImportRecord& record) {
  auto outcome = record.put ? record.put->outcome : ledger::PutOutcome::invalid;
  writer.begin_object().key("index").integer(static_cast<std::int64_t>(index)).key("id");
  if (record.id.empty())
    writer.null();
  else
    writer.string(record.id);
  writer.key("outcome").string(ledger::to_text(outcome));
  const auto& mistakes = record.put ? record.put->errors : record.mistakes;
  if (!mistakes.empty()) {
    writer.key("errors").begin_array();
    for (const auto& mistake : mistakes) {
      writer.begin_object().key("pointer").string(mistake.pointer).key("code").string(mistake.code).key("detail").string(mistake.detail);
      if (!mistake.suggestion.empty()) writer.key("suggestion").string(mistake.suggestion);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_object();
}

template <class T>
Task<http::Response> import(Shared state, http::Request& request) {
  std::vector<ImportRecord> records;
  if (auto bad = import_records<T>(request, records)) co_return std::move(*bad);
  std::vector<std::shared_ptr<ledger::Request>> requests;
  for (const auto& record : records)
    if (record.put) requests.push_back(record.put);
  auto deciding = state->hub.decide_all(std::move(requests), hub::Line::documents, request.deadline(std::chrono::seconds(30)));
  Outcome decided = co_await std::move(deciding);
  if (!decided) co_return failed(request, decided.fault());
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("results").begin_array();
  for (std::size_t i = 0; i < records.size(); ++i) write_result(writer, i, records[i]);
  writer.end_array().end_object();
  co_return http::Response(200, std::move(out));
}

template <class T>
void add_kind(http::Router& router, const Shared& state, const std::string& path) {
  using http::Method;
  router.add(Method::put, path + "/{key}", bounded(state, put<T>)).needs("master.write").ranks(rank_of(Rank::bulk));
  router.add(Method::get, path + "/{key}", bounded(state, get<T>)).needs("master.read").ranks(rank_of(Rank::bulk));
  router.add(Method::post, path + "/import", bounded(state, import <T>))
      .limit(16U << 20)
      .consumes({http::kJson, http::kNdjson})
      .needs("master.write")
      .ranks(rank_of(Rank::bulk));
}

}  // namespace

void add_master(http::Router& router, const Shared& state) {
  add_kind<Item>(router, state, "/v1/items");
  router.add(http::Method::get, "/v1/items", bounded(state, get_item_by_query)).needs("master.read").ranks(rank_of(Rank::bulk));
  add_kind<Customer>(router, state, "/v1/customers");
  add_kind<Location>(router, state, "/v1/locations");
  add_kind<Supply>(router, state, "/v1/supplies");
  add_kind<Price>(router, state, "/v1/prices");
  add_kind<ShippingMethod>(router, state, "/v1/shipping-methods");
}

}  // namespace crossdock::api
