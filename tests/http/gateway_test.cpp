// Behind a real gateway one request in is at most one request seen, whatever the two make of it.
#include <gtest/gtest.h>

#include <thread>

#include "cases.hpp"
#include "nginx.hpp"
#include "raw_client.hpp"
#include "scripted_peer.hpp"
#include "test_server.hpp"

namespace crossdock::http {
namespace {

using namespace std::chrono_literals;

/// Sends the case through the gateway and waits until nothing more comes.
void send_through(const Nginx& gateway, const Case& sent) {
  RawClient client(gateway.port());
  client.send(sent.bytes);
  for (std::size_t i = 0; i < sent.statuses.size() + 1; ++i) {
    bool last = i == sent.statuses.size();
    if (!client.answer(sent.head, last ? 15ms : 300ms)) break;
  }
}

TEST(Gateway, one_request_in_is_one_request_seen) {
  if (!Nginx::installed()) GTEST_SKIP() << "nginx is not installed";
  std::atomic<int> seen{0};
  TestServer server([&seen](Settings&, Router&, Hooks& hooks) { hooks.observe = [&seen](const Observation&) { ++seen; }; });
  Nginx gateway(server.port());
  ASSERT_TRUE(gateway.ready());
  int passed_on = 0;
  for (const Case& sent : read_cases()) {
    SCOPED_TRACE(sent.name);
    int before = seen;
    send_through(gateway, sent);
    int more = seen - before;
    EXPECT_LE(more, sent.requests) << "a request was smuggled";
    passed_on += more;
  }
  EXPECT_GT(passed_on, 60) << "the gateway passed on too few for this to mean anything";
}

// The negative control: a server that takes the body of one request for another is found out by the same count.
TEST(Gateway, a_naive_server_is_found_out) {
  if (!Nginx::installed()) GTEST_SKIP() << "nginx is not installed";
  std::atomic<int> seen{0};
  ScriptedPeer naive([&seen](ScriptedPeer::Line& line, int) {
    for (std::string in; !(in = line.read_request()).empty();) {
      for (std::size_t at = 0; (at = in.find("\r\n\r\n", at)) != std::string::npos; at += 4) ++seen;
      line.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
  });
  Nginx gateway(naive.port());
  ASSERT_TRUE(gateway.ready());
  Case sent;
  sent.statuses = {200};
  sent.requests = 1;
  sent.bytes = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 32\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
  send_through(gateway, sent);
  EXPECT_GT(seen, sent.requests);
}

}  // namespace
}  // namespace crossdock::http
