// Records as CloudEvents on Kafka, each until the brokers have it.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "kafka/producer.hpp"
#include "sim/disorder.hpp"

namespace crossdock::sim {

/// One thread.
class Post {
 public:
  struct Topics {
    std::string inventory;
    std::string shipments;
  };
  Post(std::unique_ptr<kafka::Producer> producer, std::string source, Topics topics)
      : producer_(std::move(producer)), source_(std::move(source)), topics_(std::move(topics)) {}

  /// Sends what the line lets through, and again what failed.
  void work(Disorder& line, Clock::time_point now);
  /// One record that nobody can read.
  void poison(const std::string& key);
  std::size_t in_flight() const { return flying_.size(); }
  std::size_t delivered() const { return delivered_; }
  std::size_t poisoned() const { return poisoned_; }
  void flush(Deadline deadline) { producer_->flush(deadline, true); }

 private:
  bool send(const Told& told);

  std::unique_ptr<kafka::Producer> producer_;
  std::string source_;
  Topics topics_;
  std::map<std::uint64_t, Told> flying_;
  std::uint64_t token_ = 0;
  std::size_t delivered_ = 0, poisoned_ = 0;
};

}  // namespace crossdock::sim
