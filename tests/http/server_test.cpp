// The server's limits and manners, over real sockets.
#include "http/server.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "http/connection.hpp"
#include "raw_client.hpp"
#include "runtime/within.hpp"
#include "test_server.hpp"

namespace crossdock::http {
namespace {

using namespace std::chrono_literals;
using Change = std::function<void(Settings&, Router&, Hooks&)>;

constexpr std::string_view kHello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

std::size_t resident_kib() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stoul(line.substr(6));
  }
  return 0;
}

TEST(Server, answers_with_the_clients_correlation_id_if_it_is_valid) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\nX-Correlation-Id: abc-1\r\n\r\n");
  EXPECT_EQ(client.answer()->headers["x-correlation-id"], "abc-1");
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\nX-Correlation-Id: " + std::string(129, 'x') + "\r\n\r\n");
  EXPECT_EQ(client.answer()->headers["x-correlation-id"].size(), 36u);
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\nX-Correlation-Id: \xc3\xab\r\n\r\n");
  EXPECT_EQ(client.answer()->headers["x-correlation-id"].size(), 36u);
}

TEST(Server, pipelines_many_in_order) {
  TestServer server;
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 1'000; ++i) all += "GET /items/" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 1'000; ++i) {
    auto answer = client.answer();
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->body, std::to_string(i));
  }
  sender.join();
}

