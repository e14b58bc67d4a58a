// Runs cases/*.txt over real sockets; cases/README.md says how a case is written.
#include <gtest/gtest.h>

#include "cases.hpp"
#include "crossdock/base/json.hpp"
#include "raw_client.hpp"
#include "test_server.hpp"

namespace crossdock::http {
namespace {

void expect_well_formed(const RawAnswer& answer, bool head) {
  if (answer.status < 200) return;
  EXPECT_TRUE(answer.headers.count("date"));
  EXPECT_TRUE(answer.headers.count("x-correlation-id"));
  EXPECT_EQ(answer.headers.count("content-length"), answer.status == 204 ? 0u : 1u);
  EXPECT_EQ(answer.headers.count("allow"), answer.status == 204 || answer.status == 405 ? 1u : 0u);
  if (answer.status < 400 || head) return;
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  json::Document problem;
  ASSERT_FALSE(problem.parse(answer.body)) << answer.body;
  EXPECT_EQ(problem.root().find("status")->text(), std::to_string(answer.status));
  EXPECT_EQ(problem.root().find("correlation_id")->text(), answer.headers.at("x-correlation-id"));
}

class RawRequest : public testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() { server_ = new TestServer; }
  static void TearDownTestSuite() {
    EXPECT_TRUE(server_->troubles().empty()) << server_->troubles().front();
    delete server_;
  }
  static TestServer* server_;
};
TestServer* RawRequest::server_ = nullptr;

TEST_P(RawRequest, is_answered_as_wanted) {
  const Case& want = GetParam();
  RawClient client(server_->port());
  client.send(want.bytes);
  for (int status : want.statuses) {
    auto answer = client.answer(want.head);
    ASSERT_TRUE(answer) << "no answer instead of " << status;
    EXPECT_EQ(answer->status, status) << answer->body;
    expect_well_formed(*answer, want.head);
  }
  if (want.open) {
    client.send("GET /hello HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n");
    auto answer = client.answer();
    ASSERT_TRUE(answer) << "the connection did not stay open";
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "\"hello\"");
  }
  client.finish();
  EXPECT_TRUE(client.closed()) << "more came, or the connection stayed open: " << client.unread();
}

INSTANTIATE_TEST_SUITE_P(Cases, RawRequest, testing::ValuesIn(read_cases()), [](const auto& info) { return info.param.name; });

// The same cases cut into single bytes: what the server says may not depend on how the network cuts a request.
TEST_F(RawRequest, in_single_bytes_is_answered_the_same) {
  int run = 0;
  for (const Case& want : read_cases()) {
    if (want.bytes.size() > 600) continue;
    SCOPED_TRACE(want.name);
    RawClient client(server_->port());
    for (char byte : want.bytes) {
      if (!client.send(std::string_view(&byte, 1))) break;
    }
    for (int status : want.statuses) {
      auto answer = client.answer(want.head);
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->status, status);
    }
    ++run;
  }
  EXPECT_GT(run, 150);
}

}  // namespace
}  // namespace crossdock::http
