// What a bad line does to records: some come twice, some are overtaken. Pure: time is handed in.
// Of shipments those of one order keep their order, as a warehouse's shipping papers do: what "the rest of the line" is, is said in turn.
// They come before their movements or after them, and again later.
#pragma once
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "sim/wms_books.hpp"

namespace crossdock::sim {

class Disorder {
 public:
  struct Shares {
    double twice = 0;
    double late = 0;
    std::chrono::milliseconds by{500};  ///< how late at most
  };
  Disorder(Shares shares, std::uint64_t seed) : shares_(shares), dice_(seed) {}

  void set(Shares shares) { shares_ = shares; }
  const Shares& shares() const { return shares_; }
  void add(const Told& told, Clock::time_point now);
  /// Comes at once and once: what must be sent again as it was.
  void repeat(const Told& told, Clock::time_point now) { waiting_.emplace(now, told); }
  /// What is to be sent by now, in the order of sending.
  std::vector<Told> due(Clock::time_point now);
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t twice() const { return twice_; }
  std::size_t late() const { return late_; }

 private:
  Clock::duration some_time() {
    return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(1, std::max<std::int64_t>(1, shares_.by.count()))(dice_));
  }
  bool chance(double share) { return std::uniform_real_distribution<double>(0, 1)(dice_) < share; }

  Shares shares_;
  std::mt19937_64 dice_;
  std::multimap<Clock::time_point, Told> waiting_;
  std::map<std::string, Clock::time_point> last_paper_;  // by key
  std::size_t twice_ = 0, late_ = 0;
};

}  // namespace crossdock::sim
