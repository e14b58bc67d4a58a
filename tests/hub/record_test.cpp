// cases/<name>: in.json (a record: key, headers, body or text; what is special about its feed), want.json (what it is read as; of an
// unusable one the reason, a part of the detail, and the position that becomes suspect).
#include "hub/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crossdock/base/json.hpp"

namespace crossdock::hub {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<fs::path> cases() {
  std::vector<fs::path> all;
  for (const auto& folder : fs::directory_iterator(fs::path(CROSSDOCK_ROOT) / "tests/hub/cases")) all.push_back(folder.path());
  std::sort(all.begin(), all.end());
  return all;
}

std::string text_at(json::View object, std::string_view name) {
  auto member = object.find(name);
  return member ? std::string(member->text()) : std::string();
}

void set_flag(json::View feed, std::string_view name, bool& flag) {
  if (auto member = feed.find(name)) flag = member->boolean();
}

FeedSettings feed_of(json::View in) {
  FeedSettings feed;
  feed.system = "wms";
  feed.name = "inventory";
  feed.topic = "wms.inventory.v1";
  auto special = in.find("feed");
  if (!special) return feed;
  set_flag(*special, "any_source", feed.any_source);
  set_flag(*special, "takes_inventory", feed.takes_inventory);
  set_flag(*special, "takes_shipments", feed.takes_shipments);
  if (auto locations = special->find("locations")) {
    feed.any_location = false;
    for (auto one : locations->children()) feed.locations.emplace_back(one.text());
  }
  return feed;
}

ledger::FeedOrigin record_of(json::View in) {
  ledger::FeedOrigin from;
  from.feed = "wms.inventory";
  from.topic = "wms.inventory.v1";
  from.offset = 42;
  from.record_key = text_at(in, "key");
  for (auto header : in.find("headers")->children()) {
    std::vector<std::string> pair;
    for (auto part : header.children()) pair.emplace_back(part.text());
    from.headers.emplace_back(pair.at(0), pair.at(1));
  }
  auto body = in.find("body");
  if (body)
    json::append_canonical(*body, from.body);
  else
    from.body = text_at(in, "text");
  return from;
}

std::string read_as(const Record& record) {
  if (record.unusable) return record.stock || record.ship ? "two things at once" : "unusable";
  if (record.stock) return record.ship ? "two things at once" : "stock";
  return record.ship ? "shipment" : "nothing";
}

std::string suspect_of(const Record& record) {
  return record.mark ? record.mark->key.sku + "@" + record.mark->key.location : std::string();
}

class RecordCases : public testing::TestWithParam<fs::path> {};
INSTANTIATE_TEST_SUITE_P(Cases, RecordCases, testing::ValuesIn(cases()), [](const auto& info) { return info.param.filename().string(); });

TEST_P(RecordCases, IsReadAsWanted) {
  json::Document in, want;
  ASSERT_FALSE(in.parse(text_of(GetParam() / "in.json")));
  ASSERT_FALSE(want.parse(text_of(GetParam() / "want.json")));
  HubMemory memory;
  auto record = read_record(feed_of(in.root()), record_of(in.root()), memory);
  EXPECT_EQ(read_as(record), text_at(want.root(), "is"));
  EXPECT_EQ(record.origin().offset, 42);
  EXPECT_EQ(record.unusable ? record.why().reason : "", text_at(want.root(), "reason"));
  if (record.unusable) {
    EXPECT_THAT(record.why().detail, testing::HasSubstr(text_at(want.root(), "detail")));
  }
  EXPECT_EQ(suspect_of(record), text_at(want.root(), "suspect"));
  EXPECT_EQ(record.request() != nullptr, !record.unusable || record.mark) << "what can be decided is";
  if (auto causation = text_at(want.root(), "causation"); !causation.empty()) {
    EXPECT_EQ(record.stock->origin.causation_id, causation);
  }
  if (auto correlation = text_at(want.root(), "correlation"); !correlation.empty()) {
    EXPECT_EQ(record.stock->origin.correlation_id, correlation);
  }
}

TEST(RecordTest, BuriedItKeepsItsBytesAndSaysWhy) {
  ledger::FeedOrigin from;
  from.feed = "wms.inventory";
  from.topic = "wms.inventory.v1";
  from.partition = 3;
  from.offset = 99;
  from.record_key = "E|A";
  from.headers = {{"h", "1"}, {"h", "2"}};
  from.body = std::string("\0not json", 9);
  const ledger::Rules rules;
  ledger::World world(Instant::now(), rules, nullptr);
  bury(world, from, {"malformed_json", "at byte 0"});
  ASSERT_EQ(world.outgoing.size(), 1U);
  const auto& dead = world.outgoing.front();
  EXPECT_EQ(dead.topic, "wms.inventory.v1.dlq");
  EXPECT_EQ(dead.lane, "wms.inventory.v1/3") << "dead letters of a partition keep their order";
  EXPECT_EQ(dead.key, from.record_key);
  EXPECT_EQ(dead.body, from.body);
  EXPECT_THAT(dead.headers,
              testing::ElementsAre(testing::Pair("h", "1"), testing::Pair("h", "2"), testing::Pair("cd_reason", "malformed_json"),
                                   testing::Pair("cd_detail", "at byte 0"), testing::Pair("cd_topic", "wms.inventory.v1"),
                                   testing::Pair("cd_partition", "3"), testing::Pair("cd_offset", "99")));
}

TEST(RecordTest, WhatCameFromNoTopicBecomesAnException) {
  ledger::FeedOrigin from;
  from.feed = "api";
  from.body = "{}";
  const ledger::Rules rules;
  ledger::World world(Instant::now(), rules, nullptr);
  bury(world, from, {"parent_missing", "no item"});
  EXPECT_TRUE(world.outgoing.empty());
  ASSERT_EQ(world.exceptions.size(), 1U);
  EXPECT_EQ(world.exceptions.front().reason, "parent_missing");
}

TEST(RecordTest, AMistakeInEveryMemberStillGivesADetailOfBoundedLength) {
  std::string body = R"({"kind":"snapshot")";
  for (int i = 0; i < 500; ++i) body += ",\"unknown_member_" + std::to_string(i) + "\":1";
  ledger::FeedOrigin from;
  from.body = body + "}";
  HubMemory memory;
  auto record = read_record(FeedSettings{}, from, memory);
  ASSERT_TRUE(record.unusable);
  EXPECT_LT(record.why().detail.size(), 3'000U);
}

}  // namespace
}  // namespace crossdock::hub
