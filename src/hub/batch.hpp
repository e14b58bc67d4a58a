// A batch of the outbox on its way to Kafka: what became of each of its rows.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kafka/producer.hpp"
#include "store/outbox.hpp"

namespace crossdock::hub {

/// Rows are known by their place in the batch. Pure.
class Batch {
 public:
  /// The rows outlive the batch. `number`: of this batch, so that a report of an earlier one is not taken for one of this.
  Batch(const std::vector<store::OutboxRow>& rows, std::uint32_t number)
      : rows_(rows), number_(number), states_(rows.size(), State::none) {}

  const std::vector<store::OutboxRow>& rows() const { return rows_; }
  /// What the producer's report of a row will bear.
  std::uint64_t token(std::size_t place) const { return (std::uint64_t{number_} << 32) | place; }
  void handed_over() { ++outstanding_, ++handed_; }
  void take(std::span<const kafka::Report> reports);
  void refuse(std::size_t place, std::string why);  ///< Kafka will never take it
  void fail(std::size_t place);                     ///< to be tried again

  bool failed() const { return failed_; }
  /// The broker refused a record that shared its request with others: which of them is at fault is not known, so all count as failed.
  bool refused_together() const { return refused_together_; }
  bool outstanding() const { return outstanding_ > 0; }
  bool any_acknowledged() const;
  const std::vector<std::pair<std::size_t, std::string>>& refused() const { return refused_; }
  /// The ids that may be ended: acknowledged, and no row of the same lane before them failed. A row behind such a one is in Kafka too
  /// early; sent again behind it, readers see the right order at the end.
  std::vector<std::int64_t> done() const;

 private:
  enum class State : std::uint8_t { none, acknowledged, refused, failed };
  const std::vector<store::OutboxRow>& rows_;
  std::uint32_t number_;
  std::vector<State> states_;
  std::vector<std::pair<std::size_t, std::string>> refused_;
  std::size_t outstanding_ = 0, handed_ = 0;
  bool failed_ = false, refused_together_ = false;
};

}  // namespace crossdock::hub
