#include "http/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "http/url.hpp"
#include "runtime/loops.hpp"
#include "scripted_peer.hpp"
#include "test_server.hpp"

namespace crossdock::http {
namespace {

using namespace std::chrono_literals;
using Answer = Result<ClientResponse>;

/// A client on a loop of its own, called from the test's thread.
class Caller {
 public:
  explicit Caller(ClientSettings settings = {}) : loops_(1), client_(loops_.loop(0), std::move(settings)) { loops_.start(); }
  ~Caller() {
    loops_.stop();
    loops_.join();
    EXPECT_EQ(loops_.escaped(), 0u);
  }
  std::future<std::optional<Answer>> begin(ClientRequest request, Clock::duration limit = 5s) {
    return asio::co_spawn(loops_.loop(0), boxed(&client_, std::move(request), Deadline::in(limit)), asio::use_future);
  }
  Answer call(ClientRequest request, Clock::duration limit = 5s) { return *begin(std::move(request), limit).get(); }
  Answer get(std::string url, Clock::duration limit = 5s) { return call(ClientRequest("GET", std::move(url)), limit); }
  Answer post(std::string url, std::string body, Clock::duration limit = 5s) {
    ClientRequest request("POST", std::move(url));
    request.with("Content-Type", "application/json");
    request.body = std::move(body);
    return call(std::move(request), limit);
  }
  Client& client() { return client_; }

 private:
  static Task<std::optional<Answer>> boxed(Client* client, ClientRequest request, Deadline deadline) {
    auto calling = client->call(std::move(request), deadline);
    Answer answer = co_await std::move(calling);
    co_return std::optional<Answer>(std::move(answer));
  }
  runtime::Loops loops_;
  Client client_;
};

void expect_fault(const Answer& answer, FaultKind kind, std::string_view code) {
  ASSERT_FALSE(static_cast<bool>(answer));
  EXPECT_EQ(answer.fault().kind(), kind) << answer.fault().message();
  EXPECT_EQ(answer.fault().code(), code) << answer.fault().message();
}

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(Client, calls_our_own_server_and_keeps_the_connection) {
  TestServer server;
  Caller caller;
  std::string base = "http://127.0.0.1:" + std::to_string(server.port());
  for (int i = 0; i < 3; ++i) {
    auto answer = caller.post(base + "/echo", R"({"a":1})");
    ASSERT_TRUE(static_cast<bool>(answer)) << answer.fault().message();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, R"({"a":1})");
    EXPECT_EQ(answer->header("content-type"), "application/json");
  }
  EXPECT_EQ(server.server().connections(), 1u);
  auto missing = caller.get(base + "/none");
  ASSERT_TRUE(static_cast<bool>(missing));
  EXPECT_EQ(missing->status, 404) << "a status is a value";
  auto head = caller.call(ClientRequest("HEAD", base + "/large"));
  ASSERT_TRUE(static_cast<bool>(head));
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(caller.client().idle_connections(), 1u);
}

TEST(Client, nothing_listens_is_unavailable) {
  unsigned short port = 0;
  {
    ScriptedPeer gone([](ScriptedPeer::Line&, int) {});
    port = gone.port();
  }
  Caller caller;
  expect_fault(caller.post("http://127.0.0.1:" + std::to_string(port) + "/", "{}"), FaultKind::unavailable, "connect_failed");
  expect_fault(caller.post("http://no-such-host.invalid/", "{}"), FaultKind::unavailable, "name_unknown");
}

TEST(Client, a_drop_after_the_request_is_uncertain_for_a_post_only) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) { line.read_request(); });
  Caller caller;
  expect_fault(caller.post(peer.url(), "{}"), FaultKind::uncertain, "no_answer");
  expect_fault(caller.get(peer.url()), FaultKind::unavailable, "no_answer");
}

