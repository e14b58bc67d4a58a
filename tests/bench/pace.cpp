// An open loop: requests fall due at a fixed rate, whether or not the server keeps up, and each is measured from when it was due, so that a
// server that stalls cannot hide it (wrk waits for answers before it asks again).
//   bench_pace PORT KEY KIND CONNECTIONS RATE SECONDS PREFIX ITEMS      KIND: atp, order, reservation; to 127.0.0.1
// Prints "PACE ANSWERED WRONG P50 P99 P999 LATE": microseconds; LATE is how long after the end the last answer came.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "runtime/slice.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

struct Load {
  unsigned short port = 0;
  std::string key, kind, prefix;
  std::size_t connections = 1, rate = 1, seconds = 1, items = 1;
  Clock::time_point start{};
  std::mt19937 random{1};
  std::size_t next = 0, wrong = 0;
  std::vector<double> micros{};

  std::size_t total() const { return rate * seconds; }
  Clock::time_point due(std::size_t i) const { return start + std::chrono::nanoseconds(1'000'000'000 * i / rate); }
  std::string item() { return "\"I-" + std::to_string(1 + random() % items) + '"'; }
};

std::string body_of(Load& load, std::size_t i) {
  std::string out;
  if (load.kind == "atp") {
    for (int line = 0; line < 3; ++line) out += (line ? "," : R"({"lines":[)") + (R"({"sku":)" + load.item()) + R"(,"quantity":"5"})";
    return out + "]}";
  }
  if (load.kind == "reservation")
    return R"({"reference":"b","ttl_seconds":3600,"policy":"all_or_nothing","lines":[{"sku":)" + load.item() +
           R"(,"quantity":"1","location":"L-1"}]})";
  out = R"({"source":"bench","order_number":")" + load.prefix + std::to_string(i) + R"(","customer":"C-)" +
        std::to_string(1 + load.random() % 1000) + R"(","currency":"USD","lines":[)";
  for (int line = 1; line <= 5; ++line)
    out += (line > 1 ? "," : "") + (R"({"line":)" + std::to_string(line)) + R"(,"sku":)" + load.item() +
           R"(,"quantity":"1","unit_price":"1","location":"L-)" + std::to_string(1 + i % 4) + "\"}";
  return out + "]}";
}

http::request<http::string_body> request_of(Load& load, std::size_t i) {
  const auto* path = load.kind == "atp" ? "/v1/availability/check" : load.kind == "order" ? "/v1/orders" : "/v1/reservations";
  http::request<http::string_body> request(http::verb::post, path, 11);
  request.set(http::field::host, "127.0.0.1");
  request.set(http::field::content_type, "application/json");
  request.set("X-Api-Key", load.key);
  if (load.kind != "atp") request.set("Idempotency-Key", load.prefix + std::to_string(i));
  request.body() = body_of(load, i);
  request.prepare_payload();
  return request;
}

asio::awaitable<void> session(Load& load) {
  auto executor = co_await asio::this_coro::executor;
  beast::tcp_stream stream(executor);
  tcp::endpoint where(asio::ip::make_address("127.0.0.1"), load.port);
  co_await stream.async_connect(where, asio::use_awaitable);
  stream.socket().set_option(tcp::no_delay(true));
  asio::steady_timer timer(executor);
  beast::flat_buffer buffer;
  while (load.next < load.total()) {
    const auto i = load.next++;
    timer.expires_at(load.due(i));
    co_await timer.async_wait(asio::use_awaitable);
    auto request = request_of(load, i);
    http::response<http::string_body> response;
    co_await http::async_write(stream, request, asio::use_awaitable);
    co_await http::async_read(stream, buffer, response, asio::use_awaitable);
    if (response.result_int() / 100 != 2 && load.wrong++ == 0) std::fprintf(stderr, "%s\n", response.body().c_str());
    load.micros.push_back(std::chrono::duration<double, std::micro>(Clock::now() - load.due(i)).count());
  }
}

double at(const std::vector<double>& sorted, double part) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) return std::fprintf(stderr, "usage: bench_pace PORT KEY KIND CONNECTIONS RATE SECONDS PREFIX ITEMS\n"), 2;
  const auto number = [&](int i) { return static_cast<std::size_t>(std::strtoull(argv[i], nullptr, 10)); };
  Load load{static_cast<unsigned short>(number(1)), argv[2], argv[3], argv[7], number(4), number(5), number(6), number(8)};
  load.random.seed(static_cast<unsigned>(std::hash<std::string>{}(load.prefix)));
  load.start = Clock::now() + std::chrono::milliseconds(50);
  asio::io_context loop(1);
  crossdock::runtime::take_short_turns();  // it stands for another machine: its own waiting for a processor is not the server's
  std::string trouble;
  for (std::size_t i = 0; i < load.connections; ++i)
    asio::co_spawn(loop, session(load), [&](std::exception_ptr error) {
      try {
        if (error) std::rethrow_exception(error);
      } catch (const std::exception& why) {
        trouble = why.what();
      }
    });
  loop.run();
  if (!trouble.empty()) return std::fprintf(stderr, "%s\n", trouble.c_str()), 1;
  std::sort(load.micros.begin(), load.micros.end());
  const auto late = std::chrono::duration<double, std::micro>(Clock::now() - load.due(load.total())).count();
  std::printf("PACE %zu %zu %.0f %.0f %.0f %.0f\n", load.micros.size(), load.wrong, at(load.micros, 0.5), at(load.micros, 0.99),
              at(load.micros, 0.999), late);
  return 0;
}
