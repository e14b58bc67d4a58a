// A server that speaks TLS, with a certificate made for it.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

namespace crossdock::http {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Answers 200 to anything, with a certificate for `localhost` that is its own issuer, good for so many days; below 0: it has expired.
class TlsPeer {
 public:
  explicit TlsPeer(int days = 2)
      : acceptor_(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), context_(asio::ssl::context::tls_server) {
    std::string name = (std::filesystem::temp_directory_path() / "crossdock-tls-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    const std::string request = (folder_ / "request.pem").string(), key = (folder_ / "key.pem").string();
    const std::string command =
        "(openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost "
        "-keyout " +
        key + " -out " + request + " && openssl x509 -req -in " + request + " -signkey " + key + " -copy_extensions copy -days " +
        std::to_string(days) + " -out " + certificate() + ") 2>/dev/null";
    made_ = std::system(command.c_str()) == 0;
    if (!made_) return;
    context_.use_certificate_chain_file(certificate());
    context_.use_private_key_file(key, asio::ssl::context::pem);
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

}  // namespace crossdock::http
