#include "sim/signals.hpp"

#include "observe/log.hpp"

namespace crossdock::sim {

Signals::Signals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGTERM);
  sigaddset(&set_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

bool Signals::wait(std::chrono::milliseconds at_most) {
  if (came_) return true;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at_most);
  const timespec limit{seconds.count(), std::chrono::nanoseconds(at_most - seconds).count()};
  came_ = sigtimedwait(&set_, nullptr, &limit) > 0;
  return came_;
}

void Signals::wait() {
  while (!wait(std::chrono::hours(1))) {
  }
}

void start_log(const std::string& name) {
  log::Options options;
  options.instance = name;
  log::start(std::move(options));
}

}  // namespace crossdock::sim
