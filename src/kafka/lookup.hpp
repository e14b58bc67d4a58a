// Looking a record up at its offset, beside whoever reads the partition.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"
#include "kafka/consumer.hpp"

namespace crossdock::kafka {

/// In no group. One thread; every call ends by its deadline. After a fault a new one is to be opened: it has no old metadata.
class Lookup {
 public:
  static Result<std::unique_ptr<Lookup>> open(const Cluster& cluster);
  ~Lookup();
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  Result<Watermarks> watermarks(const Partition& partition, Deadline deadline);
  /// Shows the first record at `offset` or after it, if the log holds one; answers whether it does. A fault also where the offset lies
  /// outside the log.
  Result<bool> first_from(const Partition& partition, std::int64_t offset, Deadline deadline,
                          const std::function<void(const Record&)>& show);

  static std::span<const Frozen> frozen();

  struct State;
  explicit Lookup(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace crossdock::kafka
