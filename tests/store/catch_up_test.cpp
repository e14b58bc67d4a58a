// Before something is said not to exist, memory catches up with what other instances have committed.
#include <future>
#include <memory>
#include <optional>

#include "following.hpp"

namespace crossdock::store {
namespace {

std::future<bool> news_of(Follower& follower, Clock::duration within) {
  auto told = std::make_shared<std::promise<bool>>();
  follower.catch_up(Deadline::in(within), [told](bool all) { told->set_value(all); });
  return told->get_future();
}

bool ready(std::future<bool>& told, Clock::duration within = std::chrono::seconds(10)) {
  return told.wait_for(within) == std::future_status::ready;
}

/// A commit of another instance that wakes nobody: who catches up has it, who does not (the control) has not.
TEST_F(Following, who_catches_up_has_what_was_committed_before) {
  Recorder memory;
  Follower follower(db().settings(), memory, {std::chrono::minutes(10), std::chrono::minutes(10)});
  ASSERT_TRUE(follower.load());
  follower.start();
  ASSERT_TRUE(soon([&] { return follower.polls() == 1; }));
  for (int i = 0; i < 20; ++i) {
    const auto committed = write_all(1, 2, std::chrono::milliseconds(0));
    for (const auto& mark : committed) EXPECT_FALSE(memory.seen().contains(mark)) << "nobody has told it";
    auto told = news_of(follower, std::chrono::seconds(10));
    ASSERT_TRUE(ready(told));
    EXPECT_TRUE(told.get());
    for (const auto& mark : committed) EXPECT_TRUE(memory.seen().contains(mark)) << mark;
    memory.clear();
  }
  // Nothing was polled in between that could have told it.
  EXPECT_EQ(follower.polls(), 21U);
}

/// Away is a server that answers every poll with an error.
class FollowingWhileAway : public Following {
 protected:
  void SetUp() override {
    Following::SetUp();
    if (IsSkipped()) return;
    follower.emplace(db().settings(), memory, FollowerSettings{std::chrono::minutes(10), std::chrono::minutes(10)});
    ASSERT_TRUE(follower->load());
    follower->start();
    ASSERT_TRUE(soon([&] { return follower->polls() == 1; }));
    db().run("alter table change rename to away");
  }
  void TearDown() override {
    if (!IsSkipped()) db().run("alter table if exists away rename to change");
  }

  Recorder memory;
  std::optional<Follower> follower;
};

TEST_F(FollowingWhileAway, who_has_time_is_served_when_it_is_back) {
  auto told = news_of(*follower, std::chrono::minutes(1));
  EXPECT_FALSE(ready(told, std::chrono::milliseconds(500))) << "it knows nothing new";
  db().run("alter table away rename to change");
  ASSERT_TRUE(ready(told));
  EXPECT_TRUE(told.get());
}

/// Nobody is kept who has given up: else an outage's callers would pile up until it ends. Beside it, the control: who has time.
TEST_F(FollowingWhileAway, who_has_no_more_time_is_told_that_it_knows_nothing_new) {
  auto patient = news_of(*follower, std::chrono::minutes(1));
  for (int i = 0; i < 3; ++i) {
    auto told = news_of(*follower, std::chrono::milliseconds(1));
    ASSERT_TRUE(ready(told));
    EXPECT_FALSE(told.get());
  }
  EXPECT_FALSE(ready(patient, std::chrono::milliseconds(0)));
}

TEST_F(FollowingWhileAway, who_waits_when_it_stops_is_told) {
  auto before = news_of(*follower, std::chrono::minutes(1));
  follower->stop();
  auto after = news_of(*follower, std::chrono::minutes(1));
  for (auto* told : {&before, &after}) {
    ASSERT_TRUE(ready(*told));
    EXPECT_FALSE(told->get());
  }
}

}  // namespace
}  // namespace crossdock::store
