#include "kafka/lookup.hpp"

#include <array>

#include "kafka/library.hpp"

namespace crossdock::kafka {
namespace {

constexpr std::array<Frozen, 7> frozen_of_lookup{{
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"isolation.level", "read_committed"},
    {"check.crcs", "true"},
    {"allow.auto.create.topics", "false"},
    {"enable.partition.eof", "true"},
}};

/// Fetching of one partition, from an offset until this ends. The group's interface would look for the group's coordinator.
class Fetching {
 public:
  Fetching(rd_kafka_t* handle, const Partition& partition, std::int64_t offset)
      : topic_(rd_kafka_topic_new(handle, partition.topic.c_str(), nullptr)),
        number_(partition.number),
        begun_(topic_ && rd_kafka_consume_start(topic_.get(), number_, offset) == 0) {}
  ~Fetching() {
    if (begun_) rd_kafka_consume_stop(topic_.get(), number_);
  }
  Fetching(const Fetching&) = delete;
  Fetching& operator=(const Fetching&) = delete;

  bool begun() const { return begun_; }
  Message next(Deadline deadline) { return Message(rd_kafka_consume(topic_.get(), number_, in_ms(deadline.left()))); }

 private:
  TopicHandle topic_;
  int number_;
  bool begun_;
};

}  // namespace

struct Lookup::State : LogTarget {
  Handle handle;
};

std::span<const Frozen> Lookup::frozen() { return frozen_of_lookup; }

Lookup::Lookup(std::unique_ptr<State> state) : state_(std::move(state)) {}

Lookup::~Lookup() {
  const std::shared_ptr<State> ending = std::move(state_);
  end_by(Deadline::in(std::chrono::seconds(1)),
         [ending] { rd_kafka_destroy_flags(ending->handle.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE); });
}

Result<std::unique_ptr<Lookup>> Lookup::open(const Cluster& cluster) {
  auto state = std::make_unique<State>();
  state->on_log = cluster.on_log;
  Recipe recipe(cluster, frozen_of_lookup);
  recipe.set("queued.min.messages", 1).set("fetch.message.max.bytes", 65'536);  // one record is wanted, nothing ahead
  auto handle = recipe.make(RD_KAFKA_CONSUMER, state.get());
  if (!handle) return handle.fault();
  state->handle = std::move(handle).value();
  return std::make_unique<Lookup>(std::move(state));
}

Result<Watermarks> Lookup::watermarks(const Partition& partition, Deadline deadline) {
  return watermarks_of(state_->handle.get(), partition, deadline);
}

Result<bool> Lookup::first_from(const Partition& partition, std::int64_t offset, Deadline deadline,
                                const std::function<void(const Record&)>& show) {
  Fetching fetching(state_->handle.get(), partition, offset);
  if (!fetching.begun()) return fault_of(rd_kafka_last_error(), "looking a record up");
  do {
    const auto message = fetching.next(deadline);
    if (!message) continue;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return false;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(message->err, "looking a record up");
    show(record_of(message.get()));
    return true;
  } while (!deadline.passed());
  return Fault(FaultKind::unavailable, "kafka_unavailable", "looking a record up: no answer in time");
}

}  // namespace crossdock::kafka
