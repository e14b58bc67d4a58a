// A writer: one thread, one connection, batches of all that waits (PROTOCOLS.md 0: no delay timer).
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "store/decide.hpp"

namespace crossdock::store {

/// Why a request got no decision.
enum class Undecided {
  overloaded,
  unavailable,
  broken,
  stopping,
  in_progress  ///< another session is deciding a request with its key and has not ended in time
};

/// Called on the writer's thread, after the commit, once for each submitted request.
using Completion = std::function<void(std::optional<Undecided>)>;

struct WriterSettings {
  std::string role;                           ///< names its connection
  std::size_t batch = 256;                    ///< most requests a transaction
  std::size_t queue = 20'000;                 ///< more waiting ones are refused as overloaded
  std::chrono::milliseconds patience{2'000};  ///< how long a lost database is tried before its requests are answered unavailable
};

struct WriterFigures {
  std::uint64_t batches = 0, requests = 0, retries = 0, failures = 0;
  std::size_t waiting = 0;
};

class Writer {
 public:
  Writer(const postgres::Settings& database, const Shared& shared, WriterSettings settings);
  ~Writer();

  /// Any thread. The request lives until its completion was called.
  void submit(std::shared_ptr<ledger::Request> request, const Completion& done);
  /// Takes nothing more, decides what waits, ends the thread.
  void stop();
  WriterFigures figures() const;
  /// How many wait, and how many may; without a lock.
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  std::size_t room() const { return settings_.queue; }

 private:
  struct Job {
    std::shared_ptr<ledger::Request> request;  ///< empty once it was told that it is under way elsewhere
    Completion done;
  };
  void run();
  void work(std::span<Job> jobs);
  std::optional<Undecided> settle(std::span<Job> jobs);
  std::optional<Undecided> halve(std::span<Job> jobs);
  bool tell_duplicates(std::span<Job> jobs, std::vector<ledger::Request*>& requests);

  const Shared& shared_;
  WriterSettings settings_;
  postgres::Connection connection_;
  mutable std::mutex lock_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  std::atomic<std::size_t> waiting_{0};  ///< the queue's length
  bool stopping_ = false;
  WriterFigures figures_;
  std::thread thread_;
};

}  // namespace crossdock::store
