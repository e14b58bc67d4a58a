// The client over TLS: the host's name is verified, whatever the certificate's issuer.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>

#include "http/client.hpp"
#include "runtime/loops.hpp"
#include "tls_peer.hpp"

namespace crossdock::http {
namespace {

using namespace std::chrono_literals;

using Answer = Result<ClientResponse>;

Task<std::optional<Answer>> boxed(Client* client, std::string url) {
  auto calling = client->call(ClientRequest("GET", std::move(url)), Deadline::in(5s));
  Answer answer = co_await std::move(calling);
  co_return std::optional<Answer>(std::move(answer));
}

Answer get(const std::string& ca_file, std::string url) {
  runtime::Loops loops(1);
  ClientSettings settings;
  settings.ca_file = ca_file;
  Client client(loops.loop(0), settings);
  loops.start();
  Answer answer = *asio::co_spawn(loops.loop(0), boxed(&client, std::move(url)), asio::use_future).get();
  loops.stop();
  loops.join();
  return answer;
}

TEST(ClientTls, verifies_issuer_and_host) {
  TlsPeer peer;
  if (!peer.made()) GTEST_SKIP() << "openssl is not installed";
  auto good = get(peer.certificate(), peer.url("localhost"));
  ASSERT_TRUE(static_cast<bool>(good)) << good.fault().message();
  EXPECT_EQ(good->body, "ok");
  auto other_host = get(peer.certificate(), peer.url("127.0.0.1"));
  ASSERT_FALSE(static_cast<bool>(other_host));
  EXPECT_EQ(other_host.fault().code(), "certificate_refused");
  EXPECT_EQ(other_host.fault().kind(), FaultKind::broken);
  auto unknown_issuer = get("", peer.url("localhost"));
  ASSERT_FALSE(static_cast<bool>(unknown_issuer));
  EXPECT_EQ(unknown_issuer.fault().code(), "certificate_refused");
}

}  // namespace
}  // namespace crossdock::http
