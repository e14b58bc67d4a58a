// The admin listener: health, metrics, and what a daemon says of itself.
#include <charconv>
#include <limits>

#include "api/inputs.hpp"
#include "api/state.hpp"
#include "observe/metrics.hpp"

namespace crossdock::api {

namespace {

constexpr std::string_view kMetrics = "text/plain; version=0.0.4; charset=utf-8";

struct Readiness {
  bool ready = true;
  std::string status = "ready";
  std::vector<std::string> why;
};

/// Not ready only before the first load and while draining; what is away makes it degraded.
Readiness readiness(const Api::State& state) {
  auto health = state.hub.health();
  if (state.draining) return {false, "draining", {"the daemon is stopping"}};
  if (!health.loaded) return {false, "starting", {"the first load is not done"}};
  return {true, health.degraded.empty() ? "ready" : "degraded", health.degraded};
}

http::Response ready(const Api::State& state) {
  auto now = readiness(state);
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("status").string(now.status).key("degraded").boolean(now.status == "degraded").key("why").begin_array();
  for (const auto& reason : now.why) writer.string(reason);
  writer.end_array().key("version").string(state.settings.version).end_object();
  return {now.ready ? 200 : 503, std::move(out)};
}

http::Response home(const Api::State& state) {
  auto now = readiness(state);
  std::string reasons;
  for (const auto& reason : now.why) reasons += "<li>" + reason + "</li>";
  auto sizes = state.hub.memory().catalog().sizes();
  std::string body =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Crossdock</title><style>body{font:16px/1.5 system-ui,sans-serif;"
      "max-width:48rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}</style><h1>Crossdock " +
      state.settings.version + "</h1><p>This instance is <strong>" + now.status + "</strong>.</p><ul>" + reasons + "</ul><p>" +
      std::to_string(state.hub.memory().projection().size()) + " stock positions, " + std::to_string(sizes.items) + " items, " +
      std::to_string(sizes.customers) + " customers, " + std::to_string(sizes.locations) +
      " locations in memory.</p><p><a href=\"/readyz?verbose\">readiness</a> · <a href=\"/metrics\">metrics</a> · "
      "<a href=\"/admin/v1/exceptions\">exceptions</a> · "
      "<a href=\"/admin/v1/systems\">systems</a> · <a href=\"/admin/v1/audit\">audit</a> · <a "
      "href=\"/admin/v1/config\">configuration</a></p></html>";
  return {200, std::move(body), http::kHtml};
}

Task<http::Response> exceptions(Shared state, http::Request& request) {
  auto out = std::make_shared<std::string>();
  auto asking = state->hub.ask(
      [out](postgres::Transaction& tx) {
        out->clear();
        json::Writer writer(*out);
        writer.begin_object().key("items").begin_array();
        for (const auto& entry : store::exceptions(tx, 200)) {
          writer.begin_object().key("id").integer(entry.id).key("at").instant(entry.at).key("kind").string(entry.kind);
          writer.key("reason").string(entry.reason).key("detail").string(entry.detail).key("origin").string(entry.origin).end_object();
        }
        writer.end_array().key("next").null().end_object();
      },
      deadline_of(*state, request));
  Outcome asked = co_await std::move(asking);
  if (!asked) co_return failed(request, asked.fault());
  co_return http::Response(200, std::move(*out));
}

void write_entry(json::Writer& writer, const store::AuditRow& row) {
  writer.begin_object().key("id").integer(row.id).key("at").instant(row.step.at).key("system").string(row.step.system);
  writer.key("step").string(row.step.step).key("order");
  if (row.order_id.empty())
    writer.null();
  else
    writer.string(row.order_id);
  writer.key("document").string(row.step.document).key("actor").string(row.step.actor).key("detail").string(row.step.detail);
  writer.key("correlation_id").string(row.correlation_id).end_object();
}

/// What was done and by whom, newest first, in pages.
Task<http::Response> audit(Shared state, http::Request& request) {
  static const std::vector<std::string_view> known{"cursor", "limit"};
  Mistakes mistakes;
  check_parameters(request.query(), known, mistakes);
  const auto number = [&](std::string_view name, std::int64_t otherwise, std::int64_t most) {
    auto text = request.query(name);
    if (!text) return otherwise;
    std::int64_t value = 0;
    auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size())
      mistakes.push_back({"/" + std::string(name), "wrong_type", "is a whole number", {}});
    else if (value < 1 || value > most)
      mistakes.push_back({"/" + std::string(name), "out_of_range", "is from 1 to " + std::to_string(most), {}});
    return value;
  };
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  const auto before = number("cursor", last, last), limit = number("limit", 50, 500);
  if (!mistakes.empty()) co_return mistaken(request, std::move(mistakes));
  auto rows = std::make_shared<std::vector<store::AuditRow>>();
  auto asking = state->hub.ask([rows, before, limit](postgres::Transaction& tx) { *rows = store::audit(tx, before, limit); },
                               deadline_of(*state, request));
  Outcome asked = co_await std::move(asking);
  if (!asked) co_return failed(request, asked.fault());
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("items").begin_array();
  for (const auto& row : *rows) write_entry(writer, row);
  writer.end_array().key("next");
  if (static_cast<std::int64_t>(rows->size()) == limit)
    writer.string(std::to_string(rows->back().id));
  else
    writer.null();
  writer.end_object();
  co_return http::Response(200, std::move(out));
}

}  // namespace

void add_admin(http::Router& router, const Shared& state) {
  using http::Method;
  router.add_fast(Method::get, "/livez", [](http::Request&) { return http::Response(200, R"({"status":"alive"})"); })
      .produces({http::kJson, http::kText});
  router.add_fast(Method::get, "/readyz", [state](http::Request&) { return ready(*state); }).produces({http::kJson, http::kText});
  router
      .add_fast(Method::get, "/startupz",
                [state](http::Request&) {
                  bool loaded = state->hub.health().loaded;
                  return http::Response(loaded ? 200 : 503, loaded ? R"({"status":"started"})" : R"({"status":"starting"})");
                })
      .produces({http::kJson, http::kText});
  router.add_fast(Method::get, "/metrics", [](http::Request&) { return http::Response(200, metrics::registry().text(), kMetrics); })
      .produces({kMetrics});
  router.add_fast(Method::get, "/", [state](http::Request&) { return home(*state); }).produces({http::kHtml});
  router
      .add_fast(Method::get, "/admin/v1/config",
                [state](http::Request&) { return http::Response(200, state->settings.configuration, http::kText); })
      .produces({http::kText});
  router.add(Method::get, "/admin/v1/exceptions", [state](http::Request& request) { return exceptions(state, request); });
  router.add(Method::get, "/admin/v1/audit", [state](http::Request& request) { return audit(state, request); });
  router.add_fast(Method::get, "/admin/v1/systems", [state](http::Request&) { return http::Response(200, state->settings.systems); });
}

}  // namespace crossdock::api
