#include "app/signals.hpp"

#include <cstdlib>

#include "app/exit.hpp"
#include "observe/log.hpp"

namespace crossdock::app {

Signals::Signals() {
  sigemptyset(&set_);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this] { run(); });
}

Signals::~Signals() {
  {
    const std::lock_guard hold(lock_);
    over_ = true;
  }
  pthread_kill(thread_.native_handle(), SIGHUP);  // wakes it
  thread_.join();
}

void Signals::run() {
  constexpr timespec a_while{0, 100'000'000};
  for (;;) {
    const bool late_may_come = ending();
    int signal = late_may_come ? sigtimedwait(&set_, nullptr, &a_while) : sigwaitinfo(&set_, nullptr);
    {
      const std::lock_guard hold(lock_);
      if (over_) return;
    }
    if (signal > 0) take(signal);
    end_when_late();
  }
}

void Signals::take(int signal) {
  const std::lock_guard hold(lock_);
  if (signal == SIGHUP) reload_ = true;
  if (signal != SIGHUP && !ending_) {
    ending_ = true;
    end_ = Deadline::in(budget_);
    for (auto& each : curfews_)
      if (auto curfew = each.lock()) curfew->set(end_);
  }
  changed_.notify_all();
}

/// The last resort: what hangs is named, and the process ends without it. What was answered is in the database; the rest is found by its
/// Idempotency-Key, as after a kill.
void Signals::end_when_late() {
  if (!ending() || Clock::now() < end().at() + grace) return;  // without an end there is no time to add to
  log::error("stop.late", {{"message", "the budget is over; the process ends by force"}, {"waiting_for", at_.load()}});
  log::stop(std::chrono::milliseconds(100));
  std::_Exit(exit_failed);
}

Signals::Wanted Signals::wait(std::chrono::milliseconds time) {
  std::unique_lock hold(lock_);
  changed_.wait_for(hold, time, [this] { return ending_ || reload_; });
  if (ending_) return Wanted::end;
  return std::exchange(reload_, false) ? Wanted::reload : Wanted::nothing;
}

bool Signals::ending() const {
  const std::lock_guard hold(lock_);
  return ending_;
}

void Signals::budget(std::chrono::milliseconds time) {
  const std::lock_guard hold(lock_);
  budget_ = time;
}

Deadline Signals::end() const {
  const std::lock_guard hold(lock_);
  return end_;
}

void Signals::tell(std::weak_ptr<postgres::Curfew> curfew) {
  const std::lock_guard hold(lock_);
  std::erase_if(curfews_, [](const auto& each) { return each.expired(); });
  if (auto now = curfew.lock(); now && ending_) now->set(end_);
  curfews_.push_back(std::move(curfew));
}

}  // namespace crossdock::app
