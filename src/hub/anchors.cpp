#include "hub/anchors.hpp"

#include <algorithm>

namespace crossdock::hub {

Anchors::Anchors(const store::LastRead& last, std::int64_t low) : low_(low) {
  if (last.offset >= 0) records_.push_back(last);
}

Anchors::Answer Anchors::look(Log& log) const {
  Answer answer;
  const auto low = log.low();
  if (!low) return answer;
  answer.low = *low;
  if (*low < low_) {  // logs are cut off at their beginning, never added to there
    answer.verdict = Verdict::other;
    answer.why = "the log begins at " + std::to_string(*low) + ", before it began at " + std::to_string(low_) + ": the topic was made anew";
    return answer;
  }
  for (const auto& record : records_) {
    if (record.offset < *low) break;  // cut off, as are the older ones
    const auto found = log.first_from(record.offset);
    if (!found || !*found) return answer;  // shorter than that: the reader is told so itself
    if ((*found)->offset != record.offset) continue;
    answer.verdict = (*found)->print == record.print ? Verdict::same : Verdict::other;
    if (answer.verdict == Verdict::same) return answer;
    answer.missing = record;
    answer.why =
        "the record at " + std::to_string(record.offset) + " is not the one that was read: the topic was made anew while it was read";
    return answer;
  }
  answer.verdict = Verdict::nothing;
  return answer;
}

void Anchors::looked(const Answer& answer, const store::LastRead& read_before) {
  if (answer.verdict != Verdict::same && answer.verdict != Verdict::nothing) return;
  low_ = std::max(low_, answer.low);
  std::erase_if(records_, [this](const store::LastRead& record) { return record.offset < low_; });
  if (read_before.offset < low_ || (!records_.empty() && read_before.offset <= records_.front().offset)) return;
  records_.insert(records_.begin(), read_before);
  if (records_.size() > kept) records_.pop_back();
}

}  // namespace crossdock::hub
