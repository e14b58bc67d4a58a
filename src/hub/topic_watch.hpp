// Looks at the topics that are read, on a thread and a connection to Kafka of its own: the intake does not wait for it.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "hub/anchors.hpp"
#include "kafka/lookup.hpp"

namespace crossdock::hub {

/// One round at a time. give(), then answer() until it is there; both on the intake's thread.
class TopicWatch {
 public:
  struct Asked {
    kafka::Partition partition;
    std::int64_t epoch = 0;  ///< of the cursor then: what was claimed anew meanwhile is another matter
    Anchors anchors;
    store::LastRead read_before;
  };
  struct Told {
    Asked asked;
    Anchors::Answer answer;
  };

  explicit TopicWatch(kafka::Cluster cluster) : cluster_(std::move(cluster)) {}
  ~TopicWatch() { stop(); }
  void start();
  void begin_stop();
  /// Waits for the look at hand: two seconds at most.
  void stop();

  /// Only while none is in hand.
  void give(std::vector<Asked> round);
  bool busy() const { return busy_; }
  /// What was seen; nothing: it is still being looked, or nobody asked.
  std::optional<std::vector<Told>> answer();

 private:
  void run();
  Anchors::Answer look(const Asked& asked);

  kafka::Cluster cluster_;
  std::unique_ptr<kafka::Lookup> lookup_;
  bool busy_ = false;  ///< the intake's own view: given, and not yet answered
  std::mutex lock_;
  std::condition_variable condition_;
  std::optional<std::vector<Asked>> given_;
  std::optional<std::vector<Told>> told_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace crossdock::hub
