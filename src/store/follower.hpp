// Keeps an instance's memory equal to the store: the first load, then every commit of every instance exactly once (PROTOCOLS.md E).
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "observe/metrics.hpp"
#include "postgres/connection.hpp"
#include "store/change.hpp"

namespace crossdock::store {

struct FollowerSettings {
  std::chrono::milliseconds sweep{250};                       ///< polled at least so often
  std::chrono::milliseconds stall{std::chrono::minutes(10)};  ///< after a longer silence everything is loaded anew
  std::string identity{};  ///< the question that tells one server and timeline from another; empty: its own
};

/// Where the follower's news goes.
class Memory : public ChangeSink {
 public:
  virtual void clear() = 0;  ///< everything is loaded anew, from another server or one that went back in time
  /// All commits up to here have been seen: the database's clock, asked for at that time of this machine's monotonic one.
  virtual void current(Instant at, Clock::time_point asked) = 0;
};

/// The statement of a poll: the server's snapshot and clock now ($1: the snapshot of the last poll), and what was committed in between.
std::string changes_since();

class Follower {
 public:
  Follower(const postgres::Settings& database, Memory& memory, FollowerSettings settings = {});
  ~Follower();

  /// Loads everything once, on the caller's thread; positions and master data in one snapshot.
  postgres::Attempt<std::size_t> load();
  /// Begins to follow on a thread of its own. After load().
  void start();
  void stop();
  /// Somebody has committed: poll now. Any thread.
  void wake();
  /// `done(true)` is called on the follower's thread when memory has all that was committed before this call: after the next poll that
  /// begins and succeeds. `done(false)`: the polls failed (the database is away) until the deadline had passed, or it stops before
  /// (has it already: on the caller's thread). Any thread.
  void catch_up(Deadline deadline, std::function<void(bool)> done);

  std::uint64_t polls() const { return polls_; }
  std::uint64_t reloads() const { return reloads_; }

 private:
  struct Behind {
    Deadline deadline;
    std::function<void(bool)> done;
  };

  void run();
  bool poll();

  postgres::Settings database_;
  Memory& memory_;
  FollowerSettings settings_;
  postgres::Connection connection_;
  std::string snapshot_;   ///< of the last poll
  std::string identity_;   ///< system identifier and timeline of the server that it came from
  bool load_due_ = false;  ///< what is in memory is not of this server, or not all of it: nothing is followed before a load
  std::chrono::steady_clock::time_point last_{};
  std::atomic<std::uint64_t> polls_{0}, reloads_{0};
  metrics::Histogram seconds_ =
      metrics::histogram("crossdock_follower_poll_seconds", "A poll for what others have committed.", metrics::latency_buckets());
  std::mutex lock_;
  std::condition_variable condition_;
  bool woken_ = false, stopping_ = false;
  std::vector<Behind> behind_;  ///< who waits in catch_up()
  std::thread thread_;
};

}  // namespace crossdock::store
