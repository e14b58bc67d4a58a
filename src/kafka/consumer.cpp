#include "kafka/consumer.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <map>
#include <utility>

#include "kafka/library.hpp"

namespace crossdock::kafka {
namespace {

constexpr std::array<Frozen, 9> frozen_of_consumer{{
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"isolation.level", "read_committed"},
    {"check.crcs", "true"},
    {"partition.assignment.strategy", "range"},
    {"allow.auto.create.topics", "false"},
    {"enable.partition.eof", "true"},
    {"socket.nagle.disable", "true"},
}};

Partition partition_of(const rd_kafka_message_t* message) { return {rd_kafka_topic_name(message->rkt), message->partition}; }

bool topic_gone(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

Trouble trouble_of(const rd_kafka_message_t* message) {
  Trouble trouble;
  trouble.code = code_of(message->err);
  const char* text = rd_kafka_message_errstr(message);
  trouble.message = text ? text : rd_kafka_err2str(message->err);
  trouble.fatal = message->err == RD_KAFKA_RESP_ERR__FATAL;
  if (message->rkt) trouble.partition = partition_of(message);
  trouble.topic_gone = topic_gone(message->err);
  trouble.out_of_range = message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
  return trouble;
}

/// Before 2.1 the library waits for the thousandth part of what it is told, and takes seeks for late that are not.
int seek_ms(Deadline deadline) {
  const auto ms = static_cast<std::int64_t>(in_ms(deadline.left())) * (rd_kafka_version() < 0x02010000 ? 1'000 : 1);
  return static_cast<int>(std::min<std::int64_t>(ms, std::numeric_limits<int>::max()));
}

}  // namespace

std::optional<std::string_view> Record::header(std::string_view name) const {
  for (auto it = headers.rbegin(); it != headers.rend(); ++it) {
    if (it->first == name) return it->second;
  }
  return {};
}

struct Consumer::State : LogTarget {
  struct Place {
    std::optional<std::int64_t> next;  ///< nothing: not started yet
    bool paused = false;
  };

  Handle handle;
  std::map<Partition, Place> places;  ///< what is assigned to us
  std::deque<Event> events;           ///< to be handed out, in order
  std::vector<Message> messages;      ///< behind the records handed out last
  std::vector<Record> records;
  /// The place of the last record: they come in runs. Valid within one poll(), where the topic's handle is kept by a message.
  rd_kafka_topic_t* last_topic = nullptr;
  int last_number = -1;
  Place* last_place = nullptr;
  bool give_up = false;     ///< a revocation was handed out; the next poll answers it
  bool assign_due = false;  ///< places changed; the next poll tells the library
  bool unanswered = false;  ///< the library waits for our answer to a rebalance, and would wait for ever
  bool closing = false;

  static void on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* list, void* opaque);
  static void on_error(rd_kafka_t* handle, int error, const char* reason, void* opaque);
  void answer_rebalance();
  void assign_started();
  void assign_nothing();
  void forget_places();
  std::vector<Partition> paused() const;
  void leave(Deadline deadline);
  /// Takes one message from the library; false when nothing came.
  bool take_one(int wait_ms);
  void take(Message message);
  Place* place_of(const rd_kafka_message_t* message);
  Event next_event();
};

std::span<const Frozen> Consumer::frozen() { return frozen_of_consumer; }

/// On the owner's thread, inside rd_kafka_consumer_poll. It only notes what is to be said: the library waits for our answer
/// (rd_kafka_assign) as long as the poll interval allows.
void Consumer::State::on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* list, void* opaque) {
  auto& self = *static_cast<State*>(opaque);
  if (self.closing) return self.assign_nothing();
  self.unanswered = true;
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self.forget_places();
    for (const auto& partition : partitions_of(list)) self.places[partition];
    self.assign_due = true;
    self.events.emplace_back(Assigned{partitions_of(list)});
    return;
  }
  if (error != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
    self.events.emplace_back(Trouble{code_of(error), rd_kafka_err2str(error), false, {}, false});
  }
  self.events.emplace_back(Revoked{partitions_of(list), rd_kafka_assignment_lost(handle) != 0});
}

