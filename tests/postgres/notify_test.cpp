#include "postgres/notify.hpp"

#include <map>
#include <mutex>
#include <thread>

#include "crossdock/base/deadline.hpp"
#include "database.hpp"

namespace crossdock::postgres {
namespace {

/// Counts wake-ups by channel and payload.
class Heard {
 public:
  void operator()(std::string_view channel, std::string_view payload) {
    const std::lock_guard lock(mutex_);
    ++count_[{std::string(channel), std::string(payload)}];
  }
  int count(const std::string& channel, const std::string& payload) {
    const std::lock_guard lock(mutex_);
    return count_[{channel, payload}];
  }
  bool wait_for(const std::string& channel, const std::string& payload, int count, std::chrono::milliseconds limit = 10s) {
    for (const auto deadline = Deadline::in(limit); this->count(channel, payload) < count; std::this_thread::sleep_for(5ms)) {
      if (deadline.passed()) return false;
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, int> count_;
};

using NotifyTest = WithDatabase;

TEST_F(NotifyTest, AWakeUpReachesTheListener) {
  Heard heard;
  const auto channel = "Wake \"" + schema_;  // needs quoting
  const auto listener = Listener::start(settings(), {channel, "other"}, std::ref(heard)).value();
  ASSERT_TRUE(heard.wait_for(channel, "", 1)) << "connected: each channel is reported once";
  EXPECT_TRUE(listener->connected());
  const auto notifier = Notifier::start(settings(), "it's me").value();
  notifier->wake(channel);
  ASSERT_TRUE(heard.wait_for(channel, "it's me", 1));
  EXPECT_EQ(heard.count("other", "it's me"), 0);
}

TEST_F(NotifyTest, AFloodOfWakeUpsIsFewRoundTripsAndTheLastOneIsNotLost) {
  Heard heard;
  const auto listener = Listener::start(settings(), {schema_}, std::ref(heard)).value();
  ASSERT_TRUE(heard.wait_for(schema_, "", 1));
  const auto notifier = Notifier::start(settings(), "x").value();
  const auto begin = Clock::now();
  for (int i = 0; i < 20'000; ++i) {
    notifier->wake(schema_);
    if (i % 200 == 0) std::this_thread::sleep_for(1ms);
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
  std::this_thread::sleep_for(100ms);
  EXPECT_GE(notifier->sent(), 2U);
  EXPECT_LE(notifier->sent(), static_cast<std::size_t>(took / 5 + 3)) << "at most one per 5 ms";
  const int before = heard.count(schema_, "x");
  notifier->wake(schema_);
  EXPECT_TRUE(heard.wait_for(schema_, "x", before + 1));
}

TEST_F(NotifyTest, BothComeBackAfterTheirConnectionsAreCut) {
  Heard heard;
  const auto listener = Listener::start(settings(), {schema_}, std::ref(heard)).value();
  const auto notifier = Notifier::start(settings(), "x").value();
  notifier->wake(schema_);
  ASSERT_TRUE(heard.wait_for(schema_, "", 1));
  run("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and"
      " application_name in ('crossdock/listen', 'crossdock/notify') and query like '%" +
      schema_ + "%'");
  ASSERT_TRUE(heard.wait_for(schema_, "", 2)) << "a reconnect reports each channel, because a wake-up may have been missed";
  const int before = heard.count(schema_, "x");
  notifier->wake(schema_);
  EXPECT_TRUE(heard.wait_for(schema_, "x", before + 1)) << "the notifier keeps what it could not send";
}

TEST(NotifyOutageTest, StartsAndStopsWithoutADatabase) {
  Settings settings;
  settings.connection = "postgresql://nobody@127.0.0.1:1/none";
  const auto begin = Clock::now();
  {
    const auto listener = Listener::start(settings, {"a"}, [](std::string_view, std::string_view) {}).value();
    const auto notifier = Notifier::start(settings).value();
    notifier->wake("a");
    std::this_thread::sleep_for(200ms);
    EXPECT_FALSE(listener->connected());
    EXPECT_EQ(notifier->sent(), 0U);
  }
  EXPECT_LT(Clock::now() - begin, 3s);
  settings.connection = "nonsense";
  EXPECT_FALSE(Notifier::start(settings));
}

}  // namespace
}  // namespace crossdock::postgres
