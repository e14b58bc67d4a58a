// The contract, and pages to read it.
#include "api/state.hpp"
#include "embedded/contract.hpp"
#include "validation/findings.hpp"

namespace crossdock::api {

namespace {

std::string_view embedded_file(std::string_view path) {
  for (const auto& file : embedded::contract())
    if (file.path == path) return file.bytes;
  return {};
}

void add_file(http::Router& router, std::string_view path, std::string_view file, std::string_view type) {
  auto content = embedded_file(file);
  router.add_fast(http::Method::get, path, [content, type](http::Request&) { return http::Response::constant(200, content, type); })
      .produces({type})
      .needs(open_to_all)
      .ranks(rank_of(Rank::vital));
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

std::string page(std::string_view title, const std::string& inside) {
  return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
         escaped(title) +
         "</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
         "td,th{text-align:left;padding:.3rem .8rem .3rem 0;vertical-align:top}code{font-size:.95em}</style><h1>" +
         escaped(title) + "</h1>" + inside + "<p><a href=\"/docs\">The API</a></p></html>";
}

std::string findings_page() {
  std::string rows =
      "<p>What an order check can say. A finding's severity is the default here; an installation may choose another.</p>"
      "<table><tr><th>code<th>check<th>severity<th>means<th>what to do</tr>";
  for (const auto& rule : validation::finding_rules())
    rows += "<tr><td><code>" + escaped(rule.code) + "</code><td>" + escaped(rule.check) + "<td>" + escaped(to_text(rule.severity)) +
            "<td>" + escaped(rule.means) + "<td>" + escaped(rule.todo) + "</tr>";
  return page("Findings", rows + "</table>");
}

std::string problems_page() {
  std::string rows = "<table><tr><th>status<th>code<th>means</tr>";
  for (const auto& row : http::problem_codes())
    rows += "<tr><td>" + std::to_string(row.status) + "<td><a href=\"/problems/" + std::string(row.code) + "\"><code>" +
            std::string(row.code) + "</code></a><td>" + escaped(row.title) + "</tr>";
  return page("Problems", rows + "</table>");
}

http::Response problem_page(http::Request& request) {
  auto code = request.param("code");
  if (code == "findings") return {200, findings_page(), http::kHtml};
  const auto* row = http::find_problem(code);
  if (!row) return missing(request, "problem " + std::string(code));
  std::string inside = "<p><code>" + std::string(row->code) + "</code>, status " + std::to_string(row->status) + "</p><p>" +
                       escaped(row->meaning) + "</p>" +
                       (row->repeatable ? "<p>Repeat the request after the time that Retry-After says.</p>" : "");
  return {200, page(row->title, inside), http::kHtml};
}

}  // namespace

void add_pages(http::Router& router, const Shared&) {
  add_file(router, "/openapi.json", "schemas/generated/openapi.json", http::kJson);
  add_file(router, "/openapi-3.0.json", "schemas/generated/openapi-3.0.json", http::kJson);
  add_file(router, "/asyncapi.json", "schemas/generated/asyncapi.json", http::kJson);
  add_file(router, "/docs", "src/api/assets/docs.html", http::kHtml);
  router.add_fast(http::Method::get, "/problems", [](http::Request&) { return http::Response(200, problems_page(), http::kHtml); })
      .produces({http::kHtml})
      .needs(open_to_all)
      .ranks(rank_of(Rank::vital));
  router.add_fast(http::Method::get, "/problems/{code}", problem_page)
      .produces({http::kHtml, http::kJson})
      .needs(open_to_all)
      .ranks(rank_of(Rank::vital));
}

}  // namespace crossdock::api