/// Also inside rd_kafka_consumer_poll: brokers that do not answer, and fatal errors.
void Consumer::State::on_error(rd_kafka_t* handle, int error, const char* reason, void* opaque) {
  auto& self = *static_cast<State*>(opaque);
  const bool fatal = error == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_fatal_error(handle, nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
  const auto code = static_cast<rd_kafka_resp_err_t>(error);
  if (!self.closing) self.events.emplace_back(Trouble{code_of(code), reason, fatal, {}, false, topic_gone(code)});
}

void Consumer::State::answer_rebalance() {
  if (give_up) {
    give_up = false;
    forget_places();
    assign_due = false;
    assign_nothing();
  }
  if (assign_due) assign_started();
}

void Consumer::State::assign_nothing() {
  unanswered = false;
  rd_kafka_assign(handle.get(), nullptr);
}

/// What we paused the library keeps paused, also when it is assigned anew: before it is let go it is resumed, or nobody would ever fetch
/// it here again. Nothing comes of it meanwhile: the answer to the rebalance follows, and outdates what was fetched.
void Consumer::State::forget_places() {
  if (const auto still = paused(); !still.empty()) rd_kafka_resume_partitions(handle.get(), list_of(still).get());
  places.clear();
  last_place = nullptr;
}

std::vector<Partition> Consumer::State::paused() const {
  std::vector<Partition> out;
  for (const auto& [partition, place] : places) {
    if (place.paused) out.push_back(partition);
  }
  return out;
}

void Consumer::State::assign_started() {
  assign_due = false;
  unanswered = false;
  std::vector<Partition> started;
  for (const auto& [partition, place] : places) {
    if (place.next) started.push_back(partition);
  }
  const auto list = list_of(started);
  for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = *places[started[static_cast<std::size_t>(i)]].next;
  if (const auto error = rd_kafka_assign(handle.get(), list.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    events.emplace_back(Trouble{code_of(error), rd_kafka_err2str(error), false, {}, false});
  }
  // Whether a new assignment keeps what was paused is the library's version's to say.
  if (const auto still = paused(); !still.empty()) rd_kafka_pause_partitions(handle.get(), list_of(still).get());
}

Consumer::State::Place* Consumer::State::place_of(const rd_kafka_message_t* message) {
  if (last_place && message->rkt == last_topic && message->partition == last_number) return last_place;
  const auto found = places.find(partition_of(message));
  if (found == places.end()) return nullptr;
  last_topic = message->rkt;
  last_number = message->partition;
  return last_place = &found->second;
}

void Consumer::State::take(Message message) {
  if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    events.emplace_back(PartitionEnd{partition_of(message.get()), message->offset});
    return;
  }
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    events.emplace_back(trouble_of(message.get()));
    return;
  }
  auto* place = place_of(message.get());
  // What was fetched before a pause may still be queued; resume() seeks back to it.
  if (!place || place->paused) return;
  place->next = message->offset + 1;
  records.push_back(record_of(message.get()));
  messages.push_back(std::move(message));
}

bool Consumer::State::take_one(int wait_ms) {
  Message message(rd_kafka_consumer_poll(handle.get(), wait_ms));
  if (!message) return false;
  take(std::move(message));
  return true;
}

Event Consumer::State::next_event() {
  Event event = std::move(events.front());
  events.pop_front();
  if (std::holds_alternative<Revoked>(event)) give_up = true;
  return event;
}

Consumer::Consumer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Consumer::~Consumer() { close(Deadline::in(std::chrono::seconds(2))); }

