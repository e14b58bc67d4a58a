// The client over TLS: the host's name is verified, whatever the certificate's issuer.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "http/client.hpp"
#include "runtime/loops.hpp"

namespace crossdock::http {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

/// Answers 200 to anything, with a certificate for `localhost` that is its own issuer.
class TlsPeer {
 public:
  TlsPeer() : acceptor_(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), context_(asio::ssl::context::tls_server) {
    std::string name = (std::filesystem::temp_directory_path() / "crossdock-tls-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext "
        "subjectAltName=DNS:localhost -keyout " +
        (folder_ / "key.pem").string() + " -out " + certificate() + " 2>/dev/null";
    made_ = std::system(command.c_str()) == 0;
    if (!made_) return;
    context_.use_certificate_chain_file(certificate());
    context_.use_private_key_file((folder_ / "key.pem").string(), asio::ssl::context::pem);
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsPeer() {
    ending_ = true;
    boost::system::error_code ignored;
    tcp::socket last(loop_);
    last.connect(acceptor_.local_endpoint(), ignored);  // ends the accept
    if (thread_.joinable()) thread_.join();
    std::filesystem::remove_all(folder_);
  }
  bool made() const { return made_; }
  std::string certificate() const { return (folder_ / "cert.pem").string(); }
  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }

 private:
  void serve() {
    while (!ending_) {
      boost::system::error_code error;
      asio::ssl::stream<tcp::socket> stream(loop_, context_);
      acceptor_.accept(stream.next_layer(), error);
      if (ending_) return;
      stream.handshake(asio::ssl::stream_base::server, error);
      std::string in;
      if (!error) asio::read_until(stream, asio::dynamic_buffer(in), "\r\n\r\n", error);
      if (!error)
        asio::write(stream, asio::buffer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")), error);
    }
  }
  asio::io_context loop_;
  tcp::acceptor acceptor_;
  asio::ssl::context context_;
  std::filesystem::path folder_;
  bool made_ = false;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

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
