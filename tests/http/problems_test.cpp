#include "http/problems.hpp"

#include <gtest/gtest.h>

#include <set>

#include "crossdock/base/json.hpp"
#include "http/writer.hpp"

namespace crossdock::http {
namespace {

TEST(Problem, has_all_that_the_contract_says) {
  Mistakes mistakes;
  mistakes.push_back(Mistake{"/lines/0/sk", "unknown_field", "no such field", "sku"});
  auto problem = Problem("insufficient_stock", "line 1 asks for 5, 3 are left").errors(std::move(mistakes));
  auto fuller = std::move(problem)
                    .error(Mistake{"/lines/1", "insufficient_stock", "short", ""}, R"("available":"3","version":17)")
                    .member("decision", "\"reject\"");
  Response response = std::move(fuller).response("c-1", "https://docs.example");
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.code, "insufficient_stock");
  EXPECT_EQ(response.content_type, kProblem);
  EXPECT_EQ(response.body,
            R"({"type":"https://docs.example/problems/insufficient_stock","title":"There is not enough stock","status":409,)"
            R"("detail":"line 1 asks for 5, 3 are left","code":"insufficient_stock","correlation_id":"c-1","errors":[)"
            R"({"pointer":"/lines/0/sk","code":"unknown_field","detail":"no such field","suggestion":"sku"},)"
            R"({"pointer":"/lines/1","code":"insufficient_stock","detail":"short","available":"3","version":17}],"decision":"reject"})");
}

TEST(Problem, repeatable_ones_always_say_when) {
  for (const auto& row : problem_codes()) {
    Response response = Problem(row.code, "x").response("c");
    EXPECT_EQ(response.status, row.status);
    EXPECT_EQ(!response.headers.empty(), row.repeatable) << row.code;
    for (const auto& header : response.headers) EXPECT_EQ(header.first, "Retry-After");
  }
  Response response = Problem("not_ready", "x").retry_after(std::chrono::seconds(7)).response("c");
  EXPECT_EQ(response.headers[0].second, "7");
}

TEST(Problem, an_unknown_code_is_a_defect) {
  Response response = Problem("no_such_code", "x").response("c");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.code, "internal_error");
}

TEST(ProblemCodes, are_distinct_and_explained) {
  std::set<std::string_view> seen;
  for (const auto& row : problem_codes()) {
    EXPECT_TRUE(seen.insert(row.code).second) << row.code;
    EXPECT_FALSE(row.title.empty());
    EXPECT_FALSE(row.meaning.empty());
  }
  EXPECT_EQ(seen.size(), 26u);
}

TEST(Writer, a_header_value_cannot_split_the_response) {
  std::string out;
  Response response(200, "x", kText);
  response.with("Location", "/a\r\nSet-Cookie: b");
  append_response(out, response, Envelope{"D", "c", false, false, false}, true);
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 1\r\nX-Correlation-Id: c\r\n"
            "Location: /a  Set-Cookie: b\r\n\r\nx");
}

TEST(Writer, dates) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(1'795'514'400), "Tue, 24 Nov 2026 10:00:00 GMT");
}

}  // namespace
}  // namespace crossdock::http
