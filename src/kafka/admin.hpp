// Topics: what there is, and making what is missing.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "kafka/settings.hpp"

namespace crossdock::kafka {

struct NewTopic {
  std::string name;
  int partitions = 1;
  int replication = -1;  ///< -1: the broker's default
  std::map<std::string, std::string> config;
};

struct Topic {
  std::string name;
  int partitions = 0;
  int replication = 0;     ///< replicas of the first partition
  int without_leader = 0;  ///< partitions that nobody serves now
};

/// One thread at a time; every call ends by its deadline.
class Admin {
 public:
  static Result<std::unique_ptr<Admin>> open(const Cluster& cluster);
  ~Admin();

  Result<std::vector<Topic>> topics(Deadline deadline);
  /// Creates those that do not exist and waits until they have leaders; returns the names created. One that exists with fewer
  /// partitions is a fault (`kafka_topic`): partitions are never added behind a key's back.
  Result<std::vector<std::string>> create_missing(const std::vector<NewTopic>& wanted, Deadline deadline);
  Outcome delete_topic(const std::string& name, Deadline deadline);
  /// A topic's settings as the broker knows them (min.insync.replicas, cleanup.policy, ...).
  Result<std::map<std::string, std::string>> topic_config(const std::string& name, Deadline deadline);

  struct State;
  explicit Admin(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace crossdock::kafka
