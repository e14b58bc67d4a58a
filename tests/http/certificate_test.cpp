// Until when a server's certificate lasts, also one that no call would trust.
#include "http/certificate.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>

#include "runtime/loops.hpp"
#include "runtime/within.hpp"
#include "tls_peer.hpp"

namespace crossdock::http {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t day = 86'400'000'000;

Result<Instant> end_of(std::string url, Deadline deadline = Deadline::in(5s)) {
  runtime::Loops loops(1);
  loops.start();
  auto asking = runtime::detail::boxed(certificate_end(&loops.loop(0), std::move(url), deadline));
  auto answer = *asio::co_spawn(loops.loop(0), std::move(asking), asio::use_future).get();
  loops.stop();
  loops.join();
  return answer;
}

TEST(Certificate, tells_its_last_moment_whoever_issued_it) {
  for (int days : {1, 400}) {
    TlsPeer peer(days);
    if (!peer.made()) GTEST_SKIP() << "openssl is not installed";
    auto end = end_of(peer.url("localhost"));
    ASSERT_TRUE(static_cast<bool>(end)) << end.fault().message();
    EXPECT_NEAR(static_cast<double>(*end - Instant::now()) / day, days, 0.01);
  }
}

TEST(Certificate, tells_when_it_has_expired) {
  TlsPeer peer(-1);
  if (!peer.made()) GTEST_SKIP() << "openssl is not installed";
  auto end = end_of(peer.url("localhost"));
  ASSERT_TRUE(static_cast<bool>(end)) << end.fault().message();
  EXPECT_LT(*end, Instant::now());
}

TEST(Certificate, there_is_none_without_tls) {
  EXPECT_EQ(end_of("http://localhost/").fault().code(), "bad_url");
  EXPECT_EQ(end_of("https://localhost:1/").fault().code(), "tls_failed");
}

/// It takes the connection and says nothing.
TEST(Certificate, a_silent_server_costs_the_deadline) {
  asio::io_context loop;
  tcp::acceptor silent(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  auto began = Clock::now();
  auto end = end_of("https://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/", Deadline::in(200ms));
  EXPECT_EQ(end.fault().code(), "deadline");
  EXPECT_LT(Clock::now() - began, 5s);
}

}  // namespace
}  // namespace crossdock::http
