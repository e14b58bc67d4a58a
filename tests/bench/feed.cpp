// Inventory events for the hub's feed: `bench_feed BROKERS TOPIC COUNT RATE KEYS SEQUENCE FIRST` sends COUNT snapshots, RATE a second (0:
// as fast as it can). Event i is about position (FIRST + i * step) % KEYS, so that COUNT <= KEYS events are all of other positions, spread
// over all of them; its sequence is SEQUENCE, one more for each turn through KEYS. Prints "sent COUNT MICROSECONDS" when the broker has
// all.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numeric>
#include <string>
#include <thread>

#include "crossdock/base/time.hpp"
#include "kafka/producer.hpp"

using namespace crossdock;
using namespace std::chrono_literals;

namespace {

struct Asked {
  std::string topic;
  std::size_t count, rate, keys, sequence, first;
  /// The company's items are at 4 locations, or at 10 when it has grown to 1,000,000 positions (world.py).
  std::size_t locations() const { return keys > 400'000 ? 10 : 4; }
};

/// Coprime to `keys`, near its golden part.
std::size_t step_for(std::size_t keys) {
  auto step = static_cast<std::size_t>(static_cast<double>(keys) * 0.618) | 1U;
  while (std::gcd(step, keys) != 1) step += 2;
  return step;
}

std::string body(const Asked& asked, std::size_t i, std::size_t position, const std::string& location, const std::string& now) {
  const auto sequence = std::to_string(asked.sequence + i / asked.keys);
  return R"({"kind":"snapshot","id":")" + sequence + "-" + std::to_string(position) + R"(","source":"bench","location":")" + location +
         R"(","sku":"I-)" + std::to_string(1 + position / asked.locations()) + R"(","sequence":)" + sequence + R"(,"as_of":")" + now +
         R"(","on_hand":")" + std::to_string(1'000'000 + (asked.sequence + i) % 1000) + "\"}";
}

bool send(kafka::Producer& producer, const Asked& asked) {
  const auto now = Instant::now().text();
  const auto step = step_for(asked.keys), start = asked.first % asked.keys;
  const auto begun = std::chrono::steady_clock::now();
  std::size_t acknowledged = 0;
  bool lost = false;
  const auto seen = [&](std::span<const kafka::Report> reports) {
    for (const auto& report : reports) lost = lost || !report.ok();
    acknowledged += reports.size();
  };
  for (std::size_t i = 0; i < asked.count;) {
    if (asked.rate) std::this_thread::sleep_until(begun + std::chrono::nanoseconds(1'000'000'000 * i / asked.rate));
    const auto position = (start + i * step) % asked.keys;
    const auto location = "L-" + std::to_string(1 + position % asked.locations());
    const auto key = location + "|I-" + std::to_string(1 + position / asked.locations());
    if (producer.produce(asked.topic, key, body(asked, i, position, location, now), {}, i) == kafka::Producer::Queued::yes) {
      ++i;
      if (i % 64 == 0) seen(producer.poll(0ms));
    } else {
      seen(producer.poll(5ms));
    }
  }
  while (acknowledged < asked.count && std::chrono::steady_clock::now() - begun < 120s) seen(producer.poll(50ms));
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count();
  std::printf("sent %zu %lld\n", acknowledged, static_cast<long long>(micros));
  return acknowledged == asked.count && !lost;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) return std::fprintf(stderr, "usage: bench_feed BROKERS TOPIC COUNT RATE KEYS SEQUENCE FIRST\n"), 2;
  const auto number = [&](int i) { return static_cast<std::size_t>(std::strtoull(argv[i], nullptr, 10)); };
  const Asked asked{argv[2], number(3), number(4), number(5), number(6), number(7)};
  auto producer = kafka::Producer::open({.cluster = {.brokers = argv[1]}, .linger = 5ms});
  if (!producer) return std::fprintf(stderr, "%s\n", producer.fault().message().c_str()), 1;
  return send(**producer, asked) ? 0 : 1;
}
