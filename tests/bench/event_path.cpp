// The event path without the database: `bench_event_path consume|decode|decide|bare BROKERS TOPIC COUNT KEYS`.
//   consume  the hub's own consumer
//   decode   it, and each record read into a request
//   decide   all: the ledger's decision on rows that are there, the events it would publish, the projection
//   bare     librdkafka's consumer, which looks at each record's first byte
// Both print "done COUNT MICROSECONDS CPU": the microseconds of processor that all
// threads of the process took for COUNT records.
#include <librdkafka/rdkafka.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "crossdock/base/id.hpp"
#include "hub/memory.hpp"
#include "hub/record.hpp"
#include "kafka/consumer.hpp"
#include "store/change.hpp"

namespace {

using namespace crossdock;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double process_cpu() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

/// Counts from the first record on: joining and connecting are not the path.
class Watch {
 public:
  void took(std::size_t records) {
    if (count_ == 0) start_ = Clock::now(), cpu_ = process_cpu();
    count_ += records;
  }
  std::size_t count() const { return count_; }
  int print() const {
    const auto micros = std::chrono::duration<double, std::micro>(Clock::now() - start_).count();
    std::printf("done %zu %.0f %.0f\n", count_, micros, process_cpu() - cpu_);
    return 0;
  }

 private:
  std::size_t count_ = 0;
  Clock::time_point start_{};
  double cpu_ = 0;
};

/// What a hub holds: items and locations in memory.
struct Company {
  hub::HubMemory memory;
  ledger::Rules rules;

  explicit Company(int keys) {
    const std::string origin = R"("source":{"system":"bench","record_id":null,"revision":null,"as_of":null}})";
    for (int l = 1; l <= 4; ++l) {
      const auto code = "L-" + std::to_string(l);
      memory.master("location", code, 1,
                    R"({"code":")" + code +
                        R"(","name":null,"time_zone":"UTC","priority":100,"cut_off":null,"ship_effect":"movement","stock_owner":null,)" +
                        origin);
    }
    for (int i = 1; i <= (keys + 3) / 4; ++i) {
      const auto sku = "I-" + std::to_string(i);
      memory.master("item", sku, 1,
                    R"({"sku":")" + sku +
                        R"(","description":null,"status":"active","base_uom":"EA","units":[],"gtin":null,"minimum":null,"multiple":null,)"
                        R"("maximum":null,"safety_stock":[],"weight_kg":null,"lead_time_days":null,"lot_tracked":false,)" +
                        origin);
    }
  }
};

std::vector<hub::Record> decode(const Company& company, const hub::FeedSettings& feed, std::span<const kafka::Record> records) {
  std::vector<hub::Record> read;
  for (const auto& record : records) {
    ledger::FeedOrigin from;
    from.feed = feed.full_name();
    from.topic = record.topic;
    from.partition = record.partition;
    from.offset = record.offset;
    if (record.key) from.record_key = std::string(*record.key);
    from.body = record.value.value_or("");
    read.push_back(hub::read_record(feed, std::move(from), company.memory));
  }
  return read;
}

/// The row that the database would give for an event: as the event before it has left the position. Made up on the spot, since a store of
/// rows in this process would be a database again, and its cost not the path's.
ledger::PositionRow row_before(const InventoryEvent& event) {
  ledger::PositionRow row;
  row.key = {event.sku, event.location};
  row.profile.on_hand = Decimal::of(1);
  row.version = event.sequence;
  row.owner = event.source;
  row.snapshot = row.last = {event.epoch, event.sequence - 1};
  return row;
}

void decide(Company& company, std::vector<hub::Record> read, std::size_t& applied) {
  ledger::World world(Instant::now(), company.rules, company.memory.catalog().locations());
  for (const auto& one : read) {
    if (!one.stock) continue;
    auto row = row_before(one.stock->event);
    world.positions.try_emplace(row.key, std::move(row));
  }
  for (auto& one : read) {
    if (!one.request()) continue;
    one.request()->decide(world);
    if (one.outcome() == ledger::Outcome::applied) ++applied;
  }
  store::hand_over(world, company.memory);
}

int ours(const std::string& how, const std::string& brokers, const std::string& topic, std::size_t count, int keys) {
  Company company(keys);
  hub::FeedSettings feed;
  feed.system = "bench";
  feed.name = "stock";
  feed.topic = topic;
  feed.any_source = true;
  const auto consumer = kafka::Consumer::open({.cluster = {.brokers = brokers}, .group = new_id()}, {topic}).value();
  Watch watch;
  std::size_t applied = 0;
  while (watch.count() < count) {
    const auto event = consumer->poll(100ms, 500);
    if (const auto* records = std::get_if<kafka::Records>(&event)) {
      watch.took(records->records.size());
      if (how == "consume") {
        applied += records->records.size();
      } else if (auto read = decode(company, feed, records->records); how == "decide") {
        decide(company, std::move(read), applied);
      } else {
        applied += static_cast<std::size_t>(std::count_if(read.begin(), read.end(), [](const auto& one) { return one.stock != nullptr; }));
      }
    } else if (const auto* assigned = std::get_if<kafka::Assigned>(&event)) {
      for (const auto& partition : assigned->partitions) static_cast<void>(consumer->start(partition, kafka::Start::earliest()));
    }
  }
  if (applied != watch.count()) return std::fprintf(stderr, "%zu of %zu were applied\n", applied, watch.count()), 1;
  return watch.print();
}

int bare(const std::string& brokers, const std::string& topic, std::size_t count) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const auto set = [&](const char* name, const char* value) { rd_kafka_conf_set(conf, name, value, nullptr, 0); };
  const auto group = new_id();
  set("bootstrap.servers", brokers.c_str());
  set("group.id", group.c_str());
  set("auto.offset.reset", "earliest");
  set("enable.auto.commit", "false");
  set("check.crcs", "true");
  set("queued.max.messages.kbytes", "16384");
  rd_kafka_t* handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
  rd_kafka_poll_set_consumer(handle);
  auto* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), RD_KAFKA_PARTITION_UA);
  rd_kafka_subscribe(handle, list);
  rd_kafka_topic_partition_list_destroy(list);
  Watch watch;
  unsigned seen = 0;
  while (watch.count() < count) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(handle, 100);
    if (!message) continue;
    if (!message->err) watch.took(1), seen += message->len ? static_cast<unsigned char*>(message->payload)[0] : 0U;
    rd_kafka_message_destroy(message);
  }
  watch.print();
  rd_kafka_consumer_close(handle);
  rd_kafka_destroy(handle);
  return seen ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return std::fprintf(stderr, "usage: bench_event_path consume|decode|decide|bare BROKERS TOPIC COUNT KEYS\n"), 2;
  const auto count = static_cast<std::size_t>(std::strtoull(argv[4], nullptr, 10));
  const std::string how = argv[1];
  return how == "bare" ? bare(argv[2], argv[3], count) : ours(how, argv[2], argv[3], count, std::atoi(argv[5]));
}
