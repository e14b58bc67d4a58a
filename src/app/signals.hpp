// Signals, taken on a thread of their own: from SIGTERM on the process ends within its budget, whatever the rest of it does.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "postgres/settings.hpp"

namespace crossdock::app {

class Signals {
 public:
  /// Before any other thread is made: SIGTERM, SIGINT and SIGHUP are blocked in all of them.
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  enum class Wanted { nothing, reload, end };
  /// Waits for the next one, at most `time`. Once the end is wanted it is the answer for ever.
  Wanted wait(std::chrono::milliseconds time);
  bool ending() const;

  /// What a stop may take, from the signal on.
  void budget(std::chrono::milliseconds time);
  /// When the stop that has begun must be over.
  Deadline end() const;
  /// Is set to the end as soon as there is one, so that a call of the database that hangs does not outlast it.
  void tell(std::weak_ptr<postgres::Curfew> curfew);
  /// What is being waited for: said when it is late. A literal.
  void at(const char* what) { at_ = what; }

  /// How much later than its budget a stop that hangs is ended by force.
  static constexpr std::chrono::milliseconds grace{900};

 private:
  void run();
  void take(int signal);
  void end_when_late();

  sigset_t set_{};
  mutable std::mutex lock_;
  std::condition_variable changed_;
  bool ending_ = false, reload_ = false, over_ = false;
  std::chrono::milliseconds budget_{std::chrono::seconds(30)};
  Deadline end_{Clock::time_point::max()};
  std::vector<std::weak_ptr<postgres::Curfew>> curfews_;
  std::atomic<const char*> at_{"start"};
  std::thread thread_;
};

}  // namespace crossdock::app
