#include "kafka/producer.hpp"

#include <array>
#include <bit>
#include <mutex>

#include "kafka/library.hpp"

namespace crossdock::kafka {
namespace {

constexpr std::array<Frozen, 5> frozen_of_producer{{
    {"enable.idempotence", "true"},
    {"enable.gapless.guarantee", "true"},  // a batch that is refused stops the ones behind it (a fatal error, and a new producer)
    {"acks", "all"},
    {"partitioner", "murmur2_random"},
    {"socket.nagle.disable", "true"},
}};

// A checksum that does not fit (INVALID_MSG) is not the record's fault: the line broke it, and the next attempt is whole.
bool is_the_records_fault(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct Producer::State : LogTarget {
  ProducerSettings settings;
  Handle handle;
  std::vector<Report> reports;
  std::size_t in_flight = 0;
  int recreations = 0;
  std::optional<std::string> trouble;
  std::mutex main_queue_mutex;  ///< wake() comes from other threads while poll() may make the handle anew
  Queue main_queue;

  Outcome make();
  void make_anew_after_fatal();
  bool fatal() const { return rd_kafka_fatal_error(handle.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR; }
  static void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque);
  static void on_error(rd_kafka_t*, int error, const char* reason, void* opaque);
};

std::span<const Frozen> Producer::frozen() { return frozen_of_producer; }

void Producer::State::on_report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& self = *static_cast<State*>(opaque);
  Report report;
  report.token = std::bit_cast<std::uint64_t>(message->_private);
  report.partition = message->partition;
  report.offset = message->offset;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    report.code = code_of(message->err);
    report.message = rd_kafka_err2str(message->err);  // rd_kafka_message_errstr would read the record's own value as text
    report.maybe_written = rd_kafka_message_status(message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
    report.rejected = is_the_records_fault(message->err);
  }
  self.reports.push_back(std::move(report));
  --self.in_flight;
}

void Producer::State::on_error(rd_kafka_t*, int error, const char* reason, void* opaque) {
  static_cast<State*>(opaque)->trouble = code_of(static_cast<rd_kafka_resp_err_t>(error)) + ": " + reason;
}

Outcome Producer::State::make() {
  Recipe recipe(settings.cluster, frozen_of_producer);
  recipe.set("message.timeout.ms", settings.message_timeout.count())
      .set("linger.ms", settings.linger.count())
      .set("queue.buffering.max.messages", settings.queued_messages);
  rd_kafka_conf_set_dr_msg_cb(recipe.raw(), on_report);
  rd_kafka_conf_set_error_cb(recipe.raw(), on_error);
  auto made = recipe.make(RD_KAFKA_PRODUCER, this);
  if (!made) return made.fault();
  const std::lock_guard lock(main_queue_mutex);
  handle = std::move(made).value();
  main_queue.reset(rd_kafka_queue_get_main(handle.get()));
  return Done{};
}

void Producer::State::make_anew_after_fatal() {
  std::array<char, 256> why{};
  const auto error = rd_kafka_fatal_error(handle.get(), why.data(), why.size());
  trouble = code_of(error) + ": " + why.data();
  rd_kafka_purge(handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  for (const auto deadline = Deadline::in(std::chrono::seconds(2)); in_flight > 0 && !deadline.passed();) rd_kafka_poll(handle.get(), 10);
  {
    const std::lock_guard lock(main_queue_mutex);
    main_queue.reset();
    handle.reset();
  }
  in_flight = 0;
  ++recreations;
  static_cast<void>(make());  // the same settings have made one before
}

Producer::Producer(std::unique_ptr<State> state) : state_(std::move(state)) {}

Producer::~Producer() {
  rd_kafka_purge(state_->handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_poll(state_->handle.get(), 0);
  const std::shared_ptr<State> ending = std::move(state_);
  end_by(Deadline::in(std::chrono::seconds(2)), [ending] {
    ending->main_queue.reset();
    ending->handle.reset();
  });
}

Result<std::unique_ptr<Producer>> Producer::open(const ProducerSettings& settings) {
  auto state = std::make_unique<State>();
  state->on_log = settings.cluster.on_log;
  state->settings = settings;
  if (auto made = state->make(); !made) return made.fault();
  return std::make_unique<Producer>(std::move(state));
}

Producer::Queued Producer::produce(std::string_view topic, std::optional<std::string_view> key, std::optional<std::string_view> value,
                                   const Headers& headers, std::uint64_t token, int partition) {
  if (state_->fatal()) return Queued::fatal;
  rd_kafka_headers_t* copied = headers.empty() ? nullptr : rd_kafka_headers_new(headers.size());
  for (const auto& [name, text] : headers) {
    rd_kafka_header_add(copied, name.data(), static_cast<ssize_t>(name.size()), text.data(), static_cast<ssize_t>(text.size()));
  }
  const std::string topic_name(topic);
  std::array<rd_kafka_vu_t, 7> fields{};
  fields[0] = {.vtype = RD_KAFKA_VTYPE_TOPIC, .u = {.cstr = topic_name.c_str()}};
  fields[1] = {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u = {.i = RD_KAFKA_MSG_F_COPY}};
  fields[2] = {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u = {.ptr = std::bit_cast<void*>(token)}};
  fields[3] = {.vtype = RD_KAFKA_VTYPE_PARTITION, .u = {.i32 = partition < 0 ? RD_KAFKA_PARTITION_UA : partition}};
  std::size_t count = 4;
  const auto bytes = [](std::string_view text) {
    rd_kafka_vu_t field{};
    field.u.mem.ptr = const_cast<char*>(text.data() ? text.data() : "");
    field.u.mem.size = text.size();
    return field;
  };
  if (key) {
    fields[count] = bytes(*key);
    fields[count++].vtype = RD_KAFKA_VTYPE_KEY;
  }
  if (value) {
    fields[count] = bytes(*value);
    fields[count++].vtype = RD_KAFKA_VTYPE_VALUE;
  }
  if (copied) fields[count++] = {.vtype = RD_KAFKA_VTYPE_HEADERS, .u = {.headers = copied}};
  const ErrorObject error(rd_kafka_produceva(state_->handle.get(), fields.data(), count));
  if (!error) {
    ++state_->in_flight;
    return Queued::yes;
  }
  if (copied) rd_kafka_headers_destroy(copied);
  switch (rd_kafka_error_code(error.get())) {
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return Queued::full;
    case RD_KAFKA_RESP_ERR__FATAL:
      return Queued::fatal;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return Queued::too_large;
    default:
      return Queued::refused;
  }
}

std::span<const Report> Producer::poll(std::chrono::milliseconds wait) {
  state_->reports.clear();
  if (state_->fatal()) {
    state_->make_anew_after_fatal();
    return state_->reports;
  }
  rd_kafka_poll(state_->handle.get(), in_ms(wait));
  return state_->reports;
}

void Producer::wake() {
  const std::lock_guard lock(state_->main_queue_mutex);
  if (state_->main_queue) rd_kafka_queue_yield(state_->main_queue.get());
}

std::span<const Report> Producer::flush(Deadline deadline, bool then_purge) {
  state_->reports.clear();
  rd_kafka_flush(state_->handle.get(), in_ms(deadline.left()));
  if (then_purge && state_->in_flight > 0) {
    rd_kafka_purge(state_->handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    for (const auto end = Deadline::in(std::chrono::seconds(1)); state_->in_flight > 0 && !end.passed();) {
      rd_kafka_poll(state_->handle.get(), 10);
    }
  }
  return state_->reports;
}

std::size_t Producer::in_flight() const { return state_->in_flight; }
int Producer::recreations() const { return state_->recreations; }
std::optional<std::string> Producer::last_trouble() const { return state_->trouble; }
void Producer::provoke_fatal_error() {
  rd_kafka_test_fatal_error(state_->handle.get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "provoked");
}

}  // namespace crossdock::kafka
