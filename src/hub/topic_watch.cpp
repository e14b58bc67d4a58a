#include "hub/topic_watch.hpp"

#include <utility>

namespace crossdock::hub {

using namespace std::chrono_literals;

namespace {

class LogOnKafka final : public Log {
 public:
  LogOnKafka(kafka::Lookup& lookup, const kafka::Partition& partition) : lookup_(lookup), partition_(partition), limit_(Deadline::in(1s)) {}
  bool failed() const { return failed_; }

  Result<std::int64_t> low() override {
    auto marks = lookup_.watermarks(partition_, limit_);
    failed_ = failed_ || !marks;
    if (!marks) return marks.fault();
    return marks->low;
  }
  Result<std::optional<store::LastRead>> first_from(std::int64_t offset) override {
    std::optional<store::LastRead> found;
    auto shown = lookup_.first_from(partition_, offset, limit_, [&found](const kafka::Record& record) {
      found = store::LastRead{record.offset, store::print_of(record.timestamp_ms, record.key.value_or(""), record.value.value_or(""))};
    });
    failed_ = failed_ || !shown;
    if (!shown) return shown.fault();
    return found;
  }

 private:
  kafka::Lookup& lookup_;
  const kafka::Partition& partition_;
  Deadline limit_;
  bool failed_ = false;
};

}  // namespace

void TopicWatch::start() {
  thread_ = std::thread([this] { run(); });
}

void TopicWatch::begin_stop() {
  {
    const std::lock_guard hold(lock_);
    stopping_ = true;
  }
  condition_.notify_all();
}

void TopicWatch::stop() {
  begin_stop();
  if (thread_.joinable()) thread_.join();
}

void TopicWatch::give(std::vector<Asked> round) {
  busy_ = true;
  {
    const std::lock_guard hold(lock_);
    given_ = std::move(round);
  }
  condition_.notify_all();
}

std::optional<std::vector<TopicWatch::Told>> TopicWatch::answer() {
  if (!busy_) return {};
  const std::lock_guard hold(lock_);
  if (told_) busy_ = false;
  return std::exchange(told_, {});
}

Anchors::Answer TopicWatch::look(const Asked& asked) {
  if (!lookup_) {
    auto opened = kafka::Lookup::open(cluster_);
    if (!opened) return {};
    lookup_ = std::move(*opened);
  }
  LogOnKafka log(*lookup_, asked.partition);
  auto answer = asked.anchors.look(log);
  if (log.failed()) lookup_.reset();
  return answer;
}

void TopicWatch::run() {
  for (;;) {
    std::vector<Asked> round;
    {
      std::unique_lock hold(lock_);
      condition_.wait(hold, [this] { return stopping_ || given_; });
      if (stopping_) break;
      round = std::move(*given_);
      given_.reset();
    }
    std::vector<Told> told;
    for (auto& asked : round) {
      if (stopping_) break;
      auto answer = look(asked);
      told.push_back({std::move(asked), std::move(answer)});
    }
    const std::lock_guard hold(lock_);
    told_ = std::move(told);
  }
  lookup_.reset();
}

}  // namespace crossdock::hub
