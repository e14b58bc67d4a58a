// A limit for calls that have none: libpq waits for ever for a server that is stopped but whose kernel still answers.
#pragma once
#include <chrono>
#include <memory>

#include "postgres/settings.hpp"

namespace crossdock::postgres {

/// One thread for the process, started by the first slot. When an armed slot's time is up, or its curfew has come, its socket is shut down,
/// so that the blocked call returns with a broken connection.
class Watchdog {
 public:
  struct Entry;
  /// A connection's place. Used by the thread that owns the connection.
  class Slot {
   public:
    Slot();
    /// Before the first arm(): from when on every armed call is cut.
    void keep(std::shared_ptr<const Curfew> curfew);
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    void arm(int socket, std::chrono::milliseconds limit);
    void disarm();

   private:
    std::shared_ptr<Entry> entry_;
  };

  /// Armed from construction to destruction.
  class Guard {
   public:
    Guard(Slot& slot, int socket, std::chrono::milliseconds limit) : slot_(slot) { slot_.arm(socket, limit); }
    ~Guard() { slot_.disarm(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Slot& slot_;
  };
};

}  // namespace crossdock::postgres
