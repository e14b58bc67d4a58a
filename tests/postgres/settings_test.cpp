#include "postgres/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "postgres/failure.hpp"

namespace crossdock::postgres {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string written(const std::string& connection) {
  Settings settings;
  settings.connection = connection;
  const auto out = connection_string(settings);
  return out ? *out : "fault: " + out.fault().code();
}

TEST(SettingsTest, AUrlBecomesKeysWithTheLimitsAdded) {
  const auto out = written("postgresql://hub:s3cr%27et@db.example:6432/cross?sslmode=require");
  EXPECT_THAT(out, HasSubstr("user='hub'"));
  EXPECT_THAT(out, HasSubstr("password='s3cr\\'et'"));
  EXPECT_THAT(out, HasSubstr("host='db.example'"));
  EXPECT_THAT(out, HasSubstr("port='6432'"));
  EXPECT_THAT(out, HasSubstr("sslmode='require'"));
  EXPECT_THAT(out, HasSubstr("tcp_user_timeout='10000'"));
  EXPECT_THAT(out, HasSubstr("application_name='crossdock'"));
  EXPECT_THAT(out, HasSubstr("idle_in_transaction_session_timeout=30000"));
  EXPECT_THAT(out, HasSubstr("lock_timeout=2000"));
}

TEST(SettingsTest, WhatTheConnectionStringSaysWins) {
  const auto out = written("host=/tmp dbname=x tcp_user_timeout=1 application_name=mine options='-c lock_timeout=9'");
  EXPECT_THAT(out, HasSubstr("tcp_user_timeout='1'"));
  EXPECT_THAT(out, HasSubstr("application_name='mine'"));
  EXPECT_GT(out.find("lock_timeout=9"), out.find("lock_timeout=2000")) << "the server takes the last one";
}

TEST(SettingsTest, WhatDoesNotParseIsAFaultThatShowsNoSecret) {
  for (const std::string bad : {"postgresql://u:hunter2@[::1", "host=a nonsense", "nosuchkey=hunter2"}) {
    Settings settings;
    settings.connection = bad;
    const auto out = connection_string(settings);
    ASSERT_FALSE(out) << bad;
    EXPECT_EQ(out.fault().code(), "postgres_url");
    EXPECT_THAT(out.fault().message(), Not(HasSubstr("hunter2")));
  }
}

TEST(SettingsTest, RedactedKeepsAllButThePassword) {
  const auto out = redacted("postgresql://hub:hunter2@db.example/cross");
  EXPECT_THAT(out, HasSubstr("db.example"));
  EXPECT_THAT(out, Not(HasSubstr("hunter2")));
}

TEST(SettingsTest, ARoleAppearsInTheName) { EXPECT_EQ(Settings{}.as("capture").application_name, "crossdock/capture"); }

TEST(FailureTest, SqlstatesMeanWhatTheProtocolsSay) {
  const std::vector<std::pair<std::string, FailureKind>> table{
      {"22003", FailureKind::data},  {"23505", FailureKind::data},  {"40001", FailureKind::retry}, {"40P01", FailureKind::retry},
      {"55P03", FailureKind::retry}, {"57014", FailureKind::retry}, {"53100", FailureKind::retry}, {"08006", FailureKind::lost},
      {"57P01", FailureKind::lost},  {"25P03", FailureKind::lost},  {"40003", FailureKind::lost},  {"42P01", FailureKind::other},
      {"25P02", FailureKind::other}, {"", FailureKind::other},
  };
  for (const auto& [sqlstate, kind] : table) EXPECT_EQ(kind_of(sqlstate), kind) << sqlstate;
  EXPECT_EQ(classify(std::runtime_error("x")).kind, FailureKind::other);
  EXPECT_EQ(classify(std::runtime_error("x"), false).kind, FailureKind::lost);
  EXPECT_EQ(as_fault({FailureKind::data, "23505", "m", false}).kind(), FaultKind::invalid);
  EXPECT_TRUE(as_fault({FailureKind::lost, "", "m", true}).worth_retrying());
  EXPECT_FALSE(as_fault({FailureKind::other, "42P01", "m", false}).worth_retrying());
}

}  // namespace
}  // namespace crossdock::postgres
