// Who is refused first: the rule as a table, every route's rank, and the answer on the wire.
#include "api/shedding.hpp"

#include <gtest/gtest.h>

#include "edge.hpp"

namespace crossdock::api {
namespace {

TEST(Shedding, refuses_bulk_first_and_vital_calls_never) {
  struct Row {
    Load load;
    std::string_view refused;  ///< initials of the ranks: b, p, o
  };
  const Fill idle{0, 20'000};
  const Row table[] = {
      {{{0, 1'000}, idle, idle}, ""},
      {{{599, 1'000}, idle, idle}, ""},
      {{{600, 1'000}, idle, idle}, "b"},
      {{{799, 1'000}, idle, idle}, "b"},
      {{{800, 1'000}, idle, idle}, "bp"},
      {{{999, 1'000}, idle, idle}, "bp"},
      {{{1'000, 1'000}, idle, idle}, "bpo"},
      {{{5'000, 1'000}, idle, idle}, "bpo"},
      // The line in which orders wait counts like the cap.
      {{{0, 1'000}, {11'999, 20'000}, idle}, ""},
      {{{0, 1'000}, {12'000, 20'000}, idle}, "b"},
      {{{0, 1'000}, {16'000, 20'000}, idle}, "bp"},
      {{{0, 1'000}, {20'000, 20'000}, idle}, "bpo"},
      // A full line of imports refuses imports, and nothing else.
      {{{0, 1'000}, idle, {12'000, 20'000}}, "b"},
      {{{0, 1'000}, idle, {20'000, 20'000}}, "b"},
      // One call at a time, and none.
      {{{0, 1}, idle, idle}, ""},
      {{{1, 1}, idle, idle}, "bpo"},
      {{{0, 0}, idle, idle}, "bpo"},
  };
  for (const auto& row : table) {
    std::string got;
    for (Rank rank : {Rank::bulk, Rank::promises, Rank::orders, Rank::vital})
      if (sheds(rank, row.load)) got += word_of(rank)[0];
    EXPECT_EQ(got, row.refused) << row.load.calls.used << " calls, " << row.load.orders.used << " orders, " << row.load.documents.used
                                << " documents";
  }
}

// As much as is refused of a rank is refused of all before it, whatever the figures are.
TEST(Shedding, keeps_the_order_of_ranks_everywhere) {
  for (std::size_t calls = 0; calls <= 120; calls += 10)
    for (std::size_t orders = 0; orders <= 120; orders += 10)
      for (std::size_t documents = 0; documents <= 120; documents += 10) {
        Load load{{calls, 100}, {orders, 100}, {documents, 100}};
        EXPECT_GE(sheds(Rank::bulk, load), sheds(Rank::promises, load));
        EXPECT_GE(sheds(Rank::promises, load), sheds(Rank::orders, load));
        EXPECT_FALSE(sheds(Rank::vital, load));
      }
}

/// The rank that a call of the contract has.
Rank wanted_rank(const http::Route& route) {
  const auto& path = route.pattern;
  auto under = [&path](std::string_view prefix) { return path.starts_with(prefix); };
  if (!under("/v1/")) return Rank::vital;
  if (under("/v1/availability") || path == "/v1/orders/validate") return Rank::promises;
  if (path == "/v1/orders" && route.method == http::Method::get) return Rank::bulk;
  if (under("/v1/orders") || under("/v1/reservations") || under("/v1/shipments")) return Rank::orders;
  return Rank::bulk;
}

TEST(Shedding, gives_every_route_its_rank) {
  Unstarted unstarted{Settings{}};
  auto router = unstarted.api().api_router();
  for (const auto& route : router.routes())
    EXPECT_EQ(static_cast<Rank>(route.rank), wanted_rank(route)) << http::method_name(route.method) << " " << route.pattern;
}

TEST(Shedding, answers_overloaded_with_the_time_to_wait) {
  Settings settings;
  settings.authenticate = false;
  settings.in_flight = 0;  // everything is too much
  Edge edge(std::move(settings));
  struct Row {
    std::string head, body, wait;
  };
  const std::string json = " HTTP/1.1\r\nContent-Type: application/json";
  const Row table[] = {
      {"GET /v1/orders HTTP/1.1", "", "5"},
      {"POST /v1/items/import" + json, "[]", "5"},
      {"POST /v1/inventory/events" + json, R"({"events":[]})", "5"},
      {"POST /v1/availability/check" + json, R"({"lines":[]})", "2"},
      {"POST /v1/orders/validate" + json, "{}", "2"},
      {"POST /v1/orders" + json, "{}", "1"},
      {"POST /v1/reservations" + json, "{}", "1"},
  };
  for (const auto& row : table) {
    auto answer = edge.call(row.head, row.body);
    ASSERT_TRUE(answer) << row.head;
    EXPECT_EQ(answer->status, 503) << row.head;
    EXPECT_EQ(answer->headers["retry-after"], row.wait) << row.head;
    EXPECT_EQ(nlohmann::json::parse(answer->body)["code"], "overloaded") << row.head;
  }
  EXPECT_EQ(edge.call("GET /openapi.json HTTP/1.1")->status, 200) << "vital";
}

}  // namespace
}  // namespace crossdock::api
