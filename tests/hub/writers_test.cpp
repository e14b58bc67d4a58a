// Writers of one line: who waits for whom.
#include "hub/writers.hpp"

#include <atomic>
#include <condition_variable>

#include "base.hpp"

namespace crossdock::hub {
namespace {

class WritersTest : public WithServices {
 protected:
  void SetUp() override {
    WithServices::SetUp();
    if (IsSkipped()) return;
    shared.locations = [] { return std::make_shared<promise::Locations>(std::vector<promise::CatalogLocation>{}); };
  }
  std::unique_ptr<Writers> writers(std::size_t count, std::size_t queue = 20) {
    store::WriterSettings each;
    each.role = "orders";
    each.queue = queue;
    return std::make_unique<Writers>(settings.database, shared, each, count);
  }
  store::Shared shared;
};

/// Holds its writer until it is told to go; says when it was decided.
class Step final : public ledger::Request {
 public:
  Step(std::string on, std::function<void()> f) : on_(std::move(on)), what_(std::move(f)) {}
  void ask(const ledger::World&, ledger::Needs&) const override {}
  void decide(ledger::World&) override { what_(); }
  std::string_view meets_on() const override { return on_; }

 private:
  std::string on_;
  std::function<void()> what_;
};

/// Whether a request for `other` is decided while one for `held` is being decided.
bool passes(Writers& writers, const std::string& held, const std::string& other) {
  std::atomic<bool> begun{false}, go{false}, passed{false};
  std::atomic<int> open{2};
  auto done = [&](std::optional<store::Undecided>) { --open; };
  writers.submit(std::make_shared<Step>(held,
                                        [&] {
                                          begun = true;
                                          soon([&] { return go.load(); });
                                        }),
                 done);
  EXPECT_TRUE(soon([&] { return begun.load(); }));
  writers.submit(std::make_shared<Step>(other, [&] { passed = true; }), done);
  const bool seen = soon([&] { return passed.load(); }, 300ms);
  go = true;
  EXPECT_TRUE(soon([&] { return open == 0; }));
  return seen;
}

TEST_F(WritersTest, WhatMeetsNowhereDoesNotWaitForEachOther) {
  auto two = writers(2);
  int beside = 0;
  for (const char* customer : {"C-1", "C-2", "C-3", "C-4", "C-5", "C-6"}) beside += passes(*two, "C-0", customer);
  EXPECT_GT(beside, 0);
  EXPECT_LT(beside, 6) << "two writers only";
  EXPECT_FALSE(passes(*two, "C-0", "C-0")) << "the same customer's orders are one writer's";
  EXPECT_EQ(two->figures().requests, 14U);
  EXPECT_EQ(two->room(), 10U) << "the room is shared out";
  two->stop();
}

TEST_F(WritersTest, OneWriterIsOneLine) {
  auto one = writers(1);
  for (const char* customer : {"C-1", "C-2", "C-3"}) EXPECT_FALSE(passes(*one, "C-0", customer));
  EXPECT_EQ(one->room(), 20U);
  one->stop();
}

TEST_F(WritersTest, RequestsThatMeetAreDecidedInTheirOrder) {
  auto two = writers(2, 2'000);
  std::mutex lock;
  std::map<std::string, std::vector<int>> seen;
  std::atomic<int> open{0};
  for (int i = 0; i < 600; ++i) {
    const std::string on = "C-" + std::to_string(i % 5);
    ++open;
    two->submit(std::make_shared<Step>(on,
                                       [&, on, i] {
                                         std::lock_guard hold(lock);
                                         seen[on].push_back(i);
                                       }),
                [&](std::optional<store::Undecided> why) {
                  EXPECT_FALSE(why);
                  --open;
                });
  }
  ASSERT_TRUE(soon([&] { return open == 0; }));
  ASSERT_EQ(seen.size(), 5U);
  for (const auto& [on, order] : seen) {
    EXPECT_EQ(order.size(), 120U);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end())) << on;
  }
  two->stop();
}

}  // namespace
}  // namespace crossdock::hub