TEST(Client, a_reset_after_the_request_is_uncertain) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.reset();
  });
  Caller caller;
  expect_fault(caller.post(peer.url(), "{}"), FaultKind::uncertain, "no_answer");
}

TEST(Client, a_hang_ends_at_the_deadline) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.hang();
  });
  Caller caller;
  auto began = Clock::now();
  expect_fault(caller.post(peer.url(), "{}", 100ms), FaultKind::uncertain, "deadline");
  EXPECT_LT(Clock::now() - began, 2s);
}

TEST(Client, a_drip_ends_at_the_deadline) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 50; ++i) {
      line.send("x");
      std::this_thread::sleep_for(10ms);
    }
  });
  Caller caller;
  expect_fault(caller.post(peer.url(), "{}", 150ms), FaultKind::uncertain, "deadline");
}

TEST(Client, a_truncated_answer_is_uncertain) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int n) {
    line.read_request();
    line.send(n == 1 ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal" : "HTTP/1.1 20");
  });
  Caller caller;
  expect_fault(caller.post(peer.url(), "{}"), FaultKind::uncertain, "answer_broken");
  expect_fault(caller.post(peer.url(), "{}"), FaultKind::uncertain, "answer_broken");
}

TEST(Client, an_answer_that_is_no_http_is_uncertain) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.send("220 mail.example ESMTP\r\n\r\n");
  });
  Caller caller;
  expect_fault(caller.post(peer.url(), "{}"), FaultKind::uncertain, "answer_broken");
}

TEST(Client, a_hostile_answer_neither_crashes_nor_fills_the_memory) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int n) {
    line.read_request();
    std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    if (n == 1) line.send(chunked + "2\r\nok\r\n0\r\nX-Bomb: " + std::string(70'000, 'a') + "\r\n\r\n");
    if (n == 2) line.send(chunked + "2;" + std::string(1U << 20, 'a') + "\r\nok\r\n0\r\n\r\n");
    if (n == 3) line.send("HTTP/1.1 200 OK\r\nX-Long: " + std::string(1U << 20, 'a') + "\r\n\r\n");
    if (n == 4) line.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
    if (n == 5) line.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok");
  });
  Caller caller;
  for (int i = 0; i < 5; ++i) {
    auto answer = caller.post(peer.url(), "{}");
    EXPECT_FALSE(static_cast<bool>(answer)) << i;
  }
  EXPECT_EQ(peer.connections(), 5);
}

TEST(Client, an_answer_over_the_limit_is_broken) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int n) {
    line.read_request();
    if (n == 1) line.send("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'x'));
    if (n == 2) line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'x') + "\r\n0\r\n\r\n");
  });
  ClientSettings settings;
  settings.response_limit = 100;
  Caller caller(settings);
  expect_fault(caller.get(peer.url()), FaultKind::broken, "answer_too_large");
  expect_fault(caller.get(peer.url()), FaultKind::broken, "answer_too_large");
}

TEST(Client, trailers_never_become_headers) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n2\r\nok\r\n0\r\nX-Late: 1\r\n\r\n");
  });
  Caller caller;
  auto answer = caller.get(peer.url());
  ASSERT_TRUE(static_cast<bool>(answer));
  EXPECT_EQ(answer->body, "ok");
  EXPECT_EQ(answer->header("x-late"), "");
}

TEST(Client, interim_answers_are_skipped) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + std::string(kOk));
  });
  Caller caller;
  auto answer = caller.post(peer.url(), "{}");
  ASSERT_TRUE(static_cast<bool>(answer)) << answer.fault().message();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("link"), "");
}

TEST(Client, redirects_are_not_followed) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.send("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n");
  });
  Caller caller;
  auto answer = caller.get(peer.url());
  ASSERT_TRUE(static_cast<bool>(answer));
  EXPECT_EQ(answer->status, 302);
}