TEST(Server, survives_the_trailer_bomb) {
  TestServer server;
  for (int i = 0; i < 20; ++i) {
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
    client.send("X-Bomb: " + std::string(70'000, 'a') + "\r\n\r\n");
    auto answer = client.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400);
    EXPECT_TRUE(client.closed());
  }
}

TEST(Server, survives_the_extension_flood_in_bounded_memory) {
  TestServer server;
  std::size_t before = resident_kib();
  RawClient client(server.port());
  client.send("POST /big HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5;");
  std::string piece(65'536, 'a');
  int sent = 0;
  while (sent < 3'200 && client.send(piece)) ++sent;  // 200 MiB if it were taken
  EXPECT_LT(resident_kib(), before + 8'192) << "sent " << sent;
  RawClient next(server.port());
  next.send(kHello);
  EXPECT_EQ(next.answer()->status, 200);
}

TEST(Server, a_claimed_length_costs_no_memory) {
  TestServer server([](Settings& s, Router&, Hooks&) { s.limits.connections_per_address = 0; });
  std::size_t before = resident_kib();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send("POST /big HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 16777216\r\n\r\n{");
  }
  RawClient next(server.port());
  next.send(kHello);
  EXPECT_EQ(next.answer()->status, 200);
  EXPECT_LT(resident_kib(), before + 100 * 128);
}

TEST(Server, takes_a_large_body_and_gives_a_large_answer) {
  TestServer server;
  RawClient client(server.port());
  std::string body(12U << 20, ' ');
  client.send("POST /big HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n");
  client.send(body);
  EXPECT_EQ(client.answer()->body, std::to_string(body.size()));
  client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kHello));
  EXPECT_EQ(client.answer()->body.size(), (8U << 20) + 2);
  EXPECT_EQ(client.answer()->body, "\"hello\"");
}

TEST(Server, answers_a_client_that_has_finished_sending) {
  TestServer server;
  RawClient client(server.port());
  client.send(kHello);
  client.finish();
  EXPECT_EQ(client.answer()->status, 200);
  EXPECT_TRUE(client.closed());
}

Change short_limits() {
  return [](Settings& s, Router&, Hooks&) {
    s.limits.head = 300ms;
    s.limits.request = 900ms;
    s.limits.idle = 500ms;
    s.limits.grace = 200ms;
    s.limits.bytes_per_second = 10'000;
  };
}

TEST(Server, ends_a_slow_head) {
  TestServer server(short_limits());
  RawClient client(server.port());
  auto began = Clock::now();
  bool open = true;
  for (char c : std::string_view("GET /hello HTTP/1.1\r\nHost: h\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")) {
    open = open && client.send(std::string_view(&c, 1));
    std::this_thread::sleep_for(10ms);
  }
  auto answer = client.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_EQ(answer->headers.at("retry-after"), "1");
  EXPECT_TRUE(client.closed());
  EXPECT_LT(Clock::now() - began, 3s);
}

TEST(Server, ends_a_slow_body) {
  TestServer server(short_limits());
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n");
  auto began = Clock::now();
  for (int i = 0; i < 40 && client.send("x"); ++i) std::this_thread::sleep_for(10ms);
  auto answer = client.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_EQ(answer->headers.at("retry-after"), "1");
  EXPECT_TRUE(client.closed());
  EXPECT_LT(Clock::now() - began, 3s);
  EXPECT_EQ(server.requests, 0);
}

TEST(Server, ends_a_body_that_is_fast_enough_but_never_ends) {
  TestServer server(short_limits());
  RawClient client(server.port());
  client.send("POST /big HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 16000000\r\n\r\n");
  std::string piece(1'000, ' ');
  for (auto began = Clock::now(); Clock::now() - began < 1'500ms; std::this_thread::sleep_for(10ms)) client.send(piece);
  auto answer = client.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_EQ(answer->headers.at("retry-after"), "1");
}

TEST(Server, ends_an_idle_connection) {
  TestServer server(short_limits());
  RawClient fresh(server.port()), used(server.port());
  used.send(kHello);
  EXPECT_EQ(used.answer()->status, 200);
  EXPECT_TRUE(fresh.closed(3s));
  EXPECT_TRUE(used.closed(3s));
}

TEST(Server, ends_a_client_that_does_not_read) {
  TestServer server(short_limits());
  RawClient client(server.port());
  client.narrow_window();
  client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(server.server().connections(), 1u);
  for (int i = 0; i < 300 && server.server().connections() > 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(server.server().connections(), 0u);
}

TEST(Server, a_slow_client_holds_up_nobody) {
  TestServer server({}, 1);
  RawClient slow(server.port()), quick(server.port());
  slow.narrow_window();
  slow.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  std::this_thread::sleep_for(50ms);
  quick.send(kHello);
  EXPECT_EQ(quick.answer()->status, 200);
}

TEST(Server, caps_connections_per_address_but_not_for_gateways) {
  auto two = [](Settings& s, Router&, Hooks&) { s.limits.connections_per_address = 2; };
  TestServer server(two);
  auto first = std::make_unique<RawClient>(server.port());
  RawClient second(server.port());
  for (RawClient* c : {first.get(), &second}) {
    c->send(kHello);
    EXPECT_EQ(c->answer()->status, 200);
  }
  RawClient third(server.port());
  auto answer = third.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->headers["retry-after"], "1");
  EXPECT_TRUE(third.closed());
  first.reset();
  for (int i = 0; i < 100 && server.server().connections() > 1; ++i) std::this_thread::sleep_for(10ms);
  RawClient fourth(server.port());
  fourth.send(kHello);
  EXPECT_EQ(fourth.answer()->status, 200);

  TestServer behind_gateway([two](Settings& s, Router& r, Hooks& h) {
    two(s, r, h);
    s.limits.gateways = {"127.0.0.1"};
  });
  std::vector<std::unique_ptr<RawClient>> many;
  for (int i = 0; i < 5; ++i) {
    many.push_back(std::make_unique<RawClient>(behind_gateway.port()));
    many.back()->send(kHello);
    EXPECT_EQ(many.back()->answer()->status, 200);
  }
}

TEST(Server, caps_connections_in_all) {
  TestServer server([](Settings& s, Router&, Hooks&) { s.limits.connections = 1; });
  RawClient first(server.port());
  first.send(kHello);
  EXPECT_EQ(first.answer()->status, 200);
  RawClient second(server.port());
  EXPECT_EQ(second.answer()->status, 503);
}

TEST(Server, sends_100_before_the_body_and_not_when_it_refuses) {
  TestServer server;
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.answer()->status, 100);
  client.send("{}");
  EXPECT_EQ(client.answer()->status, 200);
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.answer()->status, 413);
  EXPECT_TRUE(client.closed());
}

TEST(Server, denies_chunks_where_told) {
  TestServer server([](Settings& s, Router&, Hooks&) { s.limits.chunked = false; });
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(client.answer()->status, 411);
  EXPECT_TRUE(client.closed());
}

TEST(Server, authenticates_before_it_reads_the_body) {
  TestServer server([](Settings&, Router&, Hooks& hooks) {
    hooks.authenticate = [](Request& request) -> std::optional<Response> {
      if (request.headers.api_key == "good") {
        request.caller = std::make_shared<const std::string>("webshop");
        return std::nullopt;
      }
      return Problem("unauthenticated", "send a key").response(request);
    };
  });
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 9999999\r\n\r\n");
  EXPECT_EQ(client.answer()->status, 401);
  EXPECT_TRUE(client.closed());
  RawClient known(server.port());
  known.send("GET /hello HTTP/1.1\r\nHost: h\r\nX-Api-Key: good\r\n\r\n");
  EXPECT_EQ(known.answer()->status, 200);
  known.send("GET /none HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(known.answer()->status, 401);
}

TEST(Server, tells_the_observer_of_every_answer) {
  std::mutex mutex;
  std::vector<std::string> seen;
  TestServer server([&](Settings&, Router&, Hooks& hooks) {
    hooks.observe = [&](const Observation& o) {
      std::lock_guard lock(mutex);
      EXPECT_GT(o.bytes_out, 0u);
      EXPECT_GE(o.duration, Clock::duration::zero());
      seen.push_back((o.request.route ? o.request.route->label : "-") + " " + std::to_string(o.status) + " " + std::string(o.code));
    };
  });
  RawClient client(server.port());
  client.send(
      "GET /items/7 HTTP/1.1\r\nHost: h\r\n\r\nGET /none HTTP/1.1\r\nHost: h\r\n\r\nGET /later HTTP/1.1\r\nHost: h\r\n\r\nGET bad "
      "HTTP/1.1\r\n\r\n");
  while (client.answer()) {
  }
  std::lock_guard lock(mutex);
  EXPECT_EQ(seen, (std::vector<std::string>{"/items/{sku} 200 ", "- 404 not_found", "/later 200 ", "- 400 invalid_request"}));
}

TEST(Server, a_handler_that_throws_is_a_500_and_no_more) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /broken HTTP/1.1\r\nHost: h\r\n\r\nGET /torn HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kHello));
  EXPECT_EQ(client.answer()->status, 500);
  EXPECT_EQ(client.answer()->status, 500);
  EXPECT_EQ(client.answer()->status, 200);
  EXPECT_EQ(server.troubles(), (std::vector<std::string>{"handler_broken: torn", "handler_broken: torn"}));
}

