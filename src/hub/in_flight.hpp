// The Idempotency-Keys whose requests wait for their decision in this process.
#pragma once
#include <mutex>
#include <set>

#include "ledger/rows.hpp"

namespace crossdock::hub {

/// Any thread. A killed process leaves nothing behind; another instance's request is met in the store.
class KeysInFlight {
 public:
  /// False: a request with that key is under way. Who is let in leaves when it is decided, however late.
  bool enter(const ledger::IdempotencyId& key) {
    std::lock_guard hold(lock_);
    return keys_.insert(key).second;
  }
  void leave(const ledger::IdempotencyId& key) {
    std::lock_guard hold(lock_);
    keys_.erase(key);
  }

 private:
  std::mutex lock_;
  std::set<ledger::IdempotencyId> keys_;
};

}  // namespace crossdock::hub
