#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "runtime/offload.hpp"
#include "runtime/task_group.hpp"
#include "runtime/within.hpp"
#include "support.hpp"

namespace crossdock::runtime {
namespace {

using namespace std::chrono_literals;

Task<Result<int>> answer_after(Clock::duration wait, int value) {
  auto slept = pause(wait);
  co_await std::move(slept);
  co_return Result<int>(value);
}

Task<Result<int>> throw_after(Clock::duration wait) {
  auto slept = pause(wait);
  co_await std::move(slept);
  throw std::runtime_error("torn");
}

TEST(Within, gives_the_answer_that_comes_in_time) {
  run_here([]() -> Task<void> {
    auto race = within(Deadline::in(2s), answer_after(1ms, 7));
    Result<int> got = co_await std::move(race);
    EXPECT_TRUE(static_cast<bool>(got));
    EXPECT_EQ(got.value(), 7);
  });
}

TEST(Within, says_what_a_late_answer_means) {
  run_here([]() -> Task<void> {
    auto began = Clock::now();
    auto race = within(Deadline::in(20ms), answer_after(30s, 7), FaultKind::uncertain);
    Result<int> got = co_await std::move(race);
    EXPECT_FALSE(static_cast<bool>(got));
    EXPECT_EQ(got.fault().kind(), FaultKind::uncertain);
    EXPECT_EQ(got.fault().code(), "deadline");
    EXPECT_LT(Clock::now() - began, 10s) << "the loser was not cancelled";
  });
}

TEST(Within, lets_a_throw_through_at_once) {
  auto began = Clock::now();
  EXPECT_THROW(run_here([]() -> Task<void> {
                 auto race = within(Deadline::in(30s), throw_after(5ms));
                 Result<int> got = co_await std::move(race);
                 ADD_FAILURE() << "came back with " << static_cast<bool>(got);
               }),
               std::runtime_error);
  EXPECT_LT(Clock::now() - began, 10s) << "`work || timer` would hold the throw until the deadline";
}

TEST(Offload, runs_elsewhere_and_comes_home) {
  asio::thread_pool pool(2);
  run_here(
      [&pool]() -> Task<void> {
        auto home = std::this_thread::get_id();
        auto call = offload(pool, [] { return std::this_thread::get_id(); });
        auto worker = co_await std::move(call);
        EXPECT_NE(worker, home);
        EXPECT_EQ(std::this_thread::get_id(), home);
      },
      &pool);
}

TEST(Offload, brings_a_throw_home) {
  asio::thread_pool pool(1);
  EXPECT_THROW(run_here(
                   [&pool]() -> Task<void> {
                     auto call = offload(pool, []() -> int { throw std::runtime_error("no"); });
                     int got = co_await std::move(call);
                     ADD_FAILURE() << got;
                   },
                   &pool),
               std::runtime_error);
}

TEST(Offload, survives_a_deadline_that_fires_meanwhile) {
  asio::thread_pool pool(2);
  run_here(
      [&pool]() -> Task<void> {
        for (int i = 0; i < 200; ++i) {
          auto work = [](asio::thread_pool* threads) -> Task<Result<int>> {
            auto call = offload(*threads, [] {
              std::this_thread::sleep_for(1ms);
              return 1;
            });
            int got = co_await std::move(call);
            co_return Result<int>(got);
          };
          auto race = within(Deadline::in(1ms), work(&pool));
          Result<int> got = co_await std::move(race);
          EXPECT_TRUE(got || got.fault().code() == "deadline");
        }
      },
      &pool);
}

TEST(TaskGroup, joins_what_it_spawned) {
  run_here([]() -> Task<void> {
    auto loop = co_await asio::this_coro::executor;
    TaskGroup group(loop);
    int ended = 0;
    for (int i = 0; i < 3; ++i) {
      group.spawn(
          "sleeper",
          []() -> Task<void> {
            auto slept = pause(5ms);
            co_await std::move(slept);
          },
          [&ended](const std::string& name, std::exception_ptr broken) { ended += name == "sleeper" && !broken; });
    }
    EXPECT_EQ(group.size(), 3u);
    auto joining = group.join(Deadline::in(2s));
    bool all = co_await std::move(joining);
    EXPECT_TRUE(all);
    EXPECT_EQ(ended, 3);
  });
}

TEST(TaskGroup, join_gives_up_at_its_deadline_and_stop_ends_the_rest) {
  run_here([]() -> Task<void> {
    auto loop = co_await asio::this_coro::executor;
    TaskGroup group(loop);
    group.spawn("endless", []() -> Task<void> {
      for (;;) {
        auto slept = pause(1h);
        co_await std::move(slept);
      }
    });
    auto first = group.join(Deadline::in(20ms));
    bool all = co_await std::move(first);
    EXPECT_FALSE(all);
    group.stop();
    auto second = group.join(Deadline::in(2s));
    all = co_await std::move(second);
    EXPECT_TRUE(all);
  });
}

TEST(TaskGroup, tells_what_a_task_threw) {
  run_here([]() -> Task<void> {
    auto loop = co_await asio::this_coro::executor;
    TaskGroup group(loop);
    std::string seen;
    group.spawn(
        "broken",
        []() -> Task<void> {
          auto slept = pause(1ms);
          co_await std::move(slept);
          throw std::runtime_error("torn");
        },
        [&seen](const std::string&, std::exception_ptr broken) {
          try {
            if (broken) std::rethrow_exception(broken);
          } catch (const std::exception& e) {
            seen = e.what();
          }
        });
    auto joining = group.join(Deadline::in(2s));
    bool all = co_await std::move(joining);
    EXPECT_TRUE(all);
    EXPECT_EQ(seen, "torn");
  });
}

}  // namespace
}  // namespace crossdock::runtime