TEST(Server, drains_what_is_in_flight) {
  TestServer server;
  RawClient busy(server.port()), idle(server.port()), half(server.port());
  idle.send(kHello);
  EXPECT_EQ(idle.answer()->status, 200);
  busy.send("GET /later?ms=300 HTTP/1.1\r\nHost: h\r\n\r\n");
  half.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\"");
  std::this_thread::sleep_for(50ms);
  bool clean = false;
  std::thread stopping([&] { clean = server.server().stop(Deadline::in(5s)); });
  EXPECT_TRUE(idle.closed(2s));
  std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(RawClient(server.port()).connected()) << "still accepts";
  half.send(":1}");
  auto body = half.answer();
  ASSERT_TRUE(body);
  EXPECT_EQ(body->status, 200);
  EXPECT_EQ(body->headers["connection"], "close");
  auto late = busy.answer();
  ASSERT_TRUE(late);
  EXPECT_EQ(late->status, 200);
  EXPECT_EQ(late->headers["connection"], "close");
  stopping.join();
  EXPECT_TRUE(clean);
}

TEST(Server, cuts_at_the_end_of_the_drains_time) {
  TestServer server;
  RawClient busy(server.port());
  busy.send("GET /later?ms=20000 HTTP/1.1\r\nHost: h\r\n\r\n");
  std::this_thread::sleep_for(50ms);
  auto began = Clock::now();
  EXPECT_FALSE(server.server().stop(Deadline::in(200ms)));
  EXPECT_LT(Clock::now() - began, 10s);
  EXPECT_EQ(server.server().connections(), 0u);
  std::this_thread::sleep_for(2s);  // the coroutine ends on a connection that is gone
}

TEST(Server, refuses_a_port_that_is_taken_even_by_its_own_kind) {
  TestServer first;
  runtime::Loops loops(1);
  Settings settings;
  settings.port = first.port();
  Server second(loops, settings, Router());
  auto started = second.start();
  ASSERT_FALSE(static_cast<bool>(started));
  EXPECT_EQ(started.fault().code(), "listen_failed");
}

TEST(Server, says_when_descriptors_run_out_and_recovers) {
  TestServer server;
  RawClient first(server.port());  // it listens from now on: its first accept would take, for a moment, the descriptor left for the client
  first.send(kHello);
  ASSERT_TRUE(first.answer());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 256;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<int> hogs;
  for (int fd; (fd = ::dup(2)) >= 0;) hogs.push_back(fd);
  ::close(hogs.back());  // for the client's own socket; the server's has no room
  hogs.pop_back();
  RawClient waiting(server.port());
  waiting.send(kHello);
  EXPECT_FALSE(waiting.answer(false, 300ms));
  std::size_t told = server.troubles().size();
  for (int fd : hogs) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &before);
  auto answer = waiting.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_GE(told, 1u);
  EXPECT_LE(told, 12u) << "it spins";
  EXPECT_EQ(server.troubles().front().rfind("accept_paused", 0), 0u);
}

}  // namespace
}  // namespace crossdock::http
