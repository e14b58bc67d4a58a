// Runs cases/*.txt over real sockets; cases/README.md says how a case is written.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crossdock/base/json.hpp"
#include "raw_client.hpp"
#include "test_server.hpp"

namespace crossdock::http {
namespace {

struct Case {
  std::string name;
  std::vector<int> statuses;
  bool open = false;
  bool head = false;
  std::string bytes;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    char c = text[++i];
    if (c == 'x') {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c == '0' ? '\0' : c;
    }
  }
  return out;
}

std::string expanded(std::string text) {
  for (std::size_t begin; (begin = text.find("<<")) != std::string::npos;) {
    auto end = text.find(">>", begin), star = text.rfind('*', end);
    std::string piece = text.substr(begin + 2, star - begin - 2), all;
    for (int n = std::stoi(text.substr(star + 1, end - star - 1)); n > 0; --n) all += piece;
    text.replace(begin, end + 2 - begin, all);
  }
  return text;
}

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  for (const auto& file : std::filesystem::directory_iterator(CROSSDOCK_ROOT "/tests/http/cases")) {
    if (file.path().extension() != ".txt") continue;
    std::ifstream in(file.path());
    for (std::string line; std::getline(in, line);) {
      if (line.rfind("== ", 0) == 0) {
        cases.emplace_back().name = file.path().stem().string() + "_" + line.substr(3);
        for (char& c : cases.back().name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
      } else if (line.rfind("want ", 0) == 0) {
        std::istringstream words(line.substr(5));
        for (std::string word; words >> word;) {
          if (std::isdigit(static_cast<unsigned char>(word[0]))) cases.back().statuses.push_back(std::stoi(word));
          cases.back().open = cases.back().open || word == "open";
          cases.back().head = cases.back().head || word == "head";
        }
      } else {
        cases.back().bytes += line;
      }
    }
  }
  for (auto& c : cases) c.bytes = unescaped(expanded(c.bytes));
  return cases;
}

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
