// ATP from memory.
#include "api/inputs.hpp"
#include "api/state.hpp"
#include "promise/check.hpp"

namespace crossdock::api {

namespace {

http::Response check(const Api::State& state, http::Request& request) {
  auto decoded = body_of<AvailabilityRequest>(request);
  if (auto* bad = std::get_if<http::Response>(&decoded)) return std::move(*bad);
  http::Response response(200, request.spare());
  const auto& memory = state.hub.memory();
  auto mistakes = promise::check_into(response.body, std::get<AvailabilityRequest>(decoded), memory.catalog(), memory.projection(),
                                      memory.now(), state.hub.availability());
  if (!mistakes.empty()) return mistaken(request, std::move(mistakes));
  return response;
}

/// A date of the query; a mistake if it is none.
std::optional<Date> date_of(const http::Request& request, std::string_view name, Mistakes& mistakes) {
  auto text = request.query(name);
  if (!text) return {};
  auto date = Date::parse(*text);
  if (!date) mistakes.push_back({"/" + std::string(name), "wrong_type", "a date is written YYYY-MM-DD", {}});
  return date;
}

http::Response profile(const Api::State& state, http::Request& request) {
  static const std::vector<std::string_view> known{"sku", "location", "from", "to"};
  Mistakes mistakes;
  check_parameters(request.query(), known, mistakes);
  promise::ProfileQuery query;
  auto sku = request.query("sku");
  if (!sku || sku->empty()) mistakes.push_back({"/sku", "missing", "name the item: ?sku=", {}});
  query.sku = sku.value_or("");
  query.location = request.query("location");
  query.from = date_of(request, "from", mistakes);
  query.to = date_of(request, "to", mistakes);
  if (query.from && query.to && *query.to < *query.from) mistakes.push_back({"/to", "out_of_range", "`to` lies before `from`", {}});
  if (!mistakes.empty()) return mistaken(request, std::move(mistakes));
  const auto& memory = state.hub.memory();
  auto answer = promise::profile_of(query, memory.catalog(), memory.projection(), memory.now(), state.hub.availability());
  if (!answer && query.location && memory.catalog().item(query.sku)) return missing(request, "location " + std::string(*query.location));
  if (!answer) return missing(request, "item " + std::string(query.sku));
  return {200, to_json(*answer)};
}

}  // namespace

void add_availability(http::Router& router, const Shared& state) {
  router.add_fast(http::Method::post, "/v1/availability/check", [state](http::Request& request) { return check(*state, request); })
      .needs("availability.read")
      .ranks(rank_of(Rank::promises));
  router.add_fast(http::Method::get, "/v1/availability", [state](http::Request& request) { return profile(*state, request); })
      .needs("availability.read")
      .ranks(rank_of(Rank::promises));
}

}  // namespace crossdock::api
