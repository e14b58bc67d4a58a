// A warehouse as a process: one thread owns its books and its two ends of Kafka; its admin door asks it under a lock.
#include <atomic>
#include <cstdio>
#include <mutex>
#include <thread>

#include "kafka/admin.hpp"
#include "kafka/consumer.hpp"
#include "observe/log.hpp"
#include "runtime/loops.hpp"
#include "sim/door.hpp"
#include "sim/post.hpp"
#include "sim/programs.hpp"
#include "sim/signals.hpp"

namespace crossdock::sim {

namespace {

using std::chrono::milliseconds;

constexpr const char* released = "crossdock.warehouse_order.released.v1";

class Warehouse {
 public:
  Warehouse(const WmsOptions& options, const Catalogue& catalogue, std::unique_ptr<kafka::Consumer> consumer,
            std::unique_ptr<kafka::Producer> producer)
      : options_(options),
        books_(options.name, options.locations, catalogue, options.seed),
        line_({options.twice, options.late, milliseconds(500)}, options.seed ^ lot_of(options.name)),
        consumer_(std::move(consumer)),
        post_(std::move(producer), options.name, {options.inventory_topic, options.shipments_topic}),
        dice_(options.seed + lot_of(options.name)) {}

  void run(const std::atomic<bool>& stop);

  // from the admin door
  std::string books();
  std::string progress();
  http::Response start();
  http::Response fault(const std::string& body);

 private:
  void take(const kafka::Record& record);
  void pick_due(Clock::time_point now);
  void tell(const std::vector<Told>& told);
  Clock::time_point soon(Clock::time_point now) {
    return now + milliseconds(std::uniform_int_distribution<int>(1, options_.pick_ms)(dice_));
  }
  std::string counts() const;

