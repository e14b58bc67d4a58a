// Before something is said not to exist, memory catches up with what other instances have committed.
#include <future>

#include "following.hpp"

namespace crossdock::store {
namespace {

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
    std::promise<void> done;
    follower.catch_up([&] { done.set_value(); });
    ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    for (const auto& mark : committed) EXPECT_TRUE(memory.seen().contains(mark)) << mark;
    memory.clear();
  }
  // Nothing was polled in between that could have told it.
  EXPECT_EQ(follower.polls(), 21U);
}

TEST_F(Following, who_catches_up_while_the_database_is_away_is_served_when_it_is_back) {
  Recorder memory;
  Follower follower(db().settings(), memory, {std::chrono::minutes(10), std::chrono::minutes(10)});
  ASSERT_TRUE(follower.load());
  follower.start();
  ASSERT_TRUE(soon([&] { return follower.polls() == 1; }));
  db().run("alter table change rename to away");
  std::promise<void> done;
  auto told = done.get_future();
  follower.catch_up([&] { done.set_value(); });
  EXPECT_EQ(told.wait_for(std::chrono::milliseconds(500)), std::future_status::timeout) << "it knows nothing new";
  db().run("alter table away rename to change");
  const auto committed = write_all(1, 2, std::chrono::milliseconds(0));
  ASSERT_EQ(told.wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

}  // namespace
}  // namespace crossdock::store
