// Questions to other systems, against a server that does as it is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "../http/scripted_peer.hpp"
#include "hub/answers.hpp"
#include "runtime/loops.hpp"

namespace crossdock::hub {
namespace {

using namespace std::chrono_literals;
using http::ScriptedPeer;
using validation::AnswerStatus;
using Credit = validation::Answer<validation::CreditFacts>;
using Method = validation::Answer<validation::MethodFacts>;

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}
std::string status(int code) { return "HTTP/1.1 " + std::to_string(code) + " No\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"; }

OrderRequest order() {
  OrderRequest out;
  out.source = "shop";
  out.order_number = "W 1/2";
  out.customer = "C&1";
  out.currency = "USD";
  out.shipping_method = "EXPRESS";
  OrderLineRequest line;
  line.line = 1;
  line.sku = "A";
  line.quantity = Decimal::of(3);
  line.unit_price = Decimal::of(7);
  out.lines.push_back(line);
  return out;
}

/// A hub's asker on a loop of its own; the system answers at `url`.
class Asking {
 public:
  explicit Asking(const std::string& url, std::chrono::milliseconds timeout = 10s, std::optional<Rate> rate = {},
                  std::chrono::milliseconds probe_after = 1h)
      : loops_(1) {
    AnswerSettings answer;
    answer.base_url = url;
    answer.path = "/credit/:customer";
    answer.query = {{"amount", ":amount"}, {"number", ":order_number"}};
    answer.token = "the-token";
    answer.timeout = timeout;
    answer.rate = rate;
    answer.system = "erp";
    answer.open_after = 3;
    answer.probe_after = probe_after;
    Settings settings;
    settings.credit = answer;
    answer.path = "/methods/:shipping_method";
    settings.shipping_method = answer;
    shared_ = std::make_shared<Askable>(settings);
    asker_ = std::make_unique<Asker>(loops_.loop(0), shared_, 1);
    loops_.start();
  }
  ~Asking() {
    loops_.stop();
    loops_.join();
  }
  Credit credit(const OrderRequest& about = order(), Clock::duration limit = 10s) {
    return asio::co_spawn(loops_.loop(0), asker_->credit(Question(about, catalog_), Deadline::in(limit)), asio::use_future).get();
  }
  Method method(const OrderRequest& about = order()) {
    return asio::co_spawn(loops_.loop(0), asker_->method(Question(about, catalog_), Deadline::in(10s)), asio::use_future).get();
  }
  CircuitBreaker::State circuit() const { return shared_->credit_circuit->state(); }

 private:
  promise::Catalog catalog_;
  runtime::Loops loops_;
  std::shared_ptr<Askable> shared_;
  std::unique_ptr<Asker> asker_;
};

/// Answers one request a connection, each by the next text; the last one again and again.
ScriptedPeer::Script answering(std::vector<std::string> texts, std::string* asked = nullptr) {
  return [texts, asked](ScriptedPeer::Line& line, int connection) {
    auto request = line.read_request();
    if (asked) *asked = request;
    line.send(texts[std::min(static_cast<std::size_t>(connection), texts.size()) - (connection > 0 ? 1 : 0)]);
  };
}

std::string base(const ScriptedPeer& peer) { return "http://127.0.0.1:" + std::to_string(peer.port()); }

TEST(AskerTest, AsksWithTheOrdersFactsAndItsToken) {
  std::string asked;
  ScriptedPeer peer(answering({ok(R"({"limit":"100","exposure":"20.5","hold":true,"as_of":"2026-01-02T03:04:05Z"})")}, &asked));
  Asking hub(base(peer));
  auto answer = hub.credit();
  EXPECT_EQ(answer.status, AnswerStatus::answered);
  EXPECT_EQ(answer.source, "erp");
  ASSERT_TRUE(answer.facts);
  EXPECT_EQ(answer.facts->exposure, Decimal::parse("20.5").value);
  EXPECT_TRUE(answer.facts->hold);
  EXPECT_EQ(answer.as_of, Instant::parse("2026-01-02T03:04:05Z"));
  EXPECT_THAT(asked, testing::StartsWith("GET /credit/C%261?amount=21&number=W%201%2F2 HTTP/1.1\r\n"));
  EXPECT_THAT(asked, testing::HasSubstr("Authorization: Bearer the-token\r\n"));
}

/// What is no answer: each of these, and then the circuit opens.
TEST(AskerTest, WhatIsNoAnswerIsNone) {
  for (const auto& text :
       {status(500), status(404), status(204), ok("not json"), ok("[]"), ok(R"({"limit":"100"})"), ok(R"({"exposure":"much"})"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"), std::string("nonsense\r\n\r\n")}) {
    ScriptedPeer peer(answering({text}));
    Asking hub(base(peer));
    auto answer = hub.credit();
    EXPECT_EQ(answer.status, AnswerStatus::unavailable) << text;
    EXPECT_FALSE(answer.facts) << text;
  }
}

TEST(AskerTest, ASilentSystemCostsItsTimeAndNoMore) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.hang();
  });
  Asking hub(base(peer), 200ms);
  auto begin = Clock::now();
  auto answer = hub.credit();
  EXPECT_EQ(answer.status, AnswerStatus::timed_out);
  EXPECT_GE(Clock::now() - begin, 200ms);
  EXPECT_LT(Clock::now() - begin, 5s);
  EXPECT_GE(answer.duration_ms, 199);
}

