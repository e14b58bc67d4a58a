#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "runtime/loops.hpp"
#include "runtime/reply.hpp"

namespace crossdock::runtime {
namespace {

using namespace std::chrono_literals;

TEST(Loops, each_has_a_thread_of_its_own) {
  Loops loops(3);
  loops.start();
  std::vector<std::thread::id> ids;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    auto where = asio::post(loops.loop(i), asio::use_future([&loops, i] {
                              EXPECT_EQ(loops.here(), i);
                              return std::this_thread::get_id();
                            }));
    ids.push_back(where.get());
  }
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_NE(ids[1], ids[2]);
  EXPECT_EQ(loops.here(), loops.size());
  EXPECT_NE(loops.next(), loops.next());
}

/// What the kernel says of the calling thread's turns, in nanoseconds; nothing where it knows none (before Linux 6.12 it says 0).
std::uint64_t turn_of_this_thread() {
  std::array<char, 56> attributes{};  // sched_attr, whose header cannot stand beside <sched.h>
  if (syscall(SYS_sched_getattr, 0, attributes.data(), attributes.size(), 0) != 0) return 0;
  std::uint64_t runtime = 0;
  std::memcpy(&runtime, attributes.data() + 24, sizeof runtime);
  return runtime;
}

TEST(Loops, take_shorter_turns_than_other_threads) {
  const auto usual = turn_of_this_thread();
  if (usual == 0) GTEST_SKIP() << "this kernel tells no turns";
  Loops loops(1);
  loops.start();
  const auto ours = asio::post(loops.loop(0), asio::use_future([] { return turn_of_this_thread(); })).get();
  loops.stop();
  loops.join();
  EXPECT_EQ(ours, 100'000U);
  EXPECT_GT(usual, ours) << "the control: a thread that asked for nothing";
}

TEST(Loops, a_throw_is_told_and_the_loop_goes_on) {
  std::mutex mutex;
  std::vector<std::string> told;
  Loops loops(1, [&](std::size_t, const std::string& what) {
    std::lock_guard lock(mutex);
    told.push_back(what);
  });
  loops.start();
  asio::post(loops.loop(0), [] { throw std::runtime_error("escaped"); });
  asio::post(loops.loop(0), [] { throw 7; });
  auto after = asio::post(loops.loop(0), asio::use_future([] { return 42; }));
  EXPECT_EQ(after.get(), 42);
  EXPECT_EQ(loops.escaped(), 2u);
  std::lock_guard lock(mutex);
  EXPECT_EQ(told, (std::vector<std::string>{"escaped", "not a std::exception"}));
}

Task<std::optional<int>> wait_for(Reply<int> reply, Clock::duration limit) {
  auto waiting = reply.get(Deadline::in(limit));
  auto got = co_await std::move(waiting);
  co_return got;
}

TEST(Reply, comes_from_another_thread) {
  Loops loops(1);
  loops.start();
  Reply<int> reply(loops.mailbox(0));
  auto got = asio::co_spawn(loops.loop(0), wait_for(reply, 5s), asio::use_future);
  std::thread worker([reply] { reply.deliver(7); });
  EXPECT_EQ(got.get(), 7);
  worker.join();
}

TEST(Reply, that_came_before_the_wait_is_not_lost) {
  Loops loops(1);
  loops.start();
  Reply<int> reply(loops.mailbox(0));
  reply.deliver(8);
  asio::post(loops.loop(0), asio::use_future([] { return 0; })).get();
  EXPECT_EQ(asio::co_spawn(loops.loop(0), wait_for(reply, 5s), asio::use_future).get(), 8);
}

TEST(Reply, is_empty_at_the_deadline_and_a_late_value_is_dropped) {
  Loops loops(1);
  loops.start();
  Reply<int> reply(loops.mailbox(0));
  EXPECT_EQ(asio::co_spawn(loops.loop(0), wait_for(reply, 10ms), asio::use_future).get(), std::nullopt);
  reply.deliver(9);
  EXPECT_EQ(asio::post(loops.loop(0), asio::use_future([] { return 1; })).get(), 1);
}

TEST(Batch, wakes_each_loop_once) {
  Loops loops(2);
  loops.start();
  std::vector<std::future<std::optional<int>>> waiting;
  std::vector<Reply<int>> replies;
  for (int i = 0; i < 200; ++i) {
    auto home = static_cast<std::size_t>(i % 2);
    replies.emplace_back(loops.mailbox(home));
    waiting.push_back(asio::co_spawn(loops.loop(home), wait_for(replies.back(), 5s), asio::use_future));
  }
  std::thread([&replies] {
    Batch batch;
    for (int i = 0; i < 200; ++i) batch.add(replies[static_cast<std::size_t>(i)], i);
    batch.send();
  }).join();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(waiting[static_cast<std::size_t>(i)].get(), i);
  EXPECT_EQ(loops.mailbox(0).posts(), 1u);
  EXPECT_EQ(loops.mailbox(1).posts(), 1u);
}

TEST(Mailbox, pushes_while_the_loop_is_busy_share_one_post) {
  Loops loops(1);
  std::atomic<int> opened{0};
  for (int i = 0; i < 100; ++i) loops.mailbox(0).push([&opened] { ++opened; });
  EXPECT_EQ(loops.mailbox(0).posts(), 1u);
  loops.start();
  while (opened < 100) std::this_thread::yield();
  loops.mailbox(0).push([&opened] { ++opened; });
  while (opened < 101) std::this_thread::yield();
  EXPECT_EQ(loops.mailbox(0).posts(), 2u);
}

TEST(Mailbox, a_letter_that_throws_does_not_hold_up_the_rest) {
  Loops loops(1);
  std::vector<int> order;
  std::promise<void> last;
  loops.mailbox(0).push([&] { order.push_back(1); });
  loops.mailbox(0).push([] { throw std::runtime_error("torn"); });
  loops.mailbox(0).push([&] { order.push_back(2); });
  loops.mailbox(0).push([&] {
    order.push_back(3);
    last.set_value();
  });
  loops.start();
  ASSERT_EQ(last.get_future().wait_for(5s), std::future_status::ready);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(loops.escaped(), 1u);
}

TEST(Mailbox, takes_from_many_threads) {
  Loops loops(1);
  loops.start();
  std::atomic<int> opened{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) loops.mailbox(0).push([&opened] { ++opened; });
    });
  }
  for (auto& thread : threads) thread.join();
  while (opened < 4000) std::this_thread::yield();
  EXPECT_EQ(opened, 4000);
}

}  // namespace
}  // namespace crossdock::runtime