Result<std::unique_ptr<Consumer>> Consumer::open(const ConsumerSettings& settings, const std::vector<std::string>& topics) {
  auto state = std::make_unique<State>();
  state->on_log = settings.cluster.on_log;
  Recipe recipe(settings.cluster, frozen_of_consumer);
  recipe.set("group.id", settings.group)
      .set("session.timeout.ms", settings.session_timeout.count())
      .set("heartbeat.interval.ms", std::min<std::int64_t>(3'000, settings.session_timeout.count() / 3))
      .set("max.poll.interval.ms", settings.max_poll_interval.count())
      .set("queued.max.messages.kbytes", settings.queued_kbytes)
      // A topic that comes, or comes back, is seen at the next refresh.
      .set("topic.metadata.refresh.interval.ms", 10'000);
  rd_kafka_conf_set_rebalance_cb(recipe.raw(), State::on_rebalance);
  rd_kafka_conf_set_error_cb(recipe.raw(), State::on_error);
  auto handle = recipe.make(RD_KAFKA_CONSUMER, state.get());
  if (!handle) return handle.fault();
  state->handle = std::move(handle).value();
  rd_kafka_poll_set_consumer(state->handle.get());
  std::vector<Partition> wanted;
  wanted.reserve(topics.size());
  for (const auto& topic : topics) wanted.push_back({topic, RD_KAFKA_PARTITION_UA});
  if (const auto error = rd_kafka_subscribe(state->handle.get(), list_of(wanted).get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return fault_of(error, "subscribing");
  }
  return std::make_unique<Consumer>(std::move(state));
}

Event Consumer::poll(std::chrono::milliseconds wait, std::size_t max_records) {
  auto& state = *state_;
  if (!state.handle) return Idle{};
  state.records.clear();
  state.messages.clear();
  state.last_place = nullptr;
  state.answer_rebalance();
  if (!state.events.empty()) return state.next_event();
  // One at a time and not rd_kafka_consume_batch: that one skips offsets around a pause before librdkafka 2.1.
  const auto deadline = Deadline::in(wait);
  do {
    state.take_one(static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(deadline.left()).count()));
  } while (state.records.empty() && state.events.empty() && !deadline.passed());
  while (!state.records.empty() && state.records.size() < max_records && state.events.empty() && state.take_one(0)) {
  }
  if (!state.records.empty()) return Records{state.records};
  return state.events.empty() ? Event(Idle{}) : state.next_event();
}

Result<std::int64_t> Consumer::start(const Partition& partition, Start start, Deadline deadline) {
  const auto place = state_->places.find(partition);
  if (place == state_->places.end()) {
    return Fault(FaultKind::unavailable, "kafka_not_assigned", partition.topic + " is not assigned to this consumer");
  }
  if (start.at != Start::At::offset) {
    // Asked for now and kept as a number: `latest` would move on when the partition is assigned again before its first record.
    const auto marks = watermarks(partition, deadline);
    if (!marks) return marks.fault();
    start.offset = start.at == Start::At::earliest ? marks->low : marks->high;
  }
  if (place->second.paused) {
    const auto error = rd_kafka_resume_partitions(state_->handle.get(), list_of({&partition, 1}).get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, "resuming");
    place->second.paused = false;
  }
  place->second.next = start.offset;
  state_->assign_due = true;
  return start.offset;
}

Outcome Consumer::pause(const Partition& partition) {
  const auto place = state_->places.find(partition);
  if (place == state_->places.end()) return Fault(FaultKind::unavailable, "kafka_not_assigned", partition.topic + " is not ours");
  const auto list = list_of({&partition, 1});
  const auto error = rd_kafka_pause_partitions(state_->handle.get(), list.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) place->second.paused = true;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, "pausing");
  return Done{};
}

Outcome Consumer::resume(const Partition& partition, std::int64_t next, Deadline deadline) {
  const auto place = state_->places.find(partition);
  if (place == state_->places.end()) return Fault(FaultKind::unavailable, "kafka_not_assigned", partition.topic + " is not ours");
  // Resume first: on resume the library goes on where the application was told it is, and the seek then says where it really is.
  const auto list = list_of({&partition, 1});
  if (const auto error = rd_kafka_resume_partitions(state_->handle.get(), list.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return fault_of(error, "resuming");
  }
  list->elems[0].offset = next;
  const ErrorObject error(rd_kafka_seek_partitions(state_->handle.get(), list.get(), seek_ms(deadline)));
  if (error) return fault_of(error.get(), "seeking");
  if (list->elems[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(list->elems[0].err, "seeking");
  place->second.paused = false;
  place->second.next = next;
  return Done{};
}

bool Consumer::paused(const Partition& partition) const {
  const auto place = state_->places.find(partition);
  return place != state_->places.end() && place->second.paused;
}

std::vector<Partition> Consumer::assignment() const {
  std::vector<Partition> out;
  for (const auto& [partition, place] : state_->places) out.push_back(partition);
  return out;
}

Result<Watermarks> Consumer::watermarks(const Partition& partition, Deadline deadline) {
  return watermarks_of(state_->handle.get(), partition, deadline);
}

/// Leaves the group, so that the others need not wait for our session to end.
void Consumer::State::leave(Deadline deadline) {
  closing = true;
  records.clear();
  messages.clear();
  events.clear();
  // An assignment or a revocation that was not handed out, or not acted upon yet: the library ends only after the answer to it.
  if (unanswered) assign_nothing();
  // Gone before the handle: what is still queued holds partitions, and the library waits for these without a limit.
  const Queue queue(rd_kafka_queue_new(handle.get()));
  const ErrorObject error(rd_kafka_consumer_close_queue(handle.get(), queue.get()));
  while (!error && !rd_kafka_consumer_closed(handle.get()) && !deadline.passed()) {
    const QueueEvent event(rd_kafka_queue_poll(queue.get(), 50));
    if (event && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) assign_nothing();
  }
}

void Consumer::close(Deadline deadline) {
  if (!state_->handle) return;
  const std::shared_ptr<State> ending = std::exchange(state_, std::make_unique<State>());
  end_by(Deadline(deadline.at() + std::chrono::milliseconds(500)), [ending, deadline] {
    ending->leave(deadline);
    rd_kafka_destroy_flags(ending->handle.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  });
}

}  // namespace crossdock::kafka