/// The caller's own deadline is shorter than the system's time.
TEST(AskerTest, TheCallersDeadlineEndsTheQuestion) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.hang();
  });
  Asking hub(base(peer));
  auto begin = Clock::now();
  auto answer = hub.credit(order(), 150ms);
  EXPECT_NE(answer.status, AnswerStatus::answered);
  EXPECT_LT(Clock::now() - begin, 5s);
}

TEST(AskerTest, TheCircuitOpensAfterFailuresInARow) {
  ScriptedPeer peer(answering({status(500)}));
  Asking hub(base(peer));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(hub.credit().status, AnswerStatus::unavailable);
  EXPECT_EQ(hub.circuit(), CircuitBreaker::State::open);
  auto before = peer.connections();
  auto answer = hub.credit();
  EXPECT_EQ(answer.status, AnswerStatus::unavailable);
  EXPECT_FALSE(answer.duration_ms) << "nobody was asked";
  EXPECT_EQ(peer.connections(), before) << "an open circuit asks nobody";
}

TEST(AskerTest, AProbeClosesTheCircuit) {
  ScriptedPeer peer(answering({status(500), status(500), status(500), ok(R"({"exposure":"1"})")}));
  Asking hub(base(peer), 10s, {}, 100ms);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(hub.credit().status, AnswerStatus::unavailable);
  std::this_thread::sleep_for(120ms);
  EXPECT_EQ(hub.credit().status, AnswerStatus::answered) << "the probe";
  EXPECT_EQ(hub.circuit(), CircuitBreaker::State::closed);
}

TEST(AskerTest, WithoutAnAnswerTheLastKnownOneComesWithItsAge) {
  ScriptedPeer peer(answering({ok(R"({"exposure":"5","as_of":"2026-01-02T03:04:05Z"})"), status(500)}));
  Asking hub(base(peer));
  EXPECT_EQ(hub.credit().status, AnswerStatus::answered);
  auto answer = hub.credit();
  EXPECT_EQ(answer.status, AnswerStatus::unavailable) << "what is known is not what was answered";
  ASSERT_TRUE(answer.facts);
  EXPECT_EQ(answer.facts->exposure, Decimal::of(5));
  EXPECT_EQ(answer.as_of, Instant::parse("2026-01-02T03:04:05Z"));
  auto other = order();
  other.customer = "C2";
  EXPECT_FALSE(hub.credit(other).facts) << "another customer's is not taken";
}

TEST(AskerTest, AMethodIsAskedForOnlyWhereTheOrderHasOne) {
  std::string asked;
  ScriptedPeer peer(answering({ok(R"({"eligible":false,"reason":"too heavy","max_weight_kg":"30"})")}, &asked));
  Asking hub(base(peer));
  auto answer = hub.method();
  ASSERT_TRUE(answer.facts);
  EXPECT_FALSE(answer.facts->eligible);
  EXPECT_EQ(answer.facts->reason, "too heavy");
  EXPECT_THAT(asked, testing::StartsWith("GET /methods/EXPRESS?"));
  auto without = order();
  without.shipping_method.reset();
  auto before = peer.connections();
  EXPECT_FALSE(hub.method(without).facts);
  EXPECT_EQ(peer.connections(), before);
}

/// Two at once, then one in 2 s: who would come too late is not sent, who has the time waits for its turn.
TEST(AskerTest, ASystemsRateIsKeptTo) {
  ScriptedPeer peer(answering({ok(R"({"exposure":"5","eligible":true})")}));
  Asking hub(base(peer), 10s, Rate{2, 4s});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(hub.credit().status, AnswerStatus::answered);
  auto begin = Clock::now();
  auto refused = hub.credit(order(), 1s);
  EXPECT_LT(Clock::now() - begin, 900ms) << "it is said at once";
  EXPECT_EQ(refused.status, AnswerStatus::unavailable);
  EXPECT_FALSE(refused.duration_ms) << "nobody was asked";
  EXPECT_TRUE(refused.facts) << "what is known is told";
  EXPECT_EQ(peer.connections(), 2);
  EXPECT_EQ(hub.circuit(), CircuitBreaker::State::closed) << "the system has not failed";
  EXPECT_EQ(hub.method().status, AnswerStatus::answered) << "the next token, also for the system's other question";
  EXPECT_GE(Clock::now() - begin, 1s);
  EXPECT_EQ(peer.connections(), 3);
}

/// The negative control: without a rate the same questions go at once.
TEST(AskerTest, WithoutARateNobodyWaits) {
  ScriptedPeer peer(answering({ok(R"({"exposure":"5"})")}));
  Asking hub(base(peer));
  auto begin = Clock::now();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(hub.credit(order(), 1s).status, AnswerStatus::answered);
  EXPECT_LT(Clock::now() - begin, 1s);
  EXPECT_EQ(peer.connections(), 3);
}

/// Nobody listens there: no answer, and at once.
TEST(AskerTest, ASystemThatIsNotThereIsNoAnswer) {
  Asking hub("http://127.0.0.1:1");
  auto begin = Clock::now();
  EXPECT_EQ(hub.credit().status, AnswerStatus::unavailable);
  EXPECT_LT(Clock::now() - begin, 5s);
}

}  // namespace
}  // namespace crossdock::hub
