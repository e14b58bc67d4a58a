// Seals the audit each second, on a thread of its own, and now and then writes where its chain has come to outside the database.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

#include "crossdock/base/deadline.hpp"
#include "hub/settings.hpp"
#include "store/seal.hpp"

namespace crossdock::hub {

class Sealer {
 public:
  /// Throws std::invalid_argument when the key is none.
  explicit Sealer(const Settings& settings);
  ~Sealer();
  void start();
  /// After a last turn, whose head is written.
  void stop();
  /// Links of the chain, as this instance last saw it.
  std::int64_t places() const { return places_; }
  /// Heads that could not be written.
  std::uint64_t lost_heads() const { return lost_heads_; }

 private:
  void run();
  bool turn();
  void write_head(bool now);

  AuditSettings settings_;
  std::optional<SigningKey> key_;
  store::Seal seal_;
  std::optional<ledger::AuditHead> head_;
  std::int64_t written_ = 0;  ///< the place of the last head that was written
  Deadline write_at_;
  std::atomic<std::int64_t> places_{0};
  std::atomic<std::uint64_t> lost_heads_{0};
  std::mutex lock_;
  std::condition_variable condition_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace crossdock::hub
