// SIGTERM and SIGINT as something to wait for.
#pragma once
#include <chrono>
#include <csignal>
#include <string>

namespace crossdock::sim {

/// Make one before any thread: it blocks the two signals for all of them. Main thread only.
class Signals {
 public:
  Signals();
  /// True when a signal has come; it then stays true.
  bool wait(std::chrono::milliseconds at_most);
  void wait();

 private:
  sigset_t set_;
  bool came_ = false;
};

/// JSON lines on standard error, marked with the neighbour's name.
void start_log(const std::string& name);

}  // namespace crossdock::sim
