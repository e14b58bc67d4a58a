// Every folder under cases is a call: in.json goes over a socket, the answer must be as want.json says (cases/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "../support/cases.hpp"
#include "edge.hpp"

namespace crossdock::api {
namespace {

using cases::matches;
using cases::read;
using nlohmann::json;
namespace fs = std::filesystem;

std::vector<std::string> folders() { return cases::folders("api"); }

Settings two_clients() {
  Settings settings;
  settings.clients = {client("shop", all_scopes()), client("reader", {"orders.read"})};
  settings.version = "test";
  return settings;
}

json answered(Edge& edge, const json& in) {
  std::string head = in["call"].get<std::string>() + " HTTP/1.1";
  std::string who = in.value("as", "shop");
  if (!who.empty()) head += "\r\nAuthorization: Bearer " + key_of_client(who);
  json headers = in.value("headers", json::object());
  std::string body = in.contains("text") ? in["text"].get<std::string>() : in.contains("body") ? in["body"].dump() : "";
  if (!body.empty() && !headers.contains("Content-Type")) headers["Content-Type"] = "application/json";
  for (const auto& [name, value] : headers.items()) head += "\r\n" + name + ": " + value.get<std::string>();
  auto answer = edge.call(head, body);
  if (!answer) return json{{"status", 0}};
  auto parsed = json::parse(answer->body, nullptr, false);
  return json{{"status", answer->status}, {"headers", answer->headers}, {"body", parsed.is_discarded() ? json(answer->body) : parsed}};
}

class Case : public testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() { edge_ = new Edge(two_clients()); }
  static void TearDownTestSuite() { delete edge_; }
  static Edge* edge_;
};
Edge* Case::edge_ = nullptr;

TEST_P(Case, is_answered_as_wanted) {
  const auto want = read(GetParam() + "/want.json");
  ASSERT_TRUE(want.contains("status") && want.size() > 1) << "a case says the status, and something of the answer";
  const auto got = answered(*edge_, read(GetParam() + "/in.json"));
  std::string difference;
  EXPECT_TRUE(matches(want, got, "", difference)) << difference << "\n" << got.dump(1);
  if (got["status"] < 400) return;
  EXPECT_EQ(got["headers"]["content-type"], "application/problem+json");
  EXPECT_EQ(got["headers"]["x-correlation-id"], got["body"]["correlation_id"]);
  EXPECT_EQ(got["body"]["type"], "/problems/" + got["body"]["code"].get<std::string>());
  EXPECT_EQ(got["body"]["status"], got["status"]);
  bool waits = got["status"] == 429 || got["status"] == 503 || got["status"] == 504;
  EXPECT_EQ(got["headers"].contains("retry-after"), waits);
}

std::string name_of(const testing::TestParamInfo<std::string>& info) { return fs::path(info.param).filename().string(); }

INSTANTIATE_TEST_SUITE_P(Api, Case, testing::ValuesIn(folders()), name_of);

// Negative controls: the comparison sees another status, another header, an error more and an error less.
TEST_F(Case, negative_control_a_wrong_want_fails) {
  const std::string folder = std::string(CROSSDOCK_ROOT) + "/tests/api/cases/order_lists_every_mistake";
  const auto got = answered(*edge_, read(folder + "/in.json"));
  const auto want = read(folder + "/want.json");
  std::string difference;
  ASSERT_TRUE(matches(want, got, "", difference)) << difference;
  auto changed = [&](const char* pointer, const json& value) {
    json other = want;
    other[json::json_pointer(pointer)] = value;
    return matches(other, got, "", difference);
  };
  EXPECT_FALSE(changed("/status", 422));
  EXPECT_FALSE(changed("/body/code", "malformed_json"));
  EXPECT_FALSE(changed("/body/errors/0/pointer", "/elsewhere"));
  EXPECT_FALSE(changed("/headers", json{{"retry-after", "1"}}));
  json fewer = want;
  fewer["body"]["errors"].erase(0);
  EXPECT_FALSE(matches(fewer, got, "", difference));
}

}  // namespace
}  // namespace crossdock::api