TEST(Client, an_early_refusal_is_heard) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    line.hang();
  });
  Caller caller;
  auto answer = caller.post(peer.url(), std::string(1'000, ' '));
  ASSERT_TRUE(static_cast<bool>(answer)) << answer.fault().message();
  EXPECT_EQ(answer->status, 413);
}

TEST(Client, a_kept_connection_that_was_closed_is_not_used) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.send(kOk);
  });
  Caller caller;
  for (int i = 1; i <= 3; ++i) {
    auto answer = caller.post(peer.url(), "{}");
    ASSERT_TRUE(static_cast<bool>(answer)) << answer.fault().message();
    EXPECT_EQ(peer.connections(), i);
    std::this_thread::sleep_for(20ms);  // the close is seen before the next use
  }
}

TEST(Client, bytes_after_an_answer_end_the_connection) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.send(std::string(kOk) + std::string(kOk));
    line.hang();
  });
  Caller caller;
  EXPECT_TRUE(static_cast<bool>(caller.get(peer.url())));
  EXPECT_EQ(caller.client().idle_connections(), 0u);
}

TEST(Client, waits_its_turn_for_a_host) {
  TestServer server;
  ClientSettings settings;
  settings.connections_per_host = 2;
  Caller caller(settings);
  std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/later?ms=20";
  std::vector<std::future<std::optional<Answer>>> calls;
  for (int i = 0; i < 10; ++i) calls.push_back(caller.begin(ClientRequest("GET", url)));
  for (auto& call : calls) {
    auto answer = call.get();
    ASSERT_TRUE(static_cast<bool>(*answer)) << answer->fault().message();
    EXPECT_EQ((*answer)->status, 200);
  }
  EXPECT_LE(server.server().connections(), 2u);
}

TEST(Client, no_free_connection_before_the_deadline_is_unavailable) {
  ScriptedPeer peer([](ScriptedPeer::Line& line, int) {
    line.read_request();
    line.hang();
  });
  ClientSettings settings;
  settings.connections_per_host = 1;
  Caller caller(settings);
  auto first = caller.begin(ClientRequest("POST", peer.url()), 500ms);
  std::this_thread::sleep_for(50ms);
  expect_fault(caller.post(peer.url(), "{}", 100ms), FaultKind::unavailable, "no_free_connection");
  expect_fault(*first.get(), FaultKind::uncertain, "deadline");
}

TEST(Client, asks_whether_an_address_may_be_called) {
  ScriptedPeer peer([](ScriptedPeer::Line&, int) {});
  ClientSettings settings;
  std::string asked;
  settings.allows = [&asked](std::string_view address) { return asked = address, false; };
  Caller caller(settings);
  expect_fault(caller.get(peer.url()), FaultKind::broken, "address_not_allowed");
  EXPECT_EQ(asked, "127.0.0.1");
  EXPECT_EQ(peer.connections(), 0);
}

TEST(Client, refuses_what_it_cannot_say) {
  Caller caller;
  for (std::string url : {"ftp://h/", "http://", "http://u@h/", "http://h/a b", "http://h/\r\nX: y", "h", "http://h:x/"})
    expect_fault(caller.get(url), FaultKind::broken, "bad_url");
  ClientRequest split("GET", "http://127.0.0.1:1/");
  split.with("X-A", "b\r\nX-C: d");
  expect_fault(caller.call(std::move(split)), FaultKind::broken, "bad_request");
  ClientRequest framing("POST", "http://127.0.0.1:1/");
  framing.with("Transfer-Encoding", "chunked");
  expect_fault(caller.call(std::move(framing)), FaultKind::broken, "bad_request");
}

TEST(Url, parses) {
  auto url = Url::parse("https://[::1]:8443/a?b=c");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, "8443");
  EXPECT_EQ(url->host_header, "[::1]:8443");
  EXPECT_EQ(url->target, "/a?b=c");
  url = Url::parse("http://h?x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->port, "80");
  EXPECT_EQ(url->target, "/?x");
}

}  // namespace
}  // namespace crossdock::http
