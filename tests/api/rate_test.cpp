// The rate of a client: the bucket by itself, and what a refused caller is told.
#include <gtest/gtest.h>

#include "crossdock/base/bucket.hpp"
#include "edge.hpp"

namespace crossdock::api {
namespace {

using namespace std::chrono_literals;

TEST(Bucket, gives_so_many_at_once_and_then_evenly) {
  Bucket bucket({10, 1'000ms});
  Clock::time_point now{1h};
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.take(now).granted) << i;
  auto refused = bucket.take(now);
  EXPECT_FALSE(refused.granted);
  EXPECT_GT(refused.wait, 99ms);
  EXPECT_LE(refused.wait, 102ms);
  EXPECT_FALSE(bucket.take(now + 99ms).granted);
  EXPECT_TRUE(bucket.take(now + 101ms).granted);
  EXPECT_FALSE(bucket.take(now + 101ms).granted);
  int after_a_rest = 0;
  while (bucket.take(now + 1h).granted) ++after_a_rest;
  EXPECT_EQ(after_a_rest, 10) << "what was not used does not pile up";
}

/// Who may wait takes the tokens to come, one after the other; who may not gets none of them.
TEST(Bucket, lets_wait_in_turn) {
  Bucket bucket({2, 1'000ms});
  Clock::time_point now{1h};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(bucket.take(now, 5s).wait, 0ms);
  std::chrono::milliseconds before{0};
  for (int i = 1; i <= 4; ++i) {
    auto taken = bucket.take(now, 5s);
    EXPECT_TRUE(taken.granted);
    EXPECT_GE(taken.wait, before + 499ms);
    EXPECT_LE(taken.wait, i * 501ms);
    before = taken.wait;
  }
  EXPECT_FALSE(bucket.take(now, 2'400ms).granted) << "the next one comes after 2.5 s";
  EXPECT_FALSE(bucket.take(now + 1s).granted) << "these are taken already";
  EXPECT_TRUE(bucket.take(now + 2'600ms).granted);
}

TEST(RateLimit, of_one_client_is_told_in_its_headers_and_is_no_others) {
  Settings settings;
  for (const char* name : {"quick", "other"}) settings.clients.push_back(client(name, {"availability.read"}));
  settings.clients.front().rate = Rate{3, 60'000ms};
  Edge edge(std::move(settings));
  auto ask = [&edge](const std::string& who) {
    return edge.call("GET /v1/availability?sku=A HTTP/1.1\r\nX-Api-Key: " + key_of_client(who));
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("quick")->status, 404) << "the item is not there, and the call was let through";
  auto refused = ask("quick");
  ASSERT_EQ(refused->status, 429);
  EXPECT_EQ(refused->headers.at("ratelimit-policy"), "\"default\";q=3");
  int wait = std::stoi(refused->headers.at("retry-after"));
  EXPECT_TRUE(wait >= 18 && wait <= 21) << wait;
  EXPECT_EQ(refused->headers.at("ratelimit"), "\"default\";r=0;t=" + std::to_string(wait));
  EXPECT_EQ(nlohmann::json::parse(refused->body)["code"], "rate_limited");
  EXPECT_EQ(ask("other")->status, 404);
}

}  // namespace
}  // namespace crossdock::api
