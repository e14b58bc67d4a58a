// The client's connections: kept, counted and waited for by host. Inside of the client only.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "http/url.hpp"

namespace crossdock::http {

/// One connection to one host.
class Channel {
 public:
  using Plain = boost::beast::tcp_stream;
  using Tls = boost::beast::ssl_stream<Plain>;

  explicit Channel(Plain stream) : plain_(std::move(stream)) {}
  /// Goes over to TLS on the connection that stands.
  Tls& secure(boost::asio::ssl::context& context);
  bool is_tls() const { return tls_.has_value(); }
  Plain& plain() { return tls_ ? tls_->next_layer() : plain_; }
  Tls& tls() { return *tls_; }
  /// Whether the peer has neither closed it nor sent something that nobody asked for.
  bool usable();

  boost::beast::flat_buffer buffer{16 * 1'024};  // bounded: an endless chunk extension or trailer must not fill the memory
  Clock::time_point idle_since;

 private:
  Plain plain_;
  std::optional<Tls> tls_;
};

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(boost::asio::io_context& loop, ClientSettings settings) : loop_(loop), settings_(std::move(settings)) {}

  /// The right to one connection of a host; gives it back when it dies, with the channel if that was kept.
  class Lease {
   public:
    Lease(std::shared_ptr<Pool> pool, std::string key) : pool_(std::move(pool)), key_(std::move(key)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    std::unique_ptr<Channel> channel;
    bool keep = false;  ///< the exchange ended so that another may follow

   private:
    std::shared_ptr<Pool> pool_;
    std::string key_;
  };

  /// Waits for a free place; with an idle channel in it where there is one.
  Task<Result<Lease>> lease(Url url, Deadline deadline);
  /// A new connection, resolved, allowed, connected, secured.
  Task<Result<std::unique_ptr<Channel>>> connect(Url url, Deadline deadline);
  std::size_t idle() const;
  const ClientSettings& settings() const { return settings_; }

 private:
  struct Waiter {
    explicit Waiter(boost::asio::io_context& loop) : turn(loop) {}
    boost::asio::steady_timer turn;
    bool called = false;  // taken off the list, a place is free
  };
  struct Host {
    std::vector<std::unique_ptr<Channel>> idle;
    std::size_t leased = 0;
    std::list<Waiter*> waiting;
  };
  using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  static void call_next(Host& host);
  Task<void> wait_in(Host* host, Deadline deadline);
  void give_back(const std::string& key, std::unique_ptr<Channel> channel);
  Task<Result<Endpoints>> resolve(Url url);
  Task<Outcome> handshake(Channel* channel, Url url);
  Outcome prepare_tls();

  boost::asio::io_context& loop_;
  ClientSettings settings_;
  std::map<std::string, Host> hosts_;
  std::optional<boost::asio::ssl::context> tls_;
};

}  // namespace crossdock::http
