#include <algorithm>

#include "broker.hpp"

namespace crossdock::kafka {
namespace {

using AdminTest = WithBroker;
CROSSDOCK_BOTH_BROKERS(AdminTest);

TEST_P(AdminTest, CreatesWhatIsMissingOnceAndListsIt) {
  const auto admin = Admin::open(cluster).value();
  const auto name = "made-" + new_id();
  const auto created = admin->create_missing({{name, 4, 1, {}}}, Deadline::in(20s));
  ASSERT_TRUE(created) << created.fault().message();
  EXPECT_EQ(*created, std::vector<std::string>{name});
  const auto again = admin->create_missing({{name, 4, 1, {}}}, Deadline::in(20s));
  ASSERT_TRUE(again) << again.fault().message();
  EXPECT_TRUE(again->empty());
  const auto topics = admin->topics(Deadline::in(10s));
  ASSERT_TRUE(topics) << topics.fault().message();
  const auto found = std::find_if(topics->begin(), topics->end(), [&](const Topic& t) { return t.name == name; });
  ASSERT_NE(found, topics->end());
  EXPECT_EQ(found->partitions, 4);
  EXPECT_EQ(found->replication, 1);
  EXPECT_EQ(found->without_leader, 0);
}

TEST_P(AdminTest, TooFewPartitionsAreAFaultAndNotAdded) {
  const auto name = make_topic(2);
  const auto admin = Admin::open(cluster).value();
  const auto made = admin->create_missing({{name, 6, 1, {}}}, Deadline::in(20s));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.fault().code(), "kafka_topic");
}

TEST_P(AdminTest, SettingsOfATopicCanBeReadAndATopicDeleted) {
  if (GetParam() == Kind::in_process) GTEST_SKIP() << "the in-process broker knows no admin requests";
  const auto admin = Admin::open(cluster).value();
  const auto name = "set-" + new_id();
  ASSERT_TRUE(admin->create_missing({{name, 1, 1, {{"cleanup.policy", "compact"}, {"min.insync.replicas", "1"}}}}, Deadline::in(20s)));
  const auto config = admin->topic_config(name, Deadline::in(10s));
  ASSERT_TRUE(config) << config.fault().message();
  EXPECT_EQ(config->at("cleanup.policy"), "compact");
  EXPECT_EQ(config->at("min.insync.replicas"), "1");
  ASSERT_TRUE(admin->delete_topic(name, Deadline::in(10s)));
  EXPECT_FALSE(admin->topic_config(name, Deadline::in(10s)));
}

TEST(AdminOutageTest, WithoutABrokerEveryCallEndsByItsDeadline) {
  const auto admin = Admin::open({.brokers = "127.0.0.1:1"}).value();
  const auto begin = Clock::now();
  const auto topics = admin->topics(Deadline::in(300ms));
  ASSERT_FALSE(topics);
  EXPECT_EQ(topics.fault().kind(), FaultKind::unavailable);
  EXPECT_FALSE(admin->create_missing({{"t", 1, 1, {}}}, Deadline::in(300ms)));
  EXPECT_FALSE(admin->topic_config("t", Deadline::in(300ms)));
  EXPECT_LT(Clock::now() - begin, 6s);
}

TEST(MockBrokerTest, SeveralBrokersServeAndOneMayGoDown) {
  const auto mock = MockBroker::start(3).value();
  EXPECT_EQ(std::count(mock->bootstrap().begin(), mock->bootstrap().end(), ','), 2);
  ASSERT_TRUE(mock->create({"t", 3, 3, {}}));
  const auto admin = Admin::open({.brokers = mock->bootstrap()}).value();
  const auto topics = admin->topics(Deadline::in(10s));
  ASSERT_TRUE(topics) << topics.fault().message();
  ASSERT_EQ(topics->size(), 1U);
  EXPECT_EQ(topics->at(0).replication, 3);
  ASSERT_TRUE(mock->set_down(1, true));
  ASSERT_TRUE(mock->set_down(1, false));
  EXPECT_FALSE(mock->create({"t", 3, 3, {}})) << "a name is given once";
}

}  // namespace
}  // namespace crossdock::kafka
