// Servers that answer a fixed 200, to compare CPU per request: ours, with a key looked up, a correlation id and a count of answers, and a
// bare idiomatic Beast server, which is the limit (nginx_hello.conf is the other). Usage: bench_http_hello ours|beast PORT LOOPS [URL]; it
// prints "ready PORT" and runs until SIGTERM. With the URL of a hub's database, the bare server first reads all positions into a plain map,
// as a program that does nothing else would hold them: the limit of the hub's memory. Drive it with wrk and `X-Api-Key: bench`, read the
// CPU time in /proc/PID/task/*/schedstat.
#include <libpq-fe.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "http/problems.hpp"
#include "http/server.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
using namespace crossdock;

constexpr std::string_view kAnswer = R"({"status":"available","quantity":"40"})";

void wait_for_the_end() {
  asio::io_context waiting(1);
  asio::signal_set signals(waiting, SIGINT, SIGTERM);
  signals.async_wait([](boost::system::error_code, int) {});
  waiting.run();
}

int ours(unsigned short port, std::size_t count) {
  runtime::Loops loops(count);
  http::Router router;
  router.add_fast(http::Method::get, "/hello", [](http::Request& request) {
    std::string body = request.spare();
    body.append(kAnswer);
    return http::Response(200, std::move(body));
  });
  router.add(http::Method::get, "/hello-slow",
             [](http::Request&) -> Task<http::Response> { co_return http::Response(200, std::string(kAnswer)); });
  http::Settings settings;
  settings.port = port;
  settings.limits.connections_per_address = 0;
  const std::unordered_map<std::string, std::shared_ptr<const int>> keys = {{"bench", std::make_shared<const int>(1)}};
  std::atomic<std::uint64_t> answers{0};
  http::Hooks hooks;
  hooks.authenticate = [&keys](http::Request& request) -> std::optional<http::Response> {
    auto known = keys.find(std::string(request.headers.api_key));
    if (known == keys.end()) return http::Problem("unauthenticated", "send X-Api-Key: bench").response(request);
    request.caller = known->second;
    return std::nullopt;
  };
  hooks.observe = [&answers](const http::Observation&) { answers.fetch_add(1, std::memory_order_relaxed); };
  http::Server server(loops, settings, std::move(router), std::move(hooks));
  auto started = server.start();
  if (!started) return std::fprintf(stderr, "%s\n", started.fault().message().c_str()), 1;
  loops.start();
  std::printf("ready %u\n", server.port());
  std::fflush(stdout);
  wait_for_the_end();
  server.stop(Deadline::in(std::chrono::seconds(5)));
  loops.stop();
  loops.join();
  return 0;
}

// The way Beast's own examples do it, with one io_context a thread, SO_REUSEPORT and TCP_NODELAY added.
asio::awaitable<void> beast_session(beast::tcp_stream stream) {
  beast::flat_buffer buffer;
  try {
    for (;;) {
      stream.expires_after(std::chrono::seconds(30));
      beast::http::request<beast::http::string_body> request;
      co_await beast::http::async_read(stream, buffer, request, asio::use_awaitable);
      beast::http::response<beast::http::string_body> response(beast::http::status::ok, request.version());
      response.set(beast::http::field::server, "beast");
      response.set(beast::http::field::content_type, "application/json");
      response.keep_alive(request.keep_alive());
      response.body() = std::string(kAnswer);
      response.prepare_payload();
      co_await beast::http::async_write(stream, response, asio::use_awaitable);
      if (!response.keep_alive()) break;
    }
  } catch (const boost::system::system_error&) {
  }
}

asio::awaitable<void> beast_listen(asio::io_context& loop, unsigned short port) {
  tcp::acceptor acceptor(loop);
  tcp::endpoint where(asio::ip::make_address("127.0.0.1"), port);
  acceptor.open(where.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  acceptor.set_option(ReusePort(true));
  acceptor.bind(where);
  acceptor.listen();
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(loop, beast_session(beast::tcp_stream(std::move(socket))), asio::detached);
  }
}

struct Position {
  std::int64_t version = 0, on_hand = 0, unavailable = 0, safety_stock = 0;
  std::string supply, demand;
};
using Positions = std::unordered_map<std::string, Position>;  // by sku and location

Positions positions_of(const char* url) {
  Positions out;
  PGconn* connection = PQconnectdb(url);
  PQclear(PQexec(connection,
                 "copy (select sku, location, version, on_hand::int8, unavailable::int8, safety_stock::int8, supply, demand "
                 "from position) to stdout"));
  for (char* row = nullptr; PQgetCopyData(connection, &row, 0) > 0; PQfreemem(row)) {
    std::array<std::string_view, 8> columns;
    std::string_view rest = row;
    for (auto& column : columns) {
      column = rest.substr(0, rest.find_first_of("\t\n"));
      rest.remove_prefix(std::min(rest.size(), column.size() + 1));
    }
    const auto number = [&](std::size_t i) { return static_cast<std::int64_t>(std::strtoll(columns[i].data(), nullptr, 10)); };
    out.emplace(std::string(columns[0]) + "|" + std::string(columns[1]),
                Position{number(2), number(3), number(4), number(5), std::string(columns[6]), std::string(columns[7])});
  }
  PQfinish(connection);
  return out;
}

int bare_beast(unsigned short port, std::size_t count, const char* url) {
  const auto held = url ? positions_of(url) : Positions{};
  if (url && held.empty()) return std::fprintf(stderr, "no positions\n"), 1;
  std::vector<std::unique_ptr<asio::io_context>> loops;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    loops.push_back(std::make_unique<asio::io_context>(1));
    asio::co_spawn(*loops.back(), beast_listen(*loops.back(), port), asio::detached);
  }
  for (auto& loop : loops) threads.emplace_back([&loop] { loop->run(); });
  std::printf("ready %u\n", port);
  std::fflush(stdout);
  wait_for_the_end();
  for (auto& loop : loops) loop->stop();
  for (auto& thread : threads) thread.join();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) return std::fprintf(stderr, "usage: bench_http_hello ours|beast PORT LOOPS [URL]\n"), 2;
  auto port = static_cast<unsigned short>(std::atoi(argv[2]));
  auto loops = static_cast<std::size_t>(std::atoi(argv[3]));
  return std::string(argv[1]) == "beast" ? bare_beast(port, loops, argc == 5 ? argv[4] : nullptr) : ours(port, loops);
}