  std::mutex lock_;  // over all below but the consumer
  const WmsOptions& options_;
  WmsBooks books_;
  Disorder line_;
  std::unique_ptr<kafka::Consumer> consumer_;
  Post post_;
  std::mt19937_64 dice_;
  std::multimap<Clock::time_point, std::string> picks_;
  std::size_t records_ = 0;
  bool started_ = false;
};

void Warehouse::run(const std::atomic<bool>& stop) {
  while (!stop) {
    const auto event = consumer_->poll(milliseconds(5), 200);
    std::lock_guard hold(lock_);
    if (const auto* assigned = std::get_if<kafka::Assigned>(&event)) {
      for (const auto& partition : assigned->partitions) {
        auto begun = consumer_->start(partition, kafka::Start::earliest());
        if (!begun) log::warning("wms.start", {{"message", begun.fault().message()}});
      }
    } else if (const auto* records = std::get_if<kafka::Records>(&event)) {
      for (const auto& record : records->records) take(record);
    } else if (const auto* trouble = std::get_if<kafka::Trouble>(&event)) {
      log::warning("wms.trouble", {{"code", trouble->code}, {"message", trouble->message}});
    }
    const auto now = Clock::now();
    pick_due(now);
    post_.work(line_, now);
  }
  post_.flush(Deadline::in(std::chrono::seconds(2)));
  consumer_->close(Deadline::in(std::chrono::seconds(2)));
}

void Warehouse::take(const kafka::Record& record) {
  ++records_;
  std::string id;
  const auto taken = books_.take(record.header("ce_id").value_or(std::string_view()), record.value.value_or(std::string_view()), id);
  if (taken == WmsBooks::Taken::unreadable) log::warning("wms.unreadable", {{"offset", record.offset}});
  if (taken != WmsBooks::Taken::fresh) return;
  log::info("wms.order", {{"warehouse_order", id}});
  picks_.emplace(soon(Clock::now()), id);
}

void Warehouse::pick_due(Clock::time_point now) {
  while (!picks_.empty() && picks_.begin()->first <= now) {
    const auto id = picks_.begin()->second;
    picks_.erase(picks_.begin());
    tell(books_.pick(id, Instant::now()));
    if (books_.open(id)) picks_.emplace(soon(now), id);
  }
}

void Warehouse::tell(const std::vector<Told>& told) {
  for (const auto& one : told) line_.add(one, Clock::now());
}

std::string Warehouse::counts() const {
  std::string text;
  json::Writer out(text);
  const auto count = [&](std::string_view name, std::size_t value) { out.key(name).integer(static_cast<std::int64_t>(value)); };
  out.begin_object().key("started").boolean(started_);
  count("records", records_);
  count("orders", books_.orders().size());
  count("shipments", books_.shipments().size());
  count("delivered", post_.delivered());
  count("twice", line_.twice());
  count("late", line_.late());
  count("poisoned", post_.poisoned());
  count("waiting", picks_.size() + line_.waiting() + post_.in_flight());
  out.end_object();
  return text;
}

std::string Warehouse::books() {
  std::lock_guard hold(lock_);
  return books_.books(counts());
}

std::string Warehouse::progress() {
  std::lock_guard hold(lock_);
  return counts();
}

http::Response Warehouse::start() {
  std::lock_guard hold(lock_);
  if (!started_) tell(books_.snapshots(Instant::now()));
  started_ = true;
  return {200, "{}"};
}

http::Response Warehouse::fault(const std::string& body) {
  json::Document document;
  if (document.parse_copy(body)) return refuse(400, "that is no JSON");
  const auto root = document.root();
  const auto kind = text_of(root, "kind");
  std::lock_guard hold(lock_);
  if (kind == "disorder") {
    line_.set({share_of(root, "twice", line_.shares().twice), share_of(root, "late", line_.shares().late),
               milliseconds(number_of(root, "by_ms", line_.shares().by.count()))});
  } else if (kind == "poison") {
    post_.poison(text_of(root, "key", options_.locations.front() + "|poison"));
  } else if (kind == "recount") {
    tell(books_.recount(static_cast<std::size_t>(number_of(root, "shelves", 20)), Instant::now()));
  } else if (kind == "damage") {
    tell(books_.damage(static_cast<std::size_t>(number_of(root, "shelves", 5)), Instant::now()));
  } else {
    return refuse(400, "kind is disorder (twice, late, by_ms), poison (key), recount or damage (shelves)");
  }
  log::info("wms.fault", {{"kind", kind}});
  return {200, "{}"};
}

http::Router make_router(Warehouse* warehouse) {
  http::Router router;
  router.add_fast(http::Method::get, "/sim/books", [warehouse](http::Request&) { return http::Response(200, warehouse->books()); });
  router.add_fast(http::Method::get, "/sim/progress", [warehouse](http::Request&) { return http::Response(200, warehouse->progress()); });
  router.add_fast(http::Method::post, "/sim/start", [warehouse](http::Request&) { return warehouse->start(); });
  router.add_fast(http::Method::post, "/sim/faults", [warehouse](http::Request& request) { return warehouse->fault(request.body); });
  return router;
}

/// The hub may not be there yet, and the brokers may be starting.
Outcome make_topics(const kafka::Cluster& cluster, const WmsOptions& options) {
  const std::vector<kafka::NewTopic> wanted{{released, 4, 1, {}}, {options.inventory_topic, 4, 1, {}}, {options.shipments_topic, 4, 1, {}}};
  Outcome outcome = Done{};
  for (int i = 0; i < 20; ++i) {
    auto admin = kafka::Admin::open(cluster);
    if (!admin) return admin.fault();
    auto made = (*admin)->create_missing(wanted, Deadline::in(std::chrono::seconds(5)));
    if (made) return Done{};
    outcome = made.fault();
    std::this_thread::sleep_for(milliseconds(250));
  }
  return outcome;
}

}  // namespace

int run_wms(const WmsOptions& options) {
  Signals signals;
  start_log(options.name);
  const auto retail = read_retail_file(options.data);
  if (!retail) return fail(retail.fault());
  const auto admin = Address::parse(options.admin);
  if (!admin) return fail(admin.fault());
  kafka::Cluster cluster;
  cluster.brokers = options.brokers;
  cluster.client_id = options.name;
  if (auto made = make_topics(cluster, options); !made) return fail(made.fault());
  auto consumer = kafka::Consumer::open({.cluster = cluster, .group = options.name}, {released});
  if (!consumer) return fail(consumer.fault());
  auto producer = kafka::Producer::open({.cluster = cluster});
  if (!producer) return fail(producer.fault());
  Warehouse warehouse(options, make_catalogue(*retail), std::move(*consumer), std::move(*producer));
  runtime::Loops loops(1);
  Door door(loops, *admin, [&warehouse] { return make_router(&warehouse); });
  loops.start();
  if (auto opened = door.open(); !opened) return fail(opened.fault());
  std::atomic<bool> stop = false;
  std::thread worker([&] { warehouse.run(stop); });
  std::printf("wms ready name=%s admin=%s\n", options.name.c_str(), door.address().url().c_str());
  std::fflush(stdout);
  signals.wait();
  stop = true;
  worker.join();
  door.close();
  loops.stop();
  loops.join();
  log::stop();
  return 0;
}

}  // namespace crossdock::sim
