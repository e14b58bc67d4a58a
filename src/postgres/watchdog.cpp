#include "postgres/watchdog.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace crossdock::postgres {

using Moment = std::chrono::steady_clock;

struct Watchdog::Entry {
  std::mutex mutex;  ///< held while shutting down, so that the descriptor cannot be closed and reused meanwhile
  int socket = -1;
  Moment::time_point until;
  std::shared_ptr<const Curfew> curfew;
};

namespace {

class Patrol {
 public:
  static Patrol& of_the_process() {
    static Patrol patrol;
    return patrol;
  }
  void join(std::shared_ptr<Watchdog::Entry> entry) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
    if (!thread_.joinable()) thread_ = std::thread([this] { walk(); });
  }
  void leave(const std::shared_ptr<Watchdog::Entry>& entry) {
    const std::lock_guard lock(mutex_);
    std::erase(entries_, entry);
  }

 private:
  Patrol() = default;
  ~Patrol() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    stopping_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  void walk() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
      stopping_.wait_for(lock, std::chrono::milliseconds(100));
      for (const auto& entry : entries_) cut_when_late(*entry);
    }
  }
  static void cut_when_late(Watchdog::Entry& entry) {
    const std::lock_guard lock(entry.mutex);
    const bool late = Moment::now() >= entry.until || (entry.curfew && entry.curfew->passed());
    if (entry.socket < 0 || !late) return;
    ::shutdown(entry.socket, SHUT_RDWR);
    entry.socket = -1;
  }

  std::mutex mutex_;
  std::condition_variable stopping_;
  std::vector<std::shared_ptr<Watchdog::Entry>> entries_;
  std::thread thread_;
  bool stop_ = false;
};

}  // namespace

Watchdog::Slot::Slot() : entry_(std::make_shared<Entry>()) { Patrol::of_the_process().join(entry_); }
Watchdog::Slot::~Slot() { Patrol::of_the_process().leave(entry_); }

void Watchdog::Slot::keep(std::shared_ptr<const Curfew> curfew) {
  const std::lock_guard lock(entry_->mutex);
  entry_->curfew = std::move(curfew);
}

void Watchdog::Slot::arm(int socket, std::chrono::milliseconds limit) {
  const std::lock_guard lock(entry_->mutex);
  entry_->socket = socket;
  entry_->until = Moment::now() + limit;
}

void Watchdog::Slot::disarm() {
  const std::lock_guard lock(entry_->mutex);
  entry_->socket = -1;
}

}  // namespace crossdock::postgres
