// CPU of the consuming thread per record, against librdkafka used bare. Needs CROSSDOCK_KAFKA_BROKERS.
#include <benchmark/benchmark.h>
#include <librdkafka/rdkafka.h>
#include <time.h>

#include <cstdlib>
#include <string>

#include "crossdock/base/id.hpp"
#include "kafka/admin.hpp"
#include "kafka/consumer.hpp"
#include "kafka/producer.hpp"

namespace crossdock::kafka {
namespace {

using namespace std::chrono_literals;
constexpr int records_written = 200'000;

double thread_cpu() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Cluster cluster() {
  const char* brokers = std::getenv("CROSSDOCK_KAFKA_BROKERS");
  return Cluster{.brokers = brokers ? brokers : ""};
}

/// A topic with 200,000 records of 200 bytes, written once.
const std::string& filled_topic() {
  static const std::string name = [] {
    const std::string topic = "bench-" + new_id();
    if (!Admin::open(cluster()).value()->create_missing({{topic, 1, 1, {}}}, Deadline::in(20s))) return std::string();
    const auto writer = Producer::open(ProducerSettings{.cluster = cluster()}).value();
    const std::string body(200, 'x');
    for (int i = 0; i < records_written;) {
      if (writer->produce(topic, "key-" + std::to_string(i % 100), body, {}, 0, 0) == Producer::Queued::yes) {
        ++i;
      } else {
        writer->poll(10ms);
      }
    }
    writer->flush(Deadline::in(60s), false);
    return topic;
  }();
  return name;
}

void Ours(benchmark::State& state) {
  if (cluster().brokers.empty() || filled_topic().empty()) return state.SkipWithError("no broker: set CROSSDOCK_KAFKA_BROKERS");
  for (auto _ : state) {
    const auto reader = Consumer::open(ConsumerSettings{.cluster = cluster(), .group = new_id()}, {filled_topic()}).value();
    std::size_t count = 0, bytes = 0;
    const double before = thread_cpu();  // waiting costs nothing on this clock
    while (count < records_written) {
      const Event event = reader->poll(100ms);
      if (const auto* records = std::get_if<Records>(&event)) {
        for (const auto& record : records->records) bytes += record.value->size() + record.key->size();
        count += records->records.size();
      } else if (const auto* assigned = std::get_if<Assigned>(&event)) {
        for (const auto& partition : assigned->partitions) static_cast<void>(reader->start(partition, Start::earliest()));
      }
    }
    benchmark::DoNotOptimize(bytes);
    state.SetIterationTime(thread_cpu() - before);
  }
  state.SetItemsProcessed(state.iterations() * records_written);
}
BENCHMARK(Ours)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(5);

void Bare(benchmark::State& state) {
  if (cluster().brokers.empty() || filled_topic().empty()) return state.SkipWithError("no broker: set CROSSDOCK_KAFKA_BROKERS");
  for (auto _ : state) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    const auto set = [&](const char* name, const char* value) { rd_kafka_conf_set(conf, name, value, nullptr, 0); };
    set("bootstrap.servers", cluster().brokers.c_str());
    set("group.id", "bare");
    set("check.crcs", "true");
    set("queued.max.messages.kbytes", "16384");
    rd_kafka_t* handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
    rd_kafka_poll_set_consumer(handle);
    auto* list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, filled_topic().c_str(), 0)->offset = 0;
    rd_kafka_assign(handle, list);
    rd_kafka_topic_partition_list_destroy(list);
    std::size_t count = 0, bytes = 0;
    const double before = thread_cpu();
    while (count < records_written) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(handle, 100);
      if (!message) continue;
      if (!message->err) {
        bytes += message->len + message->key_len;
        ++count;
      }
      rd_kafka_message_destroy(message);
    }
    benchmark::DoNotOptimize(bytes);
    state.SetIterationTime(thread_cpu() - before);
    rd_kafka_consumer_close(handle);
    rd_kafka_destroy(handle);
  }
  state.SetItemsProcessed(state.iterations() * records_written);
}
BENCHMARK(Bare)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(5);

}  // namespace
}  // namespace crossdock::kafka
