#include "hub/batch.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace crossdock::hub {

namespace {
/// The order of a lane is what readers rely on: records of one key of a topic.
std::pair<std::string_view, std::string_view> lane_of(const store::OutboxRow& row) {
  return {row.topic, row.key ? std::string_view(*row.key) : std::string_view()};
}
}  // namespace

void Batch::take(std::span<const kafka::Report> reports) {
  for (const auto& report : reports) {
    if (report.token >> 32 != number_) continue;
    auto place = static_cast<std::size_t>(report.token & 0xffffffffU);
    --outstanding_;
    if (report.ok())
      states_[place] = State::acknowledged;
    else if (report.rejected && handed_ == 1)
      refuse(place, report.message);
    else
      fail(place);
    refused_together_ = refused_together_ || (report.rejected && handed_ > 1);
  }
}

void Batch::refuse(std::size_t place, std::string why) {
  states_[place] = State::refused;
  refused_.emplace_back(place, std::move(why));
}

void Batch::fail(std::size_t place) {
  states_[place] = State::failed;
  failed_ = true;
}

bool Batch::any_acknowledged() const { return std::find(states_.begin(), states_.end(), State::acknowledged) != states_.end(); }

std::vector<std::int64_t> Batch::done() const {
  std::vector<std::int64_t> ids;
  std::set<std::pair<std::string_view, std::string_view>> broken;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (states_[i] == State::failed) broken.insert(lane_of(rows_[i]));
    if (states_[i] == State::acknowledged && !broken.contains(lane_of(rows_[i]))) ids.push_back(rows_[i].id);
  }
  return ids;
}

}  // namespace crossdock::hub
